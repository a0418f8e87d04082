package effect

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// naive computes the values of a sample from their definitions, run by run, on
// losses; errors are losses of 0 and 1.
func naive(x, y []float64, seedsX, seedsY []int64) values {
	var v values
	same := func(k, m int) bool { return seedsX[k] == seedsY[m] }
	mean := func(run []float64) float64 { return sum(run) / float64(len(run)) }
	v[vA], v[vB] = mean(x), mean(y)
	overPairs := func(run []float64, f func(d float64) float64) float64 {
		n, total := 0, 0.0
		for k := range run {
			for l := range run {
				if k != l {
					n++
					total += f(run[k] - run[l])
				}
			}
		}
		return total / float64(n)
	}
	square := func(d float64) float64 { return d * d }
	v[vFloor] = (overPairs(x, math.Abs) + overPairs(y, math.Abs)) / 4
	pairs, measured, squares := 0.0, 0.0, 0.0
	for k := range x {
		for m := range y {
			if !same(k, m) {
				pairs++
				squares += square(x[k] - y[m])
				v[vRawT] += max(x[k]-y[m], 0)
				v[vRawI] += max(y[m]-x[k], 0)
				if slices.Contains(seedsY, seedsX[k]) && slices.Contains(seedsX, seedsY[m]) {
					continue
				}
			}
			measured++
			// The others: without this pair's runs and seeds.
			var xs, ys []float64
			for l := range x {
				if l != k && !same(l, m) {
					xs = append(xs, x[l])
				}
			}
			for l := range y {
				if l != m && !same(k, l) {
					ys = append(ys, y[l])
				}
			}
			if len(xs) == 0 || len(ys) == 0 {
				continue
			}
			switch d := mean(xs) - mean(ys); {
			case d > 1e-12:
				v[vCrossfitT] += x[k] - y[m]
			case d < -1e-12:
				v[vCrossfitI] += y[m] - x[k]
			}
		}
	}
	v[vRawT], v[vRawI] = v[vRawT]/pairs, v[vRawI]/pairs
	v[vCrossfitT], v[vCrossfitI] = v[vCrossfitT]/measured, v[vCrossfitI]/measured
	// The square of the difference, less what the variance of the runs adds.
	v[vS] = squares/pairs - overPairs(x, square)/2 - overPairs(y, square)/2
	return v
}

func seeds(from, n int) []int64 {
	s := make([]int64, n)
	for i := range s {
		s[i] = int64(from + i)
	}
	return s
}

func TestValuesFollowTheirDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		ka, kb := 2+r.IntN(6), 2+r.IntN(6)
		seedsA, seedsB := seeds(1, ka), seeds(100, kb)
		switch r.IntN(3) {
		case 0: // all shared
			kb, seedsB = ka, seedsA
		case 1: // some shared
			seedsB = seeds(1+r.IntN(ka), kb)
		}
		x, y := make([]float64, ka), make([]float64, kb) // wrong: 1
		var p pattern
		a, b := &Runs{Seeds: seedsA}, &Runs{Seeds: seedsB}
		l, placeA, placeB := arrangementOf(a, b, sharedSeeds(a, b))
		for k := range x {
			x[k] = float64(r.IntN(2))
			p.a |= uint64(1-x[k]) << placeA[k]
		}
		for k := range y {
			y[k] = float64(r.IntN(2))
			p.b |= uint64(1-y[k]) << placeB[k]
		}
		got, want := l.at(p), naive(x, y, seedsA, seedsB)
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-12 {
				t.Fatalf("runs %v of seeds %v, %v of seeds %v: value %d is %v, want %v", x, seedsA, y, seedsB, i, got[i], want[i])
			}
		}
	}
}

// expectation is the exact mean of the values of a sample over all outcomes of
// independent runs.
func expectation(p, q float64, ka, kb int) values {
	l := arrangement{a: 1<<ka - 1, b: 1<<kb - 1}
	var mean values
	for a := range uint64(1) << ka {
		for b := range uint64(1) << kb {
			na, nb := bits.OnesCount64(a), bits.OnesCount64(b)
			w := math.Pow(p, float64(na)) * math.Pow(1-p, float64(ka-na)) * math.Pow(q, float64(nb)) * math.Pow(1-q, float64(kb-nb))
			for i, v := range l.at(pattern{a, b}) {
				mean[i] += w * v
			}
		}
	}
	return mean
}

func TestMeansOfMeasures(t *testing.T) {
	apply := func(c combination, v values) float64 { return dot(c[:], v[:]) }
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("mean of %s is %v, want %v", what, got, want)
		}
	}
	for _, k := range [][2]int{{2, 2}, {3, 3}, {3, 5}, {4, 2}} {
		for _, p := range []float64{0, .1, .5, .7, 1} {
			for _, q := range []float64{0, .1, .4, .7, .95, 1} {
				v := expectation(p, q, k[0], k[1])
				d := q - p
				near("delta", apply(combDelta, v), d)
				near("floor", apply(combFloor, v), (p*(1-p)+q*(1-q))/2)
				near("excess T", apply(combExcessT, v), (d*d+d)/2)
				near("excess I", apply(combExcessI, v), (d*d-d)/2)
				near("S", apply(combS, v), d*d)
				if p == q {
					near("raw at no effect", v[vRawT], v[vFloor])
					near("crossfit at no effect", v[vCrossfitT], 0)
					near("crossfit at no effect", v[vCrossfitI], 0)
				}
				if v[vCrossfitT] > max(d, 0)+1e-12 || v[vCrossfitI] > max(-d, 0)+1e-12 {
					t.Errorf("p %v, q %v: crossfit %v, %v above T, I", p, q, v[vCrossfitT], v[vCrossfitI])
				}
			}
		}
	}
}

// The example of the documentation: accuracy 0.71, T 0.009, raw 0.133, floor
// 0.130, for a population of which 5.4 % of samples gain or lose a third.
func TestExampleOfRawAndFloor(t *testing.T) {
	type part struct{ share, p, q float64 }
	population := []part{
		{0.027, 1. / 3, 2. / 3}, {0.027, 2. / 3, 1. / 3}, // changed
		{0.472, 0.5, 0.5}, // undecided
		{0.447, 1, 1},
		{0.027, 0, 0},
	}
	var accuracy, truth float64
	var mean values
	for _, x := range population {
		accuracy += x.share * x.p
		truth += x.share * max(x.q-x.p, 0)
		for i, v := range expectation(x.p, x.q, 3, 3) {
			mean[i] += x.share * v
		}
	}
	for _, c := range []struct {
		what      string
		got, want float64
	}{{"accuracy", accuracy, 0.71}, {"T", truth, 0.009}, {"raw", mean[vRawT], 0.133}, {"floor", mean[vFloor], 0.130}} {
		if math.Abs(c.got-c.want) > 0.0005 {
			t.Errorf("%s %.4f, want %.3f", c.what, c.got, c.want)
		}
	}
}

func TestCountTableAndPatternsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a, b := make([]uint64, 500), make([]uint64, 500)
	for i := range a {
		a[i], b[i] = uint64(r.IntN(16)), uint64(r.IntN(8))
	}
	list := clusters(a, b, nil)
	table := counts(list, 4, 3)
	n := 0
	for _, row := range table {
		for _, c := range row {
			n += c
		}
	}
	if n != 500 {
		t.Errorf("count table holds %d samples", n)
	}
	m := momentsOf(list, arrangement{a: 15, b: 7})
	var want float64
	for x, row := range table {
		for y, c := range row {
			v := arrangement{a: 15, b: 7}.at(pattern{1<<x - 1, 1<<y - 1})
			want += float64(c) / 500 * (v[vRawT] - v[vFloor])
		}
	}
	if got := m.estimate(combExcessT); math.Abs(got-want) > 1e-12 {
		t.Errorf("excess %v from patterns, %v from counts", got, want)
	}
}
