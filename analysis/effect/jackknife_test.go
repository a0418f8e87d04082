package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomRuns draws correct runs of two arms with effects of run and sample.
func randomRuns(r *rand.Rand, n, ka, kb int) (a, b *Runs) {
	w := world{"dense", 0.026, effects[2].change}
	x, y := w.draw(r, n, ka, kb, false)
	return &Runs{Domain: "d", Seeds: seeds(1, ka), Samples: n, Correct: x}, &Runs{Domain: "d", Seeds: seeds(50, kb), Samples: n, Correct: y}
}

// direct is the two-way jackknife variance from its definition: per-sample
// values f recomputed with every run left out, groups summed by hand.
func direct(f func(p pattern, l arrangement) float64, a, b []uint64, l arrangement, group []int32, deletions [][]arrangement) (vs float64, runs, vi []float64) {
	n := float64(len(a))
	sums := func(l arrangement) map[int32]float64 {
		s := map[int32]float64{}
		for i := range a {
			g := int32(i)
			if group != nil {
				g = group[i]
			}
			s[g] += f(pattern{a[i], b[i]}, l)
		}
		return s
	}
	size := map[int32]float64{}
	for i := range a {
		g := int32(i)
		if group != nil {
			g = group[i]
		}
		size[g]++
	}
	full := sums(l)
	theta := 0.0
	for _, s := range full {
		theta += s / n
	}
	for g, s := range full {
		vs += (s - size[g]*theta) * (s - size[g]*theta)
	}
	count := float64(len(full))
	vs *= count / (count - 1) / (n * n)
	for _, arm := range deletions {
		k := float64(len(arm))
		var by []map[int32]float64
		for _, d := range arm {
			by = append(by, sums(d))
		}
		spread := func(x []float64) float64 {
			mean, ss := 0.0, 0.0
			for _, v := range x {
				mean += v / k
			}
			for _, v := range x {
				ss += (v - mean) * (v - mean)
			}
			return (k - 1) / k * ss
		}
		totals := make([]float64, len(arm))
		for i, s := range by {
			for _, v := range s {
				totals[i] += v / n
			}
		}
		runs, vi = append(runs, spread(totals)), append(vi, 0)
		for g := range full {
			own := make([]float64, len(arm))
			for i, s := range by {
				own[i] = s[g]
			}
			vi[len(vi)-1] += spread(own) / (n * n)
		}
	}
	return vs, runs, vi
}

func TestJackknifeFollowsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		name   string
		shared bool
		groups int
	}{{"samples alone", false, 0}, {"groups", false, 25}, {"shared seeds", true, 0}, {"shared seeds, groups", true, 25}} {
		const n, k = 120, 5
		a, b := randomRuns(r, n, k, k)
		l := arrangement{a: 31, b: 31}
		var deletions [][]arrangement
		if c.shared {
			l.shared = 31
			var both []arrangement
			for bit := range k {
				both = append(both, l.without(1<<bit, 1<<bit))
			}
			deletions = [][]arrangement{both}
		} else {
			var da, db []arrangement
			for bit := range k {
				da = append(da, l.without(1<<bit, 0))
				db = append(db, l.without(0, 1<<bit))
			}
			deletions = [][]arrangement{da, db}
		}
		var group []int32
		if c.groups > 0 {
			group = make([]int32, n)
			for i := range group {
				group[i] = int32(r.IntN(c.groups))
			}
		}
		m := momentsOf(clusters(a.Correct, b.Correct, group), l)
		for name, comb := range map[string]combination{
			"delta": combDelta, "floor": combFloor, "excess": combExcessI, "S": combS, "crossfit": combCrossfitT,
			"upper": combDelta.times(0.5).plus(5, combS),
		} {
			vs, runs, vi := direct(func(p pattern, l arrangement) float64 {
				v := l.at(p)
				return dot(comb[:], v[:])
			}, a.Correct, b.Correct, l, group, deletions)
			var sets []dispersion
			for g := range runs {
				sets = append(sets, dispersion{ratio: runs[g] / vi[g], freedom: k - 1})
			}
			within, between, freedom := 0.0, 0.0, 0.0
			for g, p := range moderate(sets) {
				v := vi[g] * p.cautious()
				within, between, freedom = within+vi[g], between+v, freedom+v*v/p.freedom
			}
			want := max(0, vs-within) + between
			units := float64(n)
			if c.groups > 0 {
				units = m.clusters
			}
			freedom = max(1, want*want/(freedom+vs*vs/(units-1)))
			got := m.variance(figureOf(comb))
			if math.Abs(got.Value-want) > 1e-9*want || math.Abs(got.Freedom-freedom) > 1e-6*freedom {
				t.Errorf("%s: variance of %s is %v, want %v with %v degrees of freedom", c.name, name, got, want, freedom)
			}
		}
	}
}

// A group of one sample each is no group at all.
func TestGroupsOfOne(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(7, 8)), 200, 4, 3)
	alone := momentsOf(clusters(a.Correct, b.Correct, nil), arrangement{a: 15, b: 7})
	group := make([]int32, 200)
	for i := range group {
		group[i] = int32(200 - i)
	}
	each := momentsOf(clusters(a.Correct, b.Correct, group), arrangement{a: 15, b: 7})
	for _, c := range []combination{combDelta, combS, combCrossfitI} {
		x, y := alone.interval(c, .95), each.interval(c, .95)
		if math.Abs(x.Value-y.Value)+math.Abs(x.Lo-y.Lo)+math.Abs(x.Hi-y.Hi) > 1e-9 {
			t.Errorf("alone %v, groups of one %v", x, y)
		}
	}
}

// Copies of a sample in one group carry no more information than the sample.
func TestCopiesInAGroupDoNotNarrow(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(9, 10)), 150, 4, 4)
	l := arrangement{a: 15, b: 15}
	one := momentsOf(clusters(a.Correct, b.Correct, nil), l)
	var ca, cb []uint64
	var group []int32
	for i := range a.Correct {
		for range 7 {
			ca, cb, group = append(ca, a.Correct[i]), append(cb, b.Correct[i]), append(group, int32(i))
		}
	}
	copies := momentsOf(clusters(ca, cb, group), l)
	for _, c := range []combination{combDelta, combExcessT, combFloor} {
		x, y := one.interval(c, .95), copies.interval(c, .95)
		if math.Abs(x.Lo-y.Lo)+math.Abs(x.Hi-y.Hi) > 1e-9 {
			t.Errorf("once %v, seven times in a group %v", x, y)
		}
	}
}

func TestBoundsFollowTheirDefinition(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(11, 12)), 400, 5, 4)
	m := momentsOf(clusters(a.Correct, b.Correct, nil), arrangement{a: 31, b: 15})
	lo, hi := m.bounds(-1, .95)
	wantLo := max(0, m.lower(combDelta.times(-1), .99), m.lower(combExcessI, .99), m.lower(combCrossfitI, .99))
	wantHi := math.Inf(1)
	for _, c := range []float64{.01, .02, .03, .05, .07, .1, .15, .2, .3, .5} {
		comb := combDelta.times(-0.5).plus(1/(4*c), combS)
		wantHi = min(wantHi, m.variance(figureOf(comb)).upper(m.estimate(comb), .975)+c/4)
	}
	wantHi = max(wantHi, -m.interval(combDelta, .95).Lo)
	if math.Abs(lo-wantLo) > 1e-12 || math.Abs(hi-wantHi) > 1e-12 {
		t.Errorf("bounds %v to %v, want %v to %v", lo, hi, wantLo, wantHi)
	}
}

// A negative S must not close the bounds while the change is open.
func TestBoundsHoldTheChange(t *testing.T) {
	w := lossFamilies[2].with(0, 0)
	w.group = 25
	closed := 0
	for seed := range uint64(200) {
		a, b := lossRuns(rand.New(rand.NewPCG(seed, 3)), w, 400, 4, 4)
		e, err := compareRuns(a, b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e.NoEffect.Statistic < 0 {
			closed++
		}
		if e.Transfer.Bounds().Hi < e.Delta.Hi-1e-12 || e.Interference.Bounds().Hi < -e.Delta.Lo-1e-12 {
			t.Errorf("bounds up to %v and %v, change %v", e.Transfer.BoundHi, e.Interference.BoundHi, e.Delta)
		}
	}
	if closed < 50 {
		t.Errorf("S is negative in %d of 200 cases: the test does not test much", closed)
	}
}

// V_s of few groups counts with few degrees of freedom.
func TestFewGroupsAreStudents(t *testing.T) {
	j := newJackknife(1, nil)
	for _, x := range []float64{1, 2, 4} {
		j.add(1, 1, []float64{x}, nil)
	}
	// Mean 7/3, variance of the mean 7/9: t(2) is 4.3027.
	if v := j.limits(figureOf(combination{1}), .95); math.Abs(v.Hi-(7./3+4.3027*math.Sqrt(7.)/3)) > 1e-4*math.Sqrt(7) {
		t.Errorf("interval %v", v)
	}
}

func TestStudentQuantiles(t *testing.T) {
	// From tables of Student's t.
	for _, c := range []struct{ df, p, want float64 }{{1, .975, 12.706}, {2, .975, 4.303}, {4, .99, 3.747}, {30, .975, 2.042}, {math.Inf(1), .975, 1.960}, {1e9, .99, 2.326}} {
		if got := (Variance{1, c.df}).upper(0, c.p); math.Abs(got-c.want) > 0.0006 {
			t.Errorf("t(%v) at %v: %.4f, want %.3f", c.df, c.p, got, c.want)
		}
	}
}
