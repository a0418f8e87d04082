package similarity

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// CKA is how alike two representations of the same samples are: linear centred kernel
// alignment with the unbiased estimator of HSIC. Rows of x and y are samples, [n, p]
// and [n, q]; n must be the same, and at least 4. It is 1 for representations that
// differ by a rotation, a shift and a scale, and about 0 for unrelated ones, below
// which it may fall by chance. NaN where a representation is the same for all samples.
//
// Kornblith, Norouzi, Lee, Hinton: Similarity of Neural Network Representations
// Revisited, ICML 2019, eq. 3; the unbiased form is of Song et al., Feature Selection
// via Dependence Maximization, JMLR 2012, eq. 5: with K and L the kernels without
// their diagonals,
//
//	HSIC = (tr KL + 1ᵀK1·1ᵀL1/((n−1)(n−2)) − 2·1ᵀKL1/(n−2)) / (n(n−3)).
func CKA(x, y *mat.Dense) float64 {
	k, l := newKernel(x), newKernel(y)
	xx, yy := k.hsic(k), l.hsic(l)
	if !(xx > 0) || !(yy > 0) {
		return math.NaN()
	}
	return k.hsic(l) / math.Sqrt(xx*yy)
}

// kernel is a linear kernel of samples without its diagonal, with the sums of its
// rows and of all.
type kernel struct {
	*mat.Dense
	rows  []float64
	total float64
}

func newKernel(x *mat.Dense) kernel {
	n, p := x.Dims()
	// Centring changes nothing but the size of what is rounded.
	centred, column := mat.NewDense(n, p, nil), make([]float64, n)
	for j := range p {
		mat.Col(column, j, x)
		floats.AddConst(-floats.Sum(column)/float64(n), column)
		centred.SetCol(j, column)
	}
	k := kernel{Dense: mat.NewDense(n, n, nil), rows: make([]float64, n)}
	k.Mul(centred, centred.T())
	for i := range n {
		k.Set(i, i, 0)
		k.rows[i] = floats.Sum(k.RawRowView(i))
	}
	k.total = floats.Sum(k.rows)
	return k
}

// hsic is the unbiased estimate of the Hilbert-Schmidt independence criterion.
func (k kernel) hsic(l kernel) float64 {
	n := float64(len(k.rows))
	trace := 0.0
	for i := range k.rows {
		trace += floats.Dot(k.RawRowView(i), l.RawRowView(i))
	}
	return (trace + k.total*l.total/((n-1)*(n-2)) - 2*floats.Dot(k.rows, l.rows)/(n-2)) / (n * (n - 3))
}
