package effect

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/stat/combin"
)

// Calls are the samples called helped or harmed.
type Calls struct {
	// Called says that samples were called at the stated false discovery rate.
	// Otherwise calling was refused or found nothing, and the lists are
	// exploratory: the samples that seem to have changed most.
	Called bool `json:"called"`
	// Helped and Harmed count the calls.
	Helped int `json:"helped"`
	Harmed int `json:"harmed"`
	// HelpedGroups and HarmedGroups count the groups that called samples belong
	// to; 0 where samples stand alone.
	HelpedGroups int `json:"helped_groups,omitempty"`
	HarmedGroups int `json:"harmed_groups,omitempty"`
	// HelpedSamples and HarmedSamples list the first of them, at most
	// Options.Exemplars.
	HelpedSamples []Call `json:"helped_samples"`
	HarmedSamples []Call `json:"harmed_samples"`
	// Tested is the number m of samples that could be called at all, Minimum
	// how many of them stand at the smallest p that the runs can give.
	Tested  int `json:"tested"`
	Minimum int `json:"minimum"`
	// Needed is r, the number of samples that must stand at the minimum before
	// any can be called; 0 where these runs can call none.
	Needed int `json:"needed"`
	// Seeds is the number of seeds per arm that would do where calling was
	// refused; 0 otherwise.
	Seeds int    `json:"seeds,omitempty"`
	Note  string `json:"note"`
}

// Call is one called or listed sample.
type Call struct {
	Row int `json:"-"` // the number of the sample in the runs
	// Sample is its name, which the caller fills in.
	Sample string `json:"sample"`
	// P and Q are the shares of correct runs, independent and of the arm, or
	// their mean losses; both are shrunk.
	P      Number `json:"p"`
	Q      Number `json:"q"`
	PValue Number `json:"p_value"`
}

// maxSeedsNamed bounds the search for a number of seeds that would do.
const maxSeedsNamed = MaxRuns

// fisher is Fisher's exact test, two-sided, for every count table cell: p[a][b]
// for a of ka against b of kb right runs. least[a+b] is the smallest p that a
// sample with a+b right runs in all can give.
type fisher struct {
	p     [][]float64
	least []float64
}

func newFisher(ka, kb int) fisher {
	f := fisher{p: make([][]float64, ka+1), least: make([]float64, ka+kb+1)}
	for a := range f.p {
		f.p[a] = make([]float64, kb+1)
	}
	for s := 0; s <= ka+kb; s++ {
		// The hypergeometric distribution of a given a+b = s.
		from, to := max(0, s-kb), min(s, ka)
		prob := make([]float64, to-from+1)
		for a := from; a <= to; a++ {
			prob[a-from] = math.Exp(logChoose(ka, a) + logChoose(kb, s-a) - logChoose(ka+kb, s))
		}
		f.least[s] = 1
		for a := from; a <= to; a++ {
			sum := 0.0
			for _, p := range prob {
				if p <= prob[a-from]*(1+1e-9) {
					sum += p
				}
			}
			f.p[a][s-a] = min(1, sum)
			f.least[s] = min(f.least[s], f.p[a][s-a])
		}
	}
	return f
}

func logChoose(n, k int) float64 {
	return combin.LogGeneralizedBinomial(float64(n), float64(k))
}

// smallest is the smallest p that ka and kb runs can give.
func (f fisher) smallest() float64 { return slices.Min(f.least) }

// candidate is a number of samples of the same p that could have reached alpha.
type candidate struct {
	p float64
	n int
}

// decision is where samples are called.
type decision struct {
	least   float64 // the smallest p that the runs can give
	cut     float64 // samples with a p up to this are called; negative: none
	tested  int     // m
	minimum int     // samples at the smallest p
	needed  int     // r
	seeds   int     // that would do, where calling was refused
}

// decide calls samples at false discovery rate alpha: Benjamini-Hochberg among
// the m samples whose smallest attainable p is at most alpha (Tarone 1990;
// Gilbert 2005), which are the candidates. It refuses where fewer than
// r = p_min·m/alpha samples stand at the smallest p, least, and leastOf says what that
// would be with other numbers of seeds.
func decide(candidates []candidate, least, alpha float64, leastOf func(k int) float64) decision {
	d := decision{least: least, cut: -1}
	for _, c := range candidates {
		d.tested += c.n
		if c.p <= least*(1+1e-9) {
			d.minimum += c.n
		}
	}
	if least <= alpha {
		d.needed = int(math.Max(1, math.Ceil(least*float64(d.tested)/alpha-1e-9)))
	}
	if d.minimum < d.needed || d.needed == 0 {
		d.seeds = seedsThatDo(max(1, d.minimum), d.tested, alpha, leastOf)
		return d
	}
	slices.SortFunc(candidates, func(x, y candidate) int { return cmp.Compare(x.p, y.p) })
	below := 0
	for i, c := range candidates {
		below += c.n
		last := i+1 == len(candidates) || candidates[i+1].p > c.p
		if last && c.p <= alpha*float64(below)/float64(d.tested) {
			d.cut = c.p
		}
	}
	return d
}

// calls reports a decision; the samples are left to the caller.
func (d decision) calls(alpha float64) Calls {
	return Calls{Called: d.cut >= 0, Tested: d.tested, Minimum: d.minimum, Needed: d.needed, Seeds: d.seeds, Note: d.note(alpha), HelpedSamples: []Call{}, HarmedSamples: []Call{}}
}

// countGroups says how many groups the called samples are of. Samples of one
// group move together, so that they are one piece of evidence and not many.
// direction is 1 for a sample called helped, -1 for one called harmed, else 0.
func (c *Calls) countGroups(group []int32, direction func(i int) int) {
	if group == nil || !c.Called {
		return
	}
	seen := map[int]map[int32]bool{1: {}, -1: {}}
	for i, g := range group {
		if d := direction(i); d != 0 {
			seen[d][g] = true
		}
	}
	c.HelpedGroups, c.HarmedGroups = len(seen[1]), len(seen[-1])
	c.Note += fmt.Sprintf("; those called helped are of %d groups, those called harmed of %d", c.HelpedGroups, c.HarmedGroups)
}

// decideTable decides on the cells of a count table.
func decideTable(table [][]int, f fisher, alpha float64) (d decision, called func(a, b int) bool) {
	var candidates []candidate
	for a := range table {
		for b, n := range table[a] {
			if f.least[a+b] <= alpha && n > 0 {
				candidates = append(candidates, candidate{f.p[a][b], n})
			}
		}
	}
	d = decide(candidates, f.smallest(), alpha, leastOfSplits)
	return d, func(a, b int) bool { return f.least[a+b] <= alpha && f.p[a][b] <= d.cut }
}

// seedsThatDo is the least K = K' at which changed samples that differ in every
// run can be called among m tested ones: p_min·m/alpha ≤ changed, where least is the
// p_min of K runs of an arm.
func seedsThatDo(changed, m int, alpha float64, leastOf func(k int) float64) int {
	for k := 2; k <= maxSeedsNamed; k++ {
		least := leastOf(k)
		if least <= alpha && least*float64(max(1, m))/alpha <= float64(changed) {
			return k
		}
	}
	return 0
}

// leastOfSplits is the smallest p of K runs of each arm whose labels may stand in any
// order: 2/C(2K,K).
func leastOfSplits(k int) float64 { return 2 * math.Exp(-logChoose(2*k, k)) }

// leastOfPairs is the smallest p where runs of one seed may only exchange their
// labels: 2/2^K.
func leastOfPairs(k int) float64 { return math.Exp2(float64(1 - k)) }

// callsOf decides and lists the samples that are called, or, where calling is
// refused or finds nothing, those that seem to have changed most.
func callsOf(a, b *Runs, table [][]int, mix *mixture, o Options) Calls {
	ka, kb := a.K(), b.K()
	f := newFisher(ka, kb)
	d, called := decideTable(table, f, o.Alpha)
	c := d.calls(o.Alpha)
	p, q := make([][]float64, ka+1), make([][]float64, ka+1)
	pa, pb := binomials(ka), binomials(kb)
	for x := range table {
		p[x], q[x] = make([]float64, kb+1), make([]float64, kb+1)
		for y, n := range table[x] {
			if n == 0 {
				continue
			}
			p[x][y], q[x][y] = mix.shrunk(pa, x, pb, y)
			if called(x, y) && x < y {
				c.Helped += n
			} else if called(x, y) {
				c.Harmed += n
			}
		}
	}
	c.countGroups(a.Group, func(i int) int {
		x, y := bits.OnesCount64(a.Correct[i]), bits.OnesCount64(b.Correct[i])
		if !called(x, y) {
			return 0
		}
		return cmp.Compare(y, x)
	})
	eligible := func(x, y, sign int) bool {
		return sign*(y-x) > 0 && (!c.Called || called(x, y))
	}
	list := func(sign int) []Call {
		change := func(i int) float64 {
			x, y := bits.OnesCount64(a.Correct[i]), bits.OnesCount64(b.Correct[i])
			return float64(sign) * (q[x][y] - p[x][y])
		}
		// Of counts that changed less than enough others, none is listed.
		listed := mostChanged(table, o.Exemplars, func(x, y int) (float64, bool) {
			return float64(sign) * (q[x][y] - p[x][y]), eligible(x, y, sign)
		})
		rows := topRows(a.Samples, o.Exemplars, func(i int) bool {
			return listed[bits.OnesCount64(a.Correct[i])][bits.OnesCount64(b.Correct[i])]
		}, func(i, j int) int {
			if order := cmp.Compare(change(j), change(i)); order != 0 {
				return order
			}
			return cmp.Or(cmp.Compare(float64(sign)*lossDrop(a, b, j), float64(sign)*lossDrop(a, b, i)), cmp.Compare(i, j))
		})
		out := make([]Call, 0, len(rows))
		for _, i := range rows {
			x, y := bits.OnesCount64(a.Correct[i]), bits.OnesCount64(b.Correct[i])
			out = append(out, Call{Row: i, P: Number(p[x][y]), Q: Number(q[x][y]), PValue: Number(f.p[x][y])})
		}
		return out
	}
	c.HelpedSamples, c.HarmedSamples = list(1), list(-1)
	return c
}

// mostChanged marks the cells of a count table that hold the n samples of the largest
// change among those that are eligible, and those that tie with them.
func mostChanged(table [][]int, n int, change func(x, y int) (float64, bool)) [][]bool {
	type group struct {
		change float64
		n      int
	}
	var groups []group
	for x := range table {
		for y, samples := range table[x] {
			if d, ok := change(x, y); ok && samples > 0 {
				groups = append(groups, group{d, samples})
			}
		}
	}
	slices.SortFunc(groups, func(x, y group) int { return cmp.Compare(y.change, x.change) })
	least, seen := math.Inf(1), 0
	for _, g := range groups {
		if seen >= n {
			break
		}
		least, seen = g.change, seen+g.n
	}
	marks := make([][]bool, len(table))
	for x := range table {
		marks[x] = make([]bool, len(table[x]))
		for y := range table[x] {
			d, ok := change(x, y)
			marks[x][y] = ok && d >= least
		}
	}
	return marks
}

// lossDrop is how much the mean loss of a sample fell, 0 where unknown.
func lossDrop(a, b *Runs, i int) float64 {
	if a.Loss == nil || b.Loss == nil {
		return 0
	}
	return meanAt(a.Loss, i) - meanAt(b.Loss, i)
}

// meanLossAt is the mean loss of a sample over the runs that were tested on it.
func (r *Runs) meanLossAt(i int) float64 {
	if r.Tested != nil {
		return r.overTests(i, func(k int) float64 { return float64(r.Loss[k][i]) })
	}
	return meanAt(r.Loss, i)
}

func meanAt(loss [][]float32, i int) float64 {
	sum := 0.0
	for _, l := range loss {
		sum += float64(l[i])
	}
	return sum / float64(len(loss))
}

// topRows returns the first n of the rows that qualify, in the given order,
// without sorting the rest.
func topRows(rows, n int, qualifies func(int) bool, compare func(i, j int) int) []int {
	var top []int
	for i := range rows {
		if !qualifies(i) || len(top) == n && (n == 0 || compare(i, top[n-1]) >= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, i, compare)
		top = slices.Insert(top, at, i)
		top = top[:min(len(top), n)]
	}
	return top
}

// note says what was decided and why.
func (d decision) note(alpha float64) string {
	more := ""
	if d.seeds > 0 {
		more = fmt.Sprintf("; %d seeds per arm would do", d.seeds)
	}
	switch {
	case d.tested == 0 && d.least <= alpha:
		return "no sample changed often enough to be tested; the lists are exploratory"
	case d.needed == 0:
		return fmt.Sprintf("no sample can be called: the smallest p of these runs is %.2g%s; the lists are exploratory", d.least, more)
	case d.minimum < d.needed:
		return fmt.Sprintf("no calls: %d of %d tested samples differ in every run, %d are needed%s; the lists are exploratory", d.minimum, d.tested, d.needed, more)
	case d.cut < 0:
		return "no sample passed; the lists are exploratory"
	}
	return fmt.Sprintf("called at a false discovery rate of %g among %d tested samples; at least %d must differ in every run", alpha, d.tested, d.needed)
}
