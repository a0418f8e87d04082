package affinity

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrTooFew is returned where there are too few rows to fit anything.
var ErrTooFew = errors.New("too few observations")

// Process is a Gaussian process with an unknown constant mean, fitted to
// observations with noise:
//
//	y = μ + f(x) + ε,   f ~ s²·kernel,   ε ~ N(0, λs²).
//
// With the kernels Linear and LinearPairs it is a ridge regression whose constant
// is not penalised, of penalty λ. λ, s² and the kernel's parameter are those of
// the largest restricted likelihood, which leaves out what the constant explains
// (REML; Patterson and Thompson 1971), over a grid. Predictions are those of
// universal kriging (Rasmussen and Williams, Gaussian Processes for Machine
// Learning, 2006, section 2.7).
type Process struct {
	kernel  Kernel
	setting float64 // of the kernel
	lambda  float64
	scale   float64 // s²
	x       [][]float64
	mean    float64
	alpha   []float64
	inverse *mat.Cholesky // of K + λ·I
	ones    *mat.VecDense // (K + λ·I)⁻¹·1
}

// FitProcess fits a process to rows of features, all of one length, and what was
// observed there. It fails with ErrTooFew below three rows.
func FitProcess(k Kernel, x [][]float64, y []float64) (*Process, error) {
	n := len(x)
	if n != len(y) {
		return nil, fmt.Errorf("affinity: %d rows of features and %d observations", n, len(y))
	}
	if n < 3 {
		return nil, fmt.Errorf("affinity: %s: %w: %d, at least three are needed", k, ErrTooFew, n)
	}
	q := contrasts(n)
	var z mat.VecDense
	z.MulVec(q, mat.NewVecDense(n, y))
	best := math.Inf(-1)
	p := &Process{kernel: k, x: x}
	for _, setting := range k.settings(len(x[0])) {
		gram := k.gram(setting, x)
		var half, inner mat.Dense
		half.Mul(q, gram)
		inner.Mul(&half, q.T())
		var eigen mat.EigenSym
		if !eigen.Factorize(symmetric(&inner), true) {
			return nil, fmt.Errorf("affinity: %s: the kernel's eigenvalues were not found", k)
		}
		var vectors mat.Dense
		eigen.VectorsTo(&vectors)
		var w mat.VecDense
		w.MulVec(vectors.T(), &z)
		values := eigen.Values(nil)
		for step := -16; step <= 24; step++ {
			lambda := math.Pow(10, float64(step)/4)
			scale, likelihood := restricted(values, w.RawVector().Data, lambda)
			if likelihood > best {
				best, p.setting, p.lambda, p.scale = likelihood, setting, lambda, scale
			}
		}
	}
	return p, p.solve(y)
}

// contrasts are the n-1 rows of Helmert, orthonormal and orthogonal to the
// constant.
func contrasts(n int) *mat.Dense {
	q := mat.NewDense(n-1, n, nil)
	for r := range n - 1 {
		norm := math.Sqrt(float64((r + 1) * (r + 2)))
		for c := range r + 1 {
			q.Set(r, c, 1/norm)
		}
		q.Set(r, r+1, -float64(r+1)/norm)
	}
	return q
}

// restricted is the scale of largest restricted likelihood at a λ, and that
// likelihood but for a constant. values are the eigenvalues of the kernel among
// contrasts, z the contrasts of the observations along their vectors.
func restricted(values, z []float64, lambda float64) (scale, likelihood float64) {
	logs := 0.0
	for i, v := range values {
		d := max(v, 0) + lambda
		scale += z[i] * z[i] / d
		logs += math.Log(d)
	}
	m := float64(len(values))
	scale /= m
	return scale, -(m*math.Log(max(scale, 1e-300)) + logs) / 2
}

// solve prepares predictions.
func (p *Process) solve(y []float64) error {
	n := len(y)
	a := p.kernel.gram(p.setting, p.x)
	for i := range n {
		a.SetSym(i, i, a.At(i, i)+p.lambda)
	}
	p.inverse = &mat.Cholesky{}
	if !p.inverse.Factorize(a) {
		return fmt.Errorf("affinity: %s: the kernel is not positive definite", p.kernel)
	}
	one := mat.NewVecDense(n, nil)
	for i := range n {
		one.SetVec(i, 1)
	}
	p.ones = &mat.VecDense{}
	if err := p.inverse.SolveVecTo(p.ones, one); err != nil {
		return fmt.Errorf("affinity: %s: %w", p.kernel, err)
	}
	// The generalised least squares estimate of the constant.
	p.mean = mat.Dot(p.ones, mat.NewVecDense(n, y)) / mat.Sum(p.ones)
	left := mat.NewVecDense(n, nil)
	for i, v := range y {
		left.SetVec(i, v-p.mean)
	}
	var alpha mat.VecDense
	if err := p.inverse.SolveVecTo(&alpha, left); err != nil {
		return fmt.Errorf("affinity: %s: %w", p.kernel, err)
	}
	p.alpha = alpha.RawVector().Data
	return nil
}

// Predict is the expected value of μ + f at a row of features, and the standard
// deviation of what is not known about it. The noise of observing it is not in
// that; see Noise.
func (p *Process) Predict(x []float64) (value, deviation float64) {
	n := len(p.x)
	k := mat.NewVecDense(n, nil)
	value = p.mean
	for i := range n {
		k.SetVec(i, p.kernel.of(p.setting, x, p.x[i]))
		value += k.AtVec(i) * p.alpha[i]
	}
	var v mat.VecDense
	if err := p.inverse.SolveVecTo(&v, k); err != nil {
		return value, math.NaN()
	}
	rest := 1 - mat.Dot(p.ones, k)
	variance := p.kernel.of(p.setting, x, x) - mat.Dot(k, &v) + rest*rest/mat.Sum(p.ones)
	return value, math.Sqrt(p.scale * max(variance, 0))
}

// Noise is the standard deviation of the noise of one observation.
func (p *Process) Noise() float64 { return math.Sqrt(p.scale * p.lambda) }

// gram holds the kernel of all pairs of rows.
func (k Kernel) gram(setting float64, x [][]float64) *mat.SymDense {
	g := mat.NewSymDense(len(x), nil)
	for i := range x {
		for j := i; j < len(x); j++ {
			g.SetSym(i, j, k.of(setting, x[i], x[j]))
		}
	}
	return g
}

// symmetric takes the upper half of a matrix that is symmetric but for rounding.
func symmetric(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}
