package effect

import (
	"math"
	"slices"
)

// Discoveries says which of several figures differ from zero so that at most
// the given share of those said to is expected to be zero: the procedure of
// Benjamini and Hochberg (1995) on their probabilities. Where all are zero, any
// is said to differ with that probability at most. It holds under the positive
// dependence of figures that share runs and samples (Benjamini and Yekutieli
// 2001).
func Discoveries(chances []float64, rate float64) []bool {
	known := slices.Sorted(slices.Values(chances))
	largest := math.Inf(-1)
	for i, p := range known {
		if p <= rate*float64(i+1)/float64(len(known)) {
			largest = p
		}
	}
	out := make([]bool, len(chances))
	for i, p := range chances {
		out[i] = p <= largest
	}
	return out
}

// Simultaneous is the level of m intervals that all hold the truth at once with
// at least the probability level: level^(1/m) (Šidák 1967, whose inequality
// holds whatever their correlation, for intervals around normal estimates).
func Simultaneous(level float64, m int) float64 {
	return math.Pow(level, 1/float64(max(1, m)))
}
