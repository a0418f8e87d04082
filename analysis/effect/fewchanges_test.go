package effect

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// For changes of one weight the limit is that of a Poisson count: half the
// quantile of χ² with 2(x+1) degrees of freedom.
func TestUpperSumIsExactForCounts(t *testing.T) {
	for _, x := range []float64{0, 1, 2, 7, 40} {
		want := distuv.ChiSquared{K: 2 * (x + 1)}.Quantile(.975) / 2
		if got := upperSum(x, x, 1, .975); math.Abs(got-want) > 1e-6*want {
			t.Errorf("%v changes: %v, want %v", x, got, want)
		}
		if got := upperSum(3*x, 9*x, 3, .975); math.Abs(got-3*want) > 1e-5*want {
			t.Errorf("%v changes of 3: %v, want %v", x, got, 3*want)
		}
	}
}

// faultless are runs that have all samples right but the given ones.
func faultless(n, k, first int, wrong map[int]bool) *Runs {
	r := &Runs{Domain: "d", Seeds: seeds(first, k), Samples: n, Correct: make([]uint64, n)}
	for i := range r.Correct {
		if !wrong[i] {
			r.Correct[i] = 1<<k - 1
		}
	}
	return r
}

// Nothing seen is no certainty: fifty samples that all runs have right may miss
// harm to one in fourteen.
func TestNothingSeenIsNoCertainty(t *testing.T) {
	e, err := compareRuns(faultless(50, 5, 1, nil), faultless(50, 5, 100, nil), Options{})
	if err != nil {
		t.Fatal(err)
	}
	missed := -math.Log(.025) / 50
	for what, v := range map[string][2]float64{
		"Δ": {e.Delta.Hi, missed}, "-Δ": {-e.Delta.Lo, missed}, "T": {float64(e.Transfer.BoundHi), missed}, "I": {float64(e.Interference.BoundHi), missed},
		"excess": {e.Transfer.Excess.Hi, missed}, "raw": {e.Interference.Raw.Hi, missed}, "raw below": {e.Interference.Raw.Lo, 0},
	} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("limit of %s is %v, want %v", what, v[0], v[1])
		}
	}
}

// Harm to 3 % of all samples lies above its bound in no more than 2.5 % of
// tables, however few samples show it.
func TestRareHarmIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	above := 0
	const tables = 400
	for range tables {
		wrong := map[int]bool{}
		for i := range 50 {
			if r.Float64() < .03 {
				wrong[i] = true
			}
		}
		e, err := compareRuns(faultless(50, 5, 1, nil), faultless(50, 5, 100, wrong), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Interference.BoundHi < .03 || e.Delta.Lo > -.03 {
			above++
		}
	}
	if above > 18 {
		t.Errorf("harm to 3 %% lies beyond the limits in %d of %d tables", above, tables)
	}
}
