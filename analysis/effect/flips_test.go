package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFlips counts pairs of runs one by one.
func TestFlips(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	draw := func(k, n int, right float64) [][]bool {
		out := make([][]bool, k)
		for i := range out {
			for range n {
				out[i] = append(out[i], r.Float64() < right)
			}
		}
		return out
	}
	const n = 60
	x, y := draw(3, n, 0.6), draw(4, n, 0.8)
	a, err := NewRuns("d", x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewRuns("d", y)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := c.Flips()
	if !ok {
		t.Fatal("no flips")
	}
	var want Flips
	for _, own := range x {
		for _, shared := range y {
			for i := range n {
				part := Number(1.0 / (3 * 4 * n))
				switch {
				case own[i] && shared[i]:
					want.Kept += part
				case shared[i]:
					want.Helped += part
				case own[i]:
					want.Harmed += part
				default:
					want.Missed += part
				}
			}
		}
	}
	for _, p := range [][2]Number{{got.Kept, want.Kept}, {got.Helped, want.Helped}, {got.Harmed, want.Harmed}, {got.Missed, want.Missed}, {got.Kept + got.Helped + got.Harmed + got.Missed, 1}} {
		if math.Abs(float64(p[0]-p[1])) > 1e-12 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(e.Transfer.Raw.Value-float64(got.Helped)) > 1e-12 || math.Abs(e.Interference.Floor.Value-float64(got.Floor)) > 1e-12 {
		t.Errorf("flips %+v, the effect has %+v", got, e.Transfer)
	}
	if f, ok := e.Flips(); !ok || math.Abs(float64(f.Kept-got.Kept)) > 1e-12 || math.Abs(float64(f.Missed-got.Missed)) > 1e-12 {
		t.Errorf("the effect's flips are %+v, %t, not %+v", f, ok, got)
	}
	one, err := Compare(a, b.Only([]int64{1}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := one.Flips(); ok {
		t.Errorf("one run: %+v", f)
	}
}
