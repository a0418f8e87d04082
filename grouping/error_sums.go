package grouping

import (
	"math"
	"slices"
)

// variance is that of a weighted sum of cells; NaN where one has no limits.
func (m *errorModel) variance(weight []float64) float64 {
	sum, known := 0.0, make([]bool, len(weight))
	for _, s := range m.sources {
		sum += s.variance(weight)
		for _, at := range s.cells {
			known[at] = true
		}
	}
	for at, w := range weight {
		if w != 0 && !known[at] {
			return math.NaN()
		}
	}
	return sum
}

// variance is what the source adds to that of a weighted sum of cells.
func (s *source) variance(weight []float64) float64 {
	if !slices.ContainsFunc(s.cells, func(at int) bool { return weight[at] != 0 }) {
		return 0
	}
	sum := 0.0
	_, n := s.root.Dims()
	for j := range n {
		x := 0.0
		for i, at := range s.cells {
			x += weight[at] * s.root.At(i, j)
		}
		sum += x * x
	}
	return sum
}

// freedom are the degrees of freedom of the variance of a weighted sum of cells,
// by Satterthwaite's formula; 0 stands for many.
func (m *errorModel) freedom(weight []float64) float64 {
	total, inverse := 0.0, 0.0
	for _, s := range m.sources {
		v := s.variance(weight)
		total += v
		if s.df > 0 {
			inverse += v * v / s.df
		}
	}
	if inverse == 0 {
		return 0
	}
	return total * total / inverse
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
