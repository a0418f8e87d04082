package effect

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// A domain that makes next to no loss must not turn a small one into a gain of
// minus many thousand per cent.
func TestGainFloor(t *testing.T) {
	runs := func(level float64) *Runs {
		r := &Runs{Domain: "d", Samples: 100}
		for k := range 3 {
			row := make([]float32, r.Samples)
			for i := range row {
				row[i] = float32(level * (1 + 0.2*math.Sin(float64(i*(k+1)))))
			}
			r.Seeds, r.Loss = append(r.Seeds, int64(k)), append(r.Loss, row)
		}
		return r
	}
	gain := func(own, shared, floor float64) *Gain {
		c, err := Compare(runs(own), runs(shared), Options{Floor: floor})
		if err != nil {
			t.Fatal(err)
		}
		g, err := c.Gain(measures.Loss)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	bare, floored := gain(0.0001, 0.05, 0), gain(0.0001, 0.05, 0.02)
	if bare.Relative.Value > -400 || bare.Floor != 0 {
		t.Errorf("without a floor %+v", bare.Relative)
	}
	if want := (0.0001 - 0.05) / 0.02; math.Abs(floored.Relative.Value-want) > 0.02 || floored.Floor != 0.02 || len(floored.Warnings) != 1 {
		t.Errorf("relative gain %+v of floor %v, want %.3f of 0.02; warnings %q", floored.Relative, floored.Floor, want, floored.Warnings)
	}
	// The limits are those of the absolute gain.
	for _, x := range [][2]float64{{floored.Relative.Lo, floored.Absolute.Lo}, {floored.Relative.Hi, floored.Absolute.Hi}} {
		if math.Abs(x[0]-x[1]/0.02) > 0.05*math.Abs(x[0]) {
			t.Errorf("limit %.4f of the relative gain, %.4f of the absolute one over the floor", x[0], x[1]/0.02)
		}
	}
	// Continuous in the domain's own loss, and without a part above the floor.
	above, below := gain(0.0202, 0.03, 0.02), gain(0.0198, 0.03, 0.02)
	if math.Abs(above.Relative.Value-below.Relative.Value) > 0.04 || above.Floor != 0 || below.Floor == 0 {
		t.Errorf("gains %.3f and %.3f on either side of the floor", above.Relative.Value, below.Relative.Value)
	}
}

// Of counted errors one wrong test sample is the least that counts.
func TestGainFloorOfErrors(t *testing.T) {
	right := func(k, wrong int) [][]bool {
		out := make([][]bool, k)
		for i := range out {
			out[i] = make([]bool, 50)
			for s := range out[i] {
				out[i][s] = s >= wrong
			}
		}
		return out
	}
	own := right(3, 0)
	own[0][0] = false // one run errs, once
	a, _ := NewRuns("d", own)
	b, _ := NewRuns("d", right(3, 5))
	c, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Gain(measures.Correct)
	if err != nil {
		t.Fatal(err)
	}
	if want := (1./3 - 5); math.Abs(g.Relative.Value-want) > 1e-6 || math.Abs(g.Floor-0.02) > 1e-12 || !g.Relative.Limited() {
		t.Errorf("gain %+v of floor %v, want %.3f of 0.02", g.Relative, g.Floor, want)
	}
}
