package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSideChance checks that the probability of a side's lower limits is a
// probability: where sharing does nothing it is below a level in no more than
// that share of comparisons, also far in the tail. So at most 5 % of studies of
// twelve comparisons, each of which has two sides, have one below 5 %/24; studies
// with a bound above zero, each by itself sound, are more.
func TestSideChance(t *testing.T) {
	w := world{run: 0.026, change: func(*rand.Rand) float64 { return 0 }}
	const n, cells, studies = 60, 8, 150
	levels := []float64{0.1, 0.01, 0.001, 0.05 / (2 * cells)}
	for _, k := range []int{3, 5} {
		l := arrangement{a: 1<<k - 1, b: 1<<k - 1}
		below := make([]int, len(levels))
		said, above := 0, 0
		for study := range studies {
			r := rand.New(rand.NewPCG(uint64(k), uint64(study)))
			least, bound := 1.0, 0.0
			for range cells {
				a, b := w.draw(r, n, k, k, false)
				m := momentsOf(clusters(a, b, nil), l)
				for _, sign := range []float64{1, -1} {
					p := m.chance(sign)
					for i, level := range levels {
						if p <= level {
							below[i]++
						}
					}
					lo, _ := m.bounds(sign, 0.95)
					least, bound = min(least, p), max(bound, lo)
				}
			}
			if least <= 0.05/(2*cells) {
				said++
			}
			if bound > 0 {
				above++
			}
		}
		for i, level := range levels {
			expected := level * 2 * cells * studies
			if got := float64(below[i]); got > expected+3*math.Sqrt(expected) {
				t.Errorf("%d runs: p ≤ %v on %v of %d sides, want at most about %v", k, level, got, 2*cells*studies, expected)
			}
		}
		if said > studies/20 || above < studies/125 {
			t.Errorf("%d runs: of %d studies %d have a side below 5 %%/%d and %d a bound above zero; want at most %d and at least %d", k, studies, said, 2*cells, above, studies/20, studies/125)
		}
		t.Logf("%d runs: of %d null studies %d have a side below 5 %%/%d, %d a bound above zero", k, studies, said, 2*cells, above)
	}
	const k = 3
	l := arrangement{a: 1<<k - 1, b: 1<<k - 1}
	// A large change is sure.
	w.change = func(*rand.Rand) float64 { return 3 }
	a, b := w.draw(rand.New(rand.NewPCG(5, 5)), 400, k, k, false)
	m := momentsOf(clusters(a, b, nil), l)
	if p, q := m.chance(1), m.chance(-1); !(p < 0.01) || !(q > 0.5) {
		t.Errorf("a large gain has p %v for transfer and %v for interference", p, q)
	}
	// Two runs say nothing about others.
	two := arrangement{a: 3, b: 3}
	if p := momentsOf(clusters(a, b, nil), two).chance(1); !math.IsNaN(p) {
		t.Errorf("two runs: p %v, want none", p)
	}
}
