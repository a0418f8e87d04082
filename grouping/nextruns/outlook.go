package nextruns

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/grouping"
)

const (
	draws      = 2000 // of the gains, for probabilities and bounds
	fewDraws   = 400  // of them, to compare options
	shifts     = 64   // of the estimates by further runs
	fewShifts  = 16   // of them, to compare options
	searched   = 300  // draws that are solved for contenders
	contenders = 24
)

// Outlook is what a belief says about groupings, now and with further runs. All
// figures rest on the same random numbers, so that they compare.
type Outlook struct {
	belief *Belief
	now    Runs
	rule   Rule
	// Contenders are the partitions that are compared.
	Contenders []grouping.Contender

	mean    []float64     // totals of the contenders by the estimates
	weight  [][][]float64 // target, contender, pool of the target
	normal  [][][]float64 // target, draw, pool of the target
	shift   [][][]float64 // target, shift, pool of the target
	spreads []float64     // draw: a normal, for what variances may be
	// contested are the pools whose gains count in some contender.
	contested []bool
	scratch   []float64
}

// NewOutlook compares the partitions that are the best in some draw of the gains,
// with the runs that there are.
func NewOutlook(b *Belief, runs Runs, rule Rule) (*Outlook, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	if err := rule.validate(); err != nil {
		return nil, err
	}
	o := &Outlook{belief: b, now: runs, rule: rule}
	random := rand.New(rand.NewPCG(rule.Seed, 0x6e6578742072756e)) // "next run"
	for range draws {
		o.spreads = append(o.spreads, random.NormFloat64())
	}
	gains := b.gains()
	number := searched
	if len(b.Problem.Domains) > 12 {
		number = 100 // each takes long
	}
	found := make([][]float64, number)
	for d := range found {
		found[d] = slices.Clone(gains)
	}
	for j := range b.Targets {
		m := len(b.Targets[j].Pools)
		normal := normals(random, draws, m)
		if m > 0 {
			l := factor(b.Targets[j].covariance(runs.Alone[j], runs.Pools, 1))
			cells := b.cells(j)
			freedom := o.freedom(j, runs, 1)
			for d := range found {
				for a, x := range times(l, normal[d]) {
					found[d][cells[a]] += x * o.student(d, freedom)
				}
			}
		}
		o.normal = append(o.normal, normal)
		var both [][]float64
		for _, z := range normals(random, shifts/2, m) {
			both = append(both, z, scaled(z, -1)) // antithetic
		}
		o.shift = append(o.shift, both)
	}
	var err error
	if o.Contenders, err = grouping.Contenders(b.Problem, found, contenders); err != nil {
		return nil, err
	}
	for j := range b.Targets {
		cells := b.cells(j)
		weight := make([][]float64, len(o.Contenders))
		for p, c := range o.Contenders {
			for _, cell := range cells {
				weight[p] = append(weight[p], c.Weight[cell])
			}
		}
		o.weight = append(o.weight, weight)
	}
	o.contested = make([]bool, len(b.Problem.Pools))
	for j, t := range b.Targets {
		for a, pool := range t.Pools {
			for _, w := range o.weight[j] {
				o.contested[pool] = o.contested[pool] || w[a] != 0
			}
		}
	}
	for _, c := range o.Contenders {
		o.mean = append(o.mean, dot(c.Weight, gains))
	}
	return o, nil
}

// noise holds, for every draw and contender, by how much the total differs from
// its estimate; a target's part of it apart, so that it can be replaced.
type noise struct {
	parts [][]float64 // target; draw × contender
	sum   []float64   // draw × contender
}

// noise draws the totals with some numbers of runs; share scales the part of the
// test samples.
func (o *Outlook) noise(runs Runs, share float64, number int) *noise {
	n := &noise{sum: make([]float64, number*len(o.Contenders))}
	for j := range o.belief.Targets {
		part := o.part(j, runs, share, number)
		n.parts = append(n.parts, part)
		for i, x := range part {
			n.sum[i] += x
		}
	}
	return n
}

func (o *Outlook) covariance(target int, runs Runs, share float64) *mat.SymDense {
	t := &o.belief.Targets[target]
	if len(t.Pools) == 0 {
		return nil
	}
	return t.covariance(runs.Alone[target], runs.Pools, share)
}

// part is what a target's gains add to the noise.
func (o *Outlook) part(target int, runs Runs, share float64, number int) []float64 {
	p := len(o.Contenders)
	out := make([]float64, number*p)
	covariance := o.covariance(target, runs, share)
	if covariance == nil {
		return out
	}
	l := o.spread(target, covariance)
	freedom := o.freedom(target, runs, share)
	for d := range number {
		scale := o.student(d, freedom)
		for k := range p {
			out[d*p+k] = scale * dot(l[k], o.normal[target][d])
		}
	}
	return out
}

// freedom are the degrees of freedom of a target's gains, in the mean, by
// Satterthwaite: those of the variances of runs times the square of the share that
// the whole variance has of what runs make of it. 0 stands for many.
func (o *Outlook) freedom(target int, runs Runs, share float64) float64 {
	if o.belief.Freedom == 0 {
		return 0
	}
	t := &o.belief.Targets[target]
	run, whole := 0.0, 0.0
	byRuns, all := t.covariance(runs.Alone[target], runs.Pools, 0), t.covariance(runs.Alone[target], runs.Pools, share)
	for a := range t.Pools {
		run += byRuns.At(a, a)
		whole += all.At(a, a)
	}
	if !(run > 0) {
		return 0
	}
	return (o.belief.Freedom + float64(o.belief.counted(runs)-o.belief.counted(o.now))) * whole * whole / (run * run)
}

// student makes a normal draw one of Student's t, whose variance is estimated with
// some degrees of freedom f: it is divided by the root of χ²/f, by the cube that
// is nearly normal (Wilson and Hilferty, PNAS 17, 1931). All variances are
// estimated together, and so are too small or too large together.
func (o *Outlook) student(draw int, f float64) float64 {
	if f == 0 {
		return 1
	}
	x := 1 - 2/(9*f) + o.spreads[draw]*math.Sqrt(2/(9*f))
	return math.Pow(math.Max(x, 0.05), -1.5)
}

// spread is W·L for the weights W of a target's gains and a factor L of their
// covariance: by it, independent normals become what the gains add to the totals.
func (o *Outlook) spread(target int, covariance *mat.SymDense) [][]float64 {
	l := factor(covariance)
	out := make([][]float64, len(o.Contenders))
	for k, w := range o.weight[target] {
		out[k] = make([]float64, len(l))
		for i, row := range l {
			if w[i] == 0 {
				continue
			}
			for c, x := range row {
				out[k][c] += w[i] * x
			}
		}
	}
	return out
}

// regret fills in, for every draw, how much better than the recommended partition
// the best contender is: the recommended one is the best by the estimates.
func (o *Outlook) regret(mean, sum []float64) []float64 {
	p := len(o.Contenders)
	r := best(mean)
	if o.scratch == nil {
		o.scratch = make([]float64, draws)
	}
	regret := o.scratch[:len(sum)/p]
	for d := range regret {
		row := sum[d*p : (d+1)*p]
		most := mean[r] + row[r]
		here := most
		for k, x := range row {
			if v := mean[k] + x; v > most {
				most = v
			}
		}
		regret[d] = most - here
	}
	return regret
}

// bound is the regret that is not exceeded with the probability of the rule.
func (o *Outlook) bound(mean, sum []float64) float64 {
	return quantile(o.regret(mean, sum), o.rule.level())
}

// Standing is what a belief says with some numbers of runs.
type Standing struct {
	// Regret is how much better than the recommended partition another can be,
	// with the probability of the rule, in units of the total.
	Regret float64 `json:"regret"`
	// Within is the probability that no contender is better by more than the
	// tolerance.
	Within float64 `json:"within"`
}

// Standing compares the contenders with some numbers of runs, as if further runs
// left the estimates where they are.
func (o *Outlook) Standing(runs Runs) Standing { return o.standing(runs, 1) }

func (o *Outlook) standing(runs Runs, share float64) Standing {
	regret := o.regret(o.mean, o.noise(runs, share, draws).sum)
	within := 0
	for _, x := range regret {
		if x <= o.rule.Tolerance {
			within++
		}
	}
	return Standing{quantile(regret, o.rule.level()), float64(within) / draws}
}

// CouldSettle is the probability that the grouping is settled once every arm has
// the given numbers of runs, estimates moving as far as these runs may move them.
func (o *Outlook) CouldSettle(now, then Runs) float64 {
	after := o.noise(then, 1, draws)
	moved := o.moves(now, then, shifts)
	settled := 0
	for _, mean := range moved {
		if o.bound(mean, after.sum) <= o.rule.Tolerance {
			settled++
		}
	}
	return float64(settled) / float64(len(moved))
}

// moves are totals as further runs may leave them: what the runs take away from
// the variance of an estimate is the variance of its move.
func (o *Outlook) moves(now, then Runs, number int) [][]float64 {
	out := make([][]float64, number)
	for q := range out {
		out[q] = slices.Clone(o.mean)
	}
	for j := range o.belief.Targets {
		before := o.covariance(j, now, 1)
		if before == nil || !o.changes(j, now, then) {
			continue
		}
		l := o.spread(j, difference(before, o.covariance(j, then, 1)))
		for q := range out {
			for k := range out[q] {
				out[q][k] += dot(l[k], o.shift[j][q])
			}
		}
	}
	return out
}

// changes says whether a target's gains rest on other runs.
func (o *Outlook) changes(target int, now, then Runs) bool {
	if now.Alone[target] != then.Alone[target] {
		return true
	}
	for _, pool := range o.belief.Targets[target].Pools {
		if now.Pools[pool] != then.Pools[pool] {
			return true
		}
	}
	return false
}

func normals(random *rand.Rand, n, m int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, m)
		for k := range out[i] {
			out[i][k] = random.NormFloat64()
		}
	}
	return out
}

// times is L·z for a lower triangular L.
func times(l [][]float64, z []float64) []float64 {
	out := make([]float64, len(l))
	for i, row := range l {
		for k, x := range row {
			out[i] += x * z[k]
		}
	}
	return out
}

func scaled(v []float64, f float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = f * x
	}
	return out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// best is the index of the largest value; of equal ones, the first.
func best(v []float64) int {
	k := 0
	for i, x := range v {
		if x > v[k] {
			k = i
		}
	}
	return k
}

// quantile is the smallest value that a share of all does not exceed. It changes
// the order of the values.
func quantile(v []float64, share float64) float64 {
	k := min(len(v)-1, int(math.Ceil(share*float64(len(v))))-1)
	for low, high := 0, len(v)-1; low < high; { // Hoare's selection
		pivot := v[(low+high)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}
