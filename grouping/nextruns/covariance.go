package nextruns

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// factor returns a lower triangular L with L·Lᵀ = s, for any s without negative
// variance in some direction, rounding apart: where nothing is left of a variable
// after those before it, its column is zero (Cholesky's method).
func factor(s mat.Symmetric) [][]float64 {
	n := s.SymmetricDim()
	largest := 0.0
	for i := range n {
		largest = math.Max(largest, s.At(i, i))
	}
	l := make([][]float64, n)
	for i := range l {
		l[i] = make([]float64, i+1)
		for j := range i + 1 {
			v := s.At(i, j)
			for k := range j {
				v -= l[i][k] * l[j][k]
			}
			switch {
			case i == j && v > 1e-12*largest:
				l[i][i] = math.Sqrt(v)
			case i > j && l[j][j] > 0:
				l[i][j] = v / l[j][j]
			}
		}
	}
	return l
}

// difference is a - b.
func difference(a, b mat.Symmetric) *mat.SymDense {
	n := a.SymmetricDim()
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			out.SetSym(i, j, a.At(i, j)-b.At(i, j))
		}
	}
	return out
}
