package similarity

import (
	"maps"
	"math"
	"slices"
)

// Sizes is how alike two domains are in their numbers of training samples: −|log(a/b)|,
// 0 where they are equal.
func Sizes(a, b int) float64 { return math.Log(float64(min(a, b)) / float64(max(a, b))) }

// Shares is how much two distributions over classes, by name, have in common: the sum
// of the smaller shares, which is one less their total variation distance. Shares of
// each add up to 1.
func Shares(a, b map[string]float64) float64 {
	sum := 0.0
	for _, class := range slices.Sorted(maps.Keys(a)) {
		sum += min(a[class], b[class])
	}
	return sum
}

// Names is the share of the names of either list that both have (Jaccard). Names of a
// list differ.
func Names(a, b []string) float64 {
	both := 0
	for _, name := range a {
		if slices.Contains(b, name) {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
