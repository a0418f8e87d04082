package affinity

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestTrials scores pools that were tried by themselves, others by pairs, and pairs
// by the subsets that hold them.
func TestTrials(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	e := math.E
	trial := layout.Trial{Name: "merged", Work: 0.5, Pools: []layout.TriedPool{
		{Pool: []string{"a", "b"}, Loss: []float64{1, e}, Alone: []float64{e, 1}},
		{Pool: []string{"a", "c"}, Loss: []float64{e * e, 0}, Alone: []float64{e, 1e-9}},
		{Pool: []string{"b", "c"}, Loss: []float64{1, 1}, Alone: []float64{e * e, 1}},
		{Pool: []string{"a", "b", "c"}, Loss: []float64{1, 1, layout.LargestLoss}, Alone: []float64{e, e, 1}},
		{Pool: []string{"a", "elsewhere"}, Loss: []float64{1, 1}, Alone: []float64{9, 9}},
	}}
	is := func(what string, got []Estimate, want ...float64) {
		t.Helper()
		for k, w := range want {
			if math.Abs(got[k].Value-w) > 1e-9 && !(math.IsNaN(w) && math.IsNaN(got[k].Value)) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	whole := NewTrial(names, trial)
	is("a pair", whole.Score([]int{0, 1}), 1, -1)
	is("without losses", whole.Score([]int{0, 2}), -1, 0)
	is("a pool", whole.Score([]int{0, 1, 2}), 1, 1, -math.Log(layout.LargestLoss))
	is("a pool with a stranger", whole.Score([]int{0, 1, 3}), math.NaN(), math.NaN())
	if m := whole.Method(); m.Work != 0.5 || m.Pools != 0 {
		t.Errorf("%+v", m)
	}
	trial.Subsets = true
	by := NewTrial(names, trial)
	// Of a, in the company of b: 1 and 1; of c: −1 and 1. Of b with a: −1 and 1.
	is("a pair by subsets", by.Score([]int{0, 1}), 1, 0)
	is("a pool by subsets", by.Score([]int{0, 1, 2}), 0.5)
}
