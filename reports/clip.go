package reports

import (
	"math"
	"slices"
)

// One value far out must not stretch an axis or a scale of colours until nothing
// else can be told apart: a harm in losses has no end. Where the largest of
// some fractions is more than four times their third quartile, and more than a
// half, axes and colours end at the larger of these two, and what lies beyond
// stands at the edge, with a mark or a word that says so.
const (
	clipFactor = 4
	clipLeast  = 0.5
)

// clipAt is where axes and colours for the given values end in both directions,
// +Inf where they hold all values.
func clipAt(values []float64) float64 {
	var sizes []float64
	for _, v := range values {
		if finite(v) {
			sizes = append(sizes, math.Abs(v))
		}
	}
	if len(sizes) == 0 {
		return math.Inf(1)
	}
	slices.Sort(sizes)
	limit := max(clipLeast, clipFactor*sizes[3*(len(sizes)-1)/4])
	if sizes[len(sizes)-1] <= limit {
		return math.Inf(1)
	}
	return limit
}

// clipped brings values to a limit.
func clipped(values []float64, limit float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = min(max(v, -limit), limit) // NaN stays
	}
	return out
}

// edgeNote is said of axes that do not hold all values.
func beyondEdge(axis text) text { return say("%s; what reaches the edge goes on beyond it", axis) }
