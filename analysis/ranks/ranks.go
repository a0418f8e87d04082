// Package ranks replaces numbers by their places in order, for correlations of ranks.
package ranks

import (
	"cmp"
	"slices"
)

// Of are the places of numbers in their order, counted from 0; equal ones share the
// mean of theirs. Numbers that are NaN come first, one after the other.
func Of(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, k := range order[from:to] {
			out[k] = float64(from+to-1) / 2
		}
		from = to
	}
	return out
}
