package clusters

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// within are the eigenvalues, ascending, and vectors of J·M·J without that of the
// vector of ones; and 1ᵀM1/n.
func within(from Matrix, vectors bool) ([]float64, *mat.Dense, float64) {
	n := len(from)
	s := mat.NewSymDense(n, nil)
	rows, all := make([]float64, n), 0.0
	for i := range n {
		for j := range n {
			rows[i] += (from[i][j] + from[j][i]) / 2 / float64(n)
		}
		all += rows[i]
	}
	bottom := 0.0 // below every other eigenvalue
	for i := range n {
		for j := range i + 1 {
			x := (from[i][j]+from[j][i])/2 - rows[i] - rows[j] + all/float64(n)
			s.SetSym(i, j, x)
			bottom += 2 * x * x
		}
	}
	bottom = 1 + math.Sqrt(bottom)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, s.At(i, j)-bottom/float64(n))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, vectors) {
		panic("clusters: a symmetric matrix of finite numbers has no eigenvalues")
	}
	values := e.Values(nil)[1:]
	if !vectors {
		return values, nil, all
	}
	var v mat.Dense
	e.VectorsTo(&v)
	return values, mat.DenseCopyOf(v.Slice(0, n, 1, n)), all
}
