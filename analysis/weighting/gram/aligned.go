package gram

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// eigen is V and λ of a symmetric matrix V·diag(λ)·Vᵀ, without what is numerically
// zero: eigenvalues below n·ε times the largest, where ε is that of the float32
// numbers that products of gradients come as.
func eigen(a *mat.SymDense) (values []float64, vectors *mat.Dense, ok bool) {
	var e mat.EigenSym
	if !e.Factorize(a, true) {
		return nil, nil, false
	}
	all := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	n := len(all)
	const epsilon = 1.1920929e-7
	least := slices.Max(all) * float64(n) * epsilon
	first := slices.IndexFunc(all, func(x float64) bool { return x > least })
	if first < 0 {
		return nil, nil, false
	}
	kept := mat.DenseCopyOf(v.Slice(0, n, first, n))
	return all[first:], kept, true
}

// through is Σ_k f(λ_k)·v_k·(v_k·x).
func through(values []float64, vectors *mat.Dense, x []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(x))
	for k, value := range values {
		column := mat.Col(nil, k, vectors)
		product := 0.0
		for i := range x {
			product += column[i] * x[i]
		}
		for i := range out {
			out[i] += f(value) * product * column[i]
		}
	}
	return out
}

// Aligned are the weights of independent component alignment: the Jacobian's
// principal components are brought to the length of the shortest one, so that none
// dominates and the linear system of gradients is stable. With G = V·Λ·Vᵀ,
//
//	w = √λ_min · V·Λ^(−½)·Vᵀ·1/n
//
// over eigenvalues that are not numerically zero. Weights may be negative. Senushkin
// et al.: Independent Component Alignment for Multi-Task Learning, CVPR 2023,
// algorithm 1.
func (m *Matrix) Aligned() []float64 {
	n := m.Len()
	values, vectors, ok := eigen(m.G)
	if !ok {
		return ones(n)
	}
	mean := ones(n)
	for i := range mean {
		mean[i] /= float64(n)
	}
	least := math.Sqrt(values[0])
	return through(values, vectors, mean, func(v float64) float64 { return least / math.Sqrt(v) })
}

// IMTLG are the weights of impartial learning, whose step has equal projections on
// all unit gradients, and so equal cosines with them. From (Ĝβ)_i = 1 for all i, with
// the cosines Ĝ, they are β_i/‖g_i‖, and sum to 1 in absolute value. Weights may be
// negative.
//
// Liu et al.: Towards Impartial Multi-Task Learning, ICLR 2021, eq. 4. The paper's
// α = g_1·Uᵀ(D·Uᵀ)⁻¹ is the same direction scaled to Σα = 1; where that scale is
// negative, it turns the step against all gradients, and ours does not. ConFIG
// (Liu et al., ICLR 2025) takes this direction too, with another length. Of linearly
// dependent gradients the pseudoinverse takes the shortest solution.
func (m *Matrix) IMTLG() []float64 {
	n := m.Len()
	values, vectors, ok := eigen(m.Unit)
	if !ok {
		return ones(n)
	}
	w := m.perNorm(through(values, vectors, ones(n), func(v float64) float64 { return 1 / v }))
	sum := 0.0
	for _, x := range w {
		sum += math.Abs(x)
	}
	if sum > 0 {
		for i := range w {
			w[i] /= sum
		}
	}
	return w
}
