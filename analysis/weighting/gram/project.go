package gram

import (
	"math"
	"math/rand/v2"
)

// PCGrad are the weights of projected conflicting gradients: from every gradient,
// in random order, the part against each other one is taken,
//
//	g'_i ← g'_i − (g'_i·g_j / ‖g_j‖²)·g_j   where g'_i·g_j < 0,
//
// and the step goes along Σ g'_i. All of it is done on coefficients of the g_j.
//
// Yu et al.: Gradient Surgery for Multi-Task Learning, NeurIPS 2020, algorithm 1.
func (m *Matrix) PCGrad(r *rand.Rand) []float64 {
	n := m.Len()
	total := make([]float64, n)
	for i := range n {
		c := make([]float64, n)
		c[i] = 1
		for _, j := range r.Perm(n) {
			if j == i {
				continue
			}
			if product := m.along(c, j); product < 0 {
				c[j] -= product / m.Norm[j]
			}
		}
		for j := range c {
			total[j] += c[j]
		}
	}
	return total
}

// along is the product of Σ c_k·g_k with the unit gradient j.
func (m *Matrix) along(c []float64, j int) float64 {
	sum := 0.0
	for k, x := range c {
		if x != 0 {
			sum += x * m.Norm[k] * m.Unit.At(k, j)
		}
	}
	return sum
}

// length is ‖Σ c_k·g_k‖.
func (m *Matrix) length(c []float64) float64 {
	sum := 0.0
	for j, x := range c {
		if x != 0 {
			sum += x * m.Norm[j] * m.along(c, j)
		}
	}
	return math.Sqrt(max(0, sum))
}

// GradVac are the weights of the gradient vaccine: like PCGrad, but every pair is
// brought up to a target cosine φ_ij instead of zero,
//
//	g'_i ← g'_i + ‖g'_i‖·(φ·√(1−ρ²) − ρ·√(1−φ²)) / (‖g_j‖·√(1−φ²)) · g_j
//
// where ρ, the cosine of g'_i and g_j, is below φ. The target follows the cosines
// that are met: φ ← (1−β)·φ + β·ρ, after its use. target holds φ row by row over all
// domains, and is changed; targets stay within ±0.999.
//
// Wang et al.: Gradient Vaccine, ICLR 2021, eq. 2 and 3. As in the authors' text the
// cosine is that of the gradient as changed so far.
func (m *Matrix) GradVac(r *rand.Rand, target []float64, beta float64) []float64 {
	n := m.Len()
	total := make([]float64, n)
	for i := range n {
		c := make([]float64, n)
		c[i] = 1
		for _, j := range r.Perm(n) {
			if j == i {
				continue
			}
			length := m.length(c)
			if length == 0 {
				continue
			}
			cosine := max(-1, min(1, m.along(c, j)/length))
			phi := &target[m.Active[i]*m.All+m.Active[j]]
			if cosine < *phi {
				side, wanted := math.Sqrt(1-cosine*cosine), math.Sqrt(1-*phi**phi)
				c[j] += length * (*phi*side - cosine*wanted) / (m.Norm[j] * wanted)
			}
			*phi = max(-0.999, min(0.999, (1-beta)**phi+beta*cosine))
		}
		for j := range c {
			total[j] += c[j]
		}
	}
	return total
}
