package laws

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// LeastSizes is the number of sizes below which no law is followed beyond them:
// three say nothing of how well three parameters fit.
const LeastSizes = 4

// Point is what was measured at one size.
type Point struct {
	// Size is a model's: its parameters, or any number in proportion to them.
	Size float64
	// Value is the error or loss there, above zero, with its standard error.
	Value, SE float64
	// Freedom are the degrees of freedom that SE rests on; 0 where it is known
	// exactly.
	Freedom float64
}

// ordered returns points by size, or says what is wrong with them.
func ordered(points []Point) ([]Point, error) {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b Point) int { return cmp.Compare(a.Size, b.Size) })
	for i, p := range points {
		switch {
		case !(p.Size > 0) || math.IsInf(p.Size, 0):
			return nil, fmt.Errorf("laws: %w: a size of %v", ErrPoints, p.Size)
		case !(p.Value > 0) || math.IsInf(p.Value, 0):
			return nil, fmt.Errorf("laws: %w: a value of %v at size %v; a law is one of values above zero", ErrPoints, p.Value, p.Size)
		case !(p.SE >= 0) || math.IsInf(p.SE, 0) || !(p.Freedom >= 0):
			return nil, fmt.Errorf("laws: %w: at size %v a value of %v with a standard error of %v", ErrPoints, p.Size, p.Value, p.SE)
		case i > 0 && p.Size == points[i-1].Size:
			return nil, fmt.Errorf("laws: %w: two values at size %v", ErrPoints, p.Size)
		}
	}
	if len(points) < LeastSizes {
		return nil, fmt.Errorf("laws: %w: %d were measured, and %d are the least for a prediction", ErrFew, len(points), LeastSizes)
	}
	return points, nil
}

// shared is by how many degrees of freedom the points' common relative variance
// counts in that of each.
const shared = 4

// moderated are relative variances of the points, each drawn towards their mean,
// since few runs tell little of how runs vary: of ν degrees of freedom and a
// relative variance v, (ν v + 4 m) / (ν + 4) with m the mean of all weighted by ν.
func moderated(points []Point) []float64 {
	own := make([]float64, len(points))
	mean, weight := 0.0, 0.0
	for i, p := range points {
		own[i] = p.SE * p.SE / (p.Value * p.Value)
		if p.Freedom > 0 {
			mean += p.Freedom * own[i]
			weight += p.Freedom
		}
	}
	if weight == 0 {
		return own
	}
	mean /= weight
	for i, p := range points {
		if p.Freedom > 0 {
			own[i] = (p.Freedom*own[i] + shared*mean) / (p.Freedom + shared)
		}
	}
	return own
}
