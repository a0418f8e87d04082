package economics_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/grouping/economics"
)

// TestLearningCurve fits errors that fall as a power exactly, and computes by hand
// what twice as many samples are worth.
func TestLearningCurve(t *testing.T) {
	power := func(n float64) float64 { return 3 * math.Pow(n, -0.4) }
	var points []economics.DataPoint
	for _, n := range []float64{400, 100, 200} {
		points = append(points, economics.DataPoint{Samples: n, Error: power(n)})
	}
	c, err := economics.FitLearning(points, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(c.Exponent-0.4) > 1e-12 || math.Abs(c.At-power(400)) > 1e-12 || c.Samples != 400 || c.Reach != 4 {
		t.Errorf("%+v", c)
	}
	prices := &economics.Prices{Horizon: 2, Discount: 0.21, Label: 0.5}
	month := math.Pow(1.21, -1./12)
	got, err := prices.MoreData([]economics.Grown{{c, 1000}, {c, 10}}, []float64{2}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	want := (month + month*month) * 1010 * (power(400) - power(800))
	if b := got[0]; math.Abs(b.Value.Value-want) > 1e-9 || b.Samples != 800 || b.Cost != 400 || b.Value.Lo > want+1e-9 || b.Value.Hi < want-1e-9 || (b.Pays > 0.5) != (want > 400) {
		t.Errorf("%+v, by hand %v", b, want)
	}
	for _, bad := range [][]economics.DataPoint{
		{{Samples: 100, Error: 0.2}},
		{{Samples: 100, Error: 0.2}, {Samples: 200, Error: 0}},
		{{Samples: 100, Error: 0.2}, {Samples: 100, Error: 0.1}},
		{{Samples: 100, Error: 0.2}, {Samples: 200, Error: math.NaN()}},
	} {
		if _, err := economics.FitLearning(bad, 10, 1); !errors.Is(err, economics.ErrNoCurve) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// TestLearningCurveCovers checks over many studies with errors that are known to
// within a tenth how often the limits of the exponent hold the true one.
func TestLearningCurveCovers(t *testing.T) {
	const studies, exponent, se = 400, 0.3, 0.01
	held := 0
	for seed := range uint64(studies) {
		random := rand.New(rand.NewPCG(7, seed))
		var points []economics.DataPoint
		for _, n := range []float64{50, 100, 200} {
			points = append(points, economics.DataPoint{Samples: n, Error: 0.4*math.Pow(n/50, -exponent) + se*random.NormFloat64(), SE: se})
		}
		c, err := economics.FitLearning(points, 400, 1)
		if err != nil {
			t.Fatal(err)
		}
		if e := c.ExponentOf(0.95); e.Lo <= exponent && exponent <= e.Hi {
			held++
		}
	}
	if share := float64(held) / studies; share < 0.92 || share > 0.98 {
		t.Errorf("limits of 95 %% hold the exponent in %.3f of studies", share)
	}
}
