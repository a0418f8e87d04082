package gram

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrMatrix marks inner products that no gradients have: of the wrong number, not
// finite, or with a negative square.
var ErrMatrix = errors.New("gram: unsuitable matrix")

// Matrix holds the inner products of those domains that have a gradient.
type Matrix struct {
	// G are the inner products, Norm the lengths, Unit the cosines, all over the
	// active domains.
	G, Unit *mat.SymDense
	Norm    []float64
	// Active are the numbers of the domains with a gradient, of All domains.
	Active []int
	All    int
}

// smallest is the squared length, relative to the largest one, below which a
// gradient counts as none: float32 products know no less.
const smallest = 1e-60

// New reads the n×n inner products of n gradients, row by row. The two halves may
// differ by rounding; their mean counts. Errors match ErrMatrix.
func New(products []float64, n int) (*Matrix, error) {
	if n < 1 || len(products) != n*n {
		return nil, fmt.Errorf("%w: %d products of %d gradients", ErrMatrix, len(products), n)
	}
	largest := 0.0
	for i, p := range products {
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, fmt.Errorf("%w: product of gradients %d and %d is %g", ErrMatrix, i/n, i%n, p)
		}
		if i/n == i%n {
			if p < 0 {
				return nil, fmt.Errorf("%w: squared length of gradient %d is %g", ErrMatrix, i/n, p)
			}
			largest = max(largest, p)
		}
	}
	m := &Matrix{All: n}
	for i := range n {
		if p := products[i*n+i]; p > 0 && p >= smallest*largest {
			m.Active = append(m.Active, i)
			m.Norm = append(m.Norm, math.Sqrt(p))
		}
	}
	a := len(m.Active)
	if a == 0 {
		return m, nil
	}
	m.G, m.Unit = mat.NewSymDense(a, nil), mat.NewSymDense(a, nil)
	for i, p := range m.Active {
		for j, q := range m.Active[:i+1] {
			product := products[p*n+q]/2 + products[q*n+p]/2
			cosine := max(-1, min(1, product/m.Norm[i]/m.Norm[j]))
			if i == j {
				cosine = 1
			}
			m.G.SetSym(i, j, cosine*m.Norm[i]*m.Norm[j])
			m.Unit.SetSym(i, j, cosine)
		}
	}
	return m, nil
}

// Len is the number of active domains.
func (m *Matrix) Len() int { return len(m.Active) }

// Normalize returns weights of all domains whose absolute values sum to their
// number. w are those of the active domains; the others weigh 1, which moves
// nothing. Where w is zero or not finite, all weigh 1.
func (m *Matrix) Normalize(w []float64) []float64 {
	out := make([]float64, m.All)
	for i := range out {
		out[i] = 1
	}
	largest := 0.0
	for _, x := range w {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return out
		}
		largest = max(largest, math.Abs(x))
	}
	if largest == 0 {
		return out
	}
	sum := 0.0
	for _, x := range w {
		sum += math.Abs(x / largest)
	}
	for i, p := range m.Active {
		out[p] = w[i] / largest * float64(len(w)) / sum
	}
	return out
}

// ones is a vector of n ones.
func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// times is G·v.
func times(g *mat.SymDense, v []float64) []float64 {
	out := mat.NewVecDense(len(v), nil)
	out.MulVec(g, mat.NewVecDense(len(v), v))
	return out.RawVector().Data
}

// perNorm divides by the lengths of the gradients: weights of unit gradients become
// weights of gradients.
func (m *Matrix) perNorm(v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] / m.Norm[i]
	}
	return out
}
