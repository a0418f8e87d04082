package contest

import (
	"cmp"
	"math"
	"slices"
)

// keep is the part of candidates that a round of successive halving keeps, and the
// factor by which time grows (Jamieson, Talwalkar: Non-stochastic Best Arm
// Identification and Hyperparameter Optimization, AISTATS 2016).
const keep = 3

// rounds are how many candidates each round trains: n, n/3, and so on down to 1.
func rounds(n int) []int {
	out := []int{n}
	for n > 1 {
		n = max(1, n/keep)
		out = append(out, n)
	}
	return out
}

// epochsOf are the epochs of a candidate in a round of so many, where a method that
// costs no more than equal weights has all of them in the last.
func epochsOf(all, round, rounds int, relative float64) int {
	part := math.Pow(keep, float64(rounds-1-round))
	return max(1, int(math.Round(float64(all)/part/relative)))
}

// best are the n candidates with the least score, the first of equal ones.
func best(list []candidate, n int) []candidate {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b candidate) int { return cmp.Compare(a.score, b.score) })
	return sorted[:min(n, len(sorted))]
}
