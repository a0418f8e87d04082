package effect

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// runsOf has runs of one sample with the given losses; samples of a loss above 1
// are wrong.
func runsOf(first int, loss ...float32) *Runs {
	r := &Runs{Domain: "d", Samples: 2, Seeds: seeds(first, len(loss)), Correct: make([]uint64, 2)}
	for k, l := range loss {
		r.Loss = append(r.Loss, []float32{l, 0})
		r.Correct[1] |= 1 << k
		if l <= 1 {
			r.Correct[0] |= 1 << k
		}
	}
	return r
}

// TestPairing measures the correlation over the seeds that both arms have.
func TestPairing(t *testing.T) {
	a, b := runsOf(1, 9, 1, 2, 3, 4), runsOf(2, 2, 4, 6, 8, 0)
	c, err := Compare(a, b, Options{SharedSeeds: true})
	if err != nil {
		t.Fatal(err)
	}
	p := c.Pairing()
	// The arm's losses are twice those of the independent runs: variances v and
	// 4v, covariance 2v.
	if p.Seeds != 4 || math.Abs(float64(p.Losses.Value-1)) > 1e-12 || math.Abs(float64(p.Losses.Noise-0.2)) > 1e-12 {
		t.Errorf("%+v", p)
	}
	if p.Errors.Value.Known() { // the arm is always wrong with these seeds
		t.Errorf("errors %+v of an arm whose errors do not vary", p.Errors)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pairing
	if err := json.Unmarshal(data, &back); err != nil || back.Losses != p.Losses || back.Errors.Noise.Known() {
		t.Errorf("%s was read as %+v, %v", data, back, err)
	}
	x, y := Common(a, b)
	if want := seeds(2, 4); !slices.Equal(x.Seeds, want) || !slices.Equal(y.Seeds, want) || x.Loss[0][0] != 1 || y.Loss[3][0] != 8 {
		t.Errorf("in common are seeds %v of losses %v, and %v of %v", x.Seeds, x.Loss, y.Seeds, y.Loss)
	}
	for _, o := range []struct {
		b      *Runs
		shared bool
	}{{b, false}, {runsOf(20, 1, 2, 3), true}} {
		c, err := Compare(a, o.b, Options{SharedSeeds: o.shared})
		if err != nil {
			t.Fatal(err)
		}
		if p := c.Pairing(); p != nil {
			t.Errorf("seeds %v, shared %v: %+v", o.b.Seeds, o.shared, p)
		}
	}
}
