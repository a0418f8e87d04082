package gram

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// toUnit scales a positive definite matrix to unit diagonal: a_ij = unit_ij·size_i·size_j.
func toUnit(a *mat.SymDense) (unit *mat.SymDense, size []float64) {
	n := a.SymmetricDim()
	size = make([]float64, n)
	for i := range n {
		size[i] = math.Sqrt(a.At(i, i))
	}
	unit = mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i {
			unit.SetSym(i, j, a.At(i, j)/size[i]/size[j])
		}
		unit.SetSym(i, i, 1)
	}
	return unit, size
}
