package effect

import (
	"cmp"
	"math/bits"
	"slices"
)

// What correctness says of a sample does not depend on which runs were right, only
// on how many were: of the seeds that both arms share, with both, the first or the
// second run right, and of the other runs of each arm. Samples of one such kind are
// alike, and so are the runs of a kind that are left out one at a time. A study has
// a few hundred kinds whatever its number of samples and of patterns, and the
// jackknife of all samples follows from how often each kind occurs and from how
// often each run was right within it.

// outcomes numbers what a run, or the two of a seed, made of a sample.
const (
	wrongOnes = iota // both wrong
	firstOnly        // the first arm's right; of a run without a partner: right
	secondOnly
	rightOnes
	outcomesOfRuns
)

// kindKey says how many: seeds by outcome, and right runs of the others.
type kindKey struct{ both, first, second, aloneA, aloneB uint8 }

// samplesOfKind is how many samples are of a kind.
type samplesOfKind struct {
	key kindKey
	n   int
	// runs[k] counts by outcome what run k made of these samples: runs without a
	// partner in the order of the arrangement, first the first arm's, then shared
	// seeds. Wrong ones are the rest.
	runs [][outcomesOfRuns]int
}

// kindTable counts kinds for an arrangement of runs.
type kindTable struct {
	l              arrangement
	shared         int
	aloneA, aloneB int // runs without a partner
	dense          []*samplesOfKind
	sparse         map[kindKey]*samplesOfKind
	radix          [5]int
}

// mostDense bounds the table of kinds that is looked up by number.
const mostDense = 1 << 16

func newKindTable(l arrangement) *kindTable {
	ka, kb := l.runs()
	t := &kindTable{l: l, shared: bits.OnesCount64(l.shared)}
	t.aloneA, t.aloneB = ka-t.shared, kb-t.shared
	t.radix = [5]int{t.shared + 1, t.shared + 1, t.shared + 1, t.aloneA + 1, t.aloneB + 1}
	size := 1
	for _, r := range t.radix {
		if size <= mostDense {
			size *= r
		}
	}
	if size <= mostDense {
		t.dense = make([]*samplesOfKind, size)
	} else {
		t.sparse = map[kindKey]*samplesOfKind{}
	}
	return t
}

// of is the entry of a kind, made where it is new.
func (t *kindTable) of(k kindKey) *samplesOfKind {
	if t.dense == nil {
		s := t.sparse[k]
		if s == nil {
			s = t.empty(k)
			t.sparse[k] = s
		}
		return s
	}
	at := (((int(k.both)*t.radix[1]+int(k.first))*t.radix[2]+int(k.second))*t.radix[3]+int(k.aloneA))*t.radix[4] + int(k.aloneB)
	if t.dense[at] == nil {
		t.dense[at] = t.empty(k)
	}
	return t.dense[at]
}

func (t *kindTable) empty(k kindKey) *samplesOfKind {
	return &samplesOfKind{key: k, runs: make([][outcomesOfRuns]int, t.aloneA+t.aloneB+t.shared)}
}

// add counts samples of a pattern, whose bits are runs in the order of the
// arrangement: shared seeds first.
func (t *kindTable) add(p pattern, times int) {
	shared := t.l.shared
	both, first, second := p.a&p.b&shared, p.a&^p.b&shared, p.b&^p.a&shared
	a, b := p.a>>t.shared, p.b>>t.shared
	s := t.of(kindKey{
		uint8(bits.OnesCount64(both)), uint8(bits.OnesCount64(first)), uint8(bits.OnesCount64(second)),
		uint8(bits.OnesCount64(a)), uint8(bits.OnesCount64(b)),
	})
	s.n += times
	count := func(set uint64, from, outcome int) {
		for ; set != 0; set &= set - 1 {
			s.runs[from+bits.TrailingZeros64(set)][outcome] += times
		}
	}
	count(a, 0, firstOnly)
	count(b, t.aloneA, firstOnly)
	seeds := t.aloneA + t.aloneB
	count(both, seeds, rightOnes)
	count(first, seeds, firstOnly)
	count(second, seeds, secondOnly)
}

// join adds what another table of the same arrangement counted.
func (t *kindTable) join(o *kindTable) {
	for _, x := range o.list() {
		s := t.of(x.key)
		s.n += x.n
		for k := range x.runs {
			for outcome, n := range x.runs[k] {
				s.runs[k][outcome] += n
			}
		}
	}
}

// list returns the kinds that occur, in the order of their keys.
func (t *kindTable) list() []*samplesOfKind {
	var out []*samplesOfKind
	for _, s := range t.dense {
		if s != nil {
			out = append(out, s)
		}
	}
	for _, s := range t.sparse {
		out = append(out, s)
	}
	sortKinds(out)
	return out
}

// counts is the (K+1) by (K'+1) table of right runs.
func (t *kindTable) counts() [][]int {
	ka, kb := t.l.runs()
	table := make([][]int, ka+1)
	for i := range table {
		table[i] = make([]int, kb+1)
	}
	for _, s := range t.list() {
		table[s.key.both+s.key.first+s.key.aloneA][s.key.both+s.key.second+s.key.aloneB] += s.n
	}
	return table
}

// example is a pattern of a kind.
func (t *kindTable) example(k kindKey) pattern {
	ones := func(n, from int) uint64 { return (1<<n - 1) << from }
	both, first, second := int(k.both), int(k.first), int(k.second)
	return pattern{
		a: ones(both+first, 0) | ones(int(k.aloneA), t.shared),
		b: ones(both, 0) | ones(second, both+first) | ones(int(k.aloneB), t.shared),
	}
}

// left is what kind of run, or seed, is left out: how many of a sample's are such,
// and the sample's values without one of them.
type left struct {
	runs   int
	values []float64
}

// leftOut lists, for the strata of the arrangement in order, what leaving out a run
// of each outcome makes of a sample of a kind.
func (t *kindTable) leftOut(k kindKey) [][outcomesOfRuns]left {
	p := t.example(k)
	var out [][outcomesOfRuns]left
	stratum := func(a, b uint64) {
		if a|b == 0 {
			return
		}
		var s [outcomesOfRuns]left
		for rest := a | b; rest != 0; rest &= rest - 1 {
			bit := rest & -rest
			x := wrongOnes
			switch onA, onB := p.a&a&bit != 0, p.b&b&bit != 0; {
			case onA && onB:
				x = rightOnes
			case onA, onB && a == 0:
				x = firstOnly
			case onB:
				x = secondOnly
			}
			if s[x].runs++; s[x].runs == 1 {
				v := t.l.without(a&bit, b&bit).at(p)
				s[x].values = v[:]
			}
		}
		out = append(out, s)
	}
	stratum(t.l.a&^t.l.shared, 0)
	stratum(0, t.l.b&^t.l.shared)
	stratum(t.l.shared, t.l.shared)
	return out
}

// kindMoments sums up the kinds of correctness.
func kindMoments(t *kindTable) moments {
	m, _ := newMoments(t.l)
	m.excess = true
	for _, s := range t.list() {
		full := t.l.at(t.example(s.key))
		var leave [][outcomesOfRuns]left
		if len(m.deleted) > 0 {
			leave = t.leftOut(s.key)
		}
		m.addKind(s, full[:], leave)
	}
	return m
}

// addKind takes samples of a kind, each a cluster by itself.
func (j *jackknife) addKind(s *samplesOfKind, full []float64, leave [][outcomesOfRuns]left) {
	j.add(s.n, 1, full, nil)
	w, first := float64(s.n), 0
	deleted := make([][]float64, 0, 2*MaxRuns)
	for g, kinds := range leave {
		// The runs of a sample, those of one outcome one after another.
		deleted = deleted[:0]
		for _, x := range kinds {
			for range x.runs {
				deleted = append(deleted, x.values)
			}
		}
		addSpread(full, deleted, j.fixed, w*j.strata[g].weight, j.centre, j.own[g])
		for k := range j.strata[g].runs {
			wrongs := s.n
			for outcome := firstOnly; outcome < outcomesOfRuns; outcome++ {
				if n := s.runs[first+k][outcome]; n > 0 {
					wrongs -= n
					addScaled(j.deleted[first+k], kinds[outcome].values, n)
				}
			}
			if wrongs > 0 {
				addScaled(j.deleted[first+k], kinds[wrongOnes].values, wrongs)
			}
		}
		first += j.strata[g].runs
	}
}

func addScaled(to, v []float64, n int) {
	for x := range v {
		to[x] += float64(n) * v[x]
	}
}

// kindsOf counts the samples of both arms, whose runs are in the order of the
// arrangement.
func kindsOf(a, b []uint64, l arrangement) *kindTable {
	tables := inParts(len(a), func(from, to int) *kindTable {
		t := newKindTable(l)
		for i := from; i < to; i++ {
			t.add(pattern{a[i], b[i]}, 1)
		}
		return t
	})
	all := newKindTable(l)
	for _, t := range tables {
		all.join(t)
	}
	return all
}

func sortKinds(list []*samplesOfKind) {
	slices.SortFunc(list, func(x, y *samplesOfKind) int {
		a, b := x.key, y.key
		return cmp.Or(cmp.Compare(a.both, b.both), cmp.Compare(a.first, b.first), cmp.Compare(a.second, b.second),
			cmp.Compare(a.aloneA, b.aloneA), cmp.Compare(a.aloneB, b.aloneB))
	})
}
