package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSideChance checks that the probability of a side's lower limits is a
// probability: where sharing does nothing it is below a level in no more than
// that share of comparisons, also far in the tail.
func TestSideChance(t *testing.T) {
	w := world{run: 0.026, change: func(*rand.Rand) float64 { return 0 }}
	const k, n, repetitions = 3, 60, 3000
	l := arrangement{a: 1<<k - 1, b: 1<<k - 1}
	levels := []float64{0.1, 0.01, 0.001}
	below := make([]int, len(levels))
	for rep := range repetitions {
		a, b := w.draw(rand.New(rand.NewPCG(5, uint64(rep))), n, k, k, false)
		m := momentsOf(clusters(a, b, nil), l)
		for _, sign := range []float64{1, -1} {
			for i, level := range levels {
				if m.chance(sign) <= level {
					below[i]++
				}
			}
		}
	}
	for i, level := range levels {
		expected := level * 2 * repetitions
		if got := float64(below[i]); got > expected+3*math.Sqrt(expected) {
			t.Errorf("p ≤ %v on %v of %d sides, want at most about %v", level, got, 2*repetitions, expected)
		}
	}
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
