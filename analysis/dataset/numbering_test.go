package dataset

import (
	"math/rand/v2"
	"testing"
)

func TestNumberingOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	shuffled := rng.Perm(40)
	for _, c := range []struct {
		name  string
		n     int
		value func(i int) float64
		want  Numbering
	}{
		{"one by one", 5, func(i int) float64 { return float64(i + 7) }, Counting},
		{"in steps of two", 40, func(i int) float64 { return float64(2 * i) }, Counting},
		{"tenths, down", 40, func(i int) float64 { return 5 - float64(i)/10 }, Counting},
		{"squares", 40, func(i int) float64 { return float64(i * i) }, Ordered},
		{"shuffled", 40, func(i int) float64 { return float64(shuffled[i]) }, Shuffled},
		{"shuffled, sparse", 40, func(i int) float64 { return float64(100 * shuffled[i]) }, NotNumbered},
		{"shuffled, some twice", 40, func(i int) float64 { return float64(shuffled[i] / 2) }, NotNumbered},
		{"few in steps of two", 5, func(i int) float64 { return float64(2 * i) }, NotNumbered},
		{"the same", 40, func(int) float64 { return 3 }, NotNumbered},
		{"noise", 40, func(int) float64 { return rng.NormFloat64() }, NotNumbered},
		{"one alone", 1, func(int) float64 { return 3 }, NotNumbered},
	} {
		rows, values := make([]int64, c.n), make([]float64, c.n)
		for i := range rows {
			rows[i], values[i] = int64(i), c.value(i)
		}
		if got := NumberingOf(rows, values, 1e-12); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// Rows that were left out leave gaps in both.
	if got := NumberingOf([]int64{0, 1, 5, 6}, []float64{10, 11, 15, 16}, 1e-12); got != Counting {
		t.Errorf("with gaps: %q", got)
	}
}
