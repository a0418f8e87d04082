package merging

import (
	"slices"
	"testing"
)

// TestMerges holds merges against what a pencil gives.
func TestMerges(t *testing.T) {
	start := []float32{1, 1, 1, 1, 1}
	models := [][]float32{
		{3, 0, 1.5, 1, 5},    // task vector +2 −1 +0.5 0 +4
		{5, 2, -2, 1.25, -1}, // +4 +1 −3 +0.25 −2
		{0, 1, 2, 1, 1},      // −1 0 +1 0 0
	}
	for _, c := range []struct {
		name string
		got  []float32
		want []float32
	}{
		{"average", Average(models), []float32{8. / 3, 1, 0.5, 3.25 / 3, 5. / 3}},
		{"arithmetic", Arithmetic(start, models, 0.5), []float32{3.5, 1, 0.25, 1.125, 2}},
		{"arithmetic, one over the root", Arithmetic(start[:1], [][]float32{{2}, {2}, {2}, {2}}, 0), []float32{3}},
		{"arithmetic by 1/n", Arithmetic(start, models, 1./3), Average(models)},
		// Two of five elements stay: (+2,+4), (+4,−3), (−1,+1). Signs elected: +5 by
		// +2 and +4; −2 by −3; +4 alone.
		{"TIES", TIES(start, models, 0.4, 1), []float32{1 + 3, 1, 1 - 3, 1, 1 + 4}},
		{"TIES by half", TIES(start, models, 0.4, 0.5), []float32{1 + 1.5, 1, 1 - 1.5, 1, 1 + 2}},
		// Nothing is trimmed: the third vector's −1 loses against +2 and +4; in the
		// second place −1 and +1 leave no sign; −3 wins against +0.5 and +1.
		{"TIES of all", TIES(start, models, 1, 1), []float32{1 + 3, 1, 1 - 3, 1.25, 1 + 4}},
		// A fifth of five elements is one: the first of equals in the third vector.
		{"TIES by default", TIES(start, models, 0, 0), []float32{1 + 4, 1, 1, 1, 1 + 4}},
		{"TIES of one, untrimmed", TIES(start, models[:1], 1, 1), models[0]},
	} {
		if !slices.EqualFunc(c.got, c.want, func(a, b float32) bool { return a-b < 1e-6 && b-a < 1e-6 }) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}
