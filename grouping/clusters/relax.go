package clusters

import (
	"fmt"
	"math"
)

// Relaxed is a solution of the semidefinite relaxation of clustering into k
// clusters (Peng and Wei, SIAM Journal on Optimization 18, 2007; for tasks: Li
// and others, Grad-TAG, 2024):
//
//	max ⟨A,X⟩ over symmetric X with X ⪰ 0, X ≥ 0, X·1 = 1, tr X = k.
//
// A partition stands for the X that is 1/m between the members of a cluster of m,
// and 0 elsewhere; ⟨A,X⟩ is then the sum over domains of what they have in common
// with the others of their cluster, divided by its size.
type Relaxed struct {
	K int
	X Matrix // feasible, to rounding
	// Value is ⟨A,X⟩, and no feasible X has more than Bound.
	Value, Bound float64
	// Primal and Dual are the residuals of the last step, relative to the lengths
	// of what they compare, and Steps their number.
	Primal, Dual float64
	Steps        int
}

// relaxTolerance is for residuals and for the gap, relative to the largest entry
// times the number of domains.
const relaxTolerance = 1e-4

// residualTolerance is that of residuals. With many domains a step takes long, and the
// gap, which is proved whatever the residuals are, is tight before these are small.
func residualTolerance(n int) float64 {
	if n > 40 {
		return 1e-3
	}
	return relaxTolerance
}

// steps bounds the steps: 300 for 100 domains, where one takes milliseconds. Bound
// and Value hold after any number.
func steps(n int) int { return min(3000, max(200, 30000/n)) }

// Relax solves the relaxation by the alternating direction method of multipliers
// (Boyd and others 2011). One side has X ⪰ 0, X·1 = 1 and tr X = k, on which a
// projection is closed: J/n plus the part within the vectors that add up to zero,
// its eigenvalues moved into the simplex of sum k - 1, none above 1. The other side
// has X ≥ 0.
//
// The multipliers S ≥ 0 of X ≥ 0 give a bound whatever they are, the largest
// ⟨A+S,X⟩ without X ≥ 0: 1ᵀ(A+S)1/n plus the k - 1 largest eigenvalues of
// J·(A+S)·J within the vectors that add up to zero. X is made feasible by mixing
// in as much as it takes of the X that is the same for all pairs.
func Relax(a Matrix, k int) (*Relaxed, error) {
	n := len(a)
	if k < 2 || k >= n {
		return nil, fmt.Errorf("clusters: relaxation: %w: %d of %d domains", ErrClusters, k, n)
	}
	a = a.filled()
	scale := 0.0
	entries, _ := a.known()
	mean, _ := meanVariance(entries)
	for _, x := range entries {
		scale = max(scale, math.Abs(x-mean))
	}
	if scale == 0 {
		scale = 1
	}
	// Off the diagonal, the mean taken away is a constant: ⟨1-I,X⟩ = n - k.
	t := newMatrix(n)
	for i := range n {
		for j := range n {
			if i != j {
				t[i][j] = (a[i][j] - mean) / scale
			}
		}
	}
	r := (&admm{n: n, k: k, t: t}).solve()
	shift := mean * float64(n-k)
	r.Value, r.Bound = scale*r.Value+shift, scale*r.Bound+shift
	return r, nil
}

type admm struct {
	n, k int
	t    Matrix
	rho  float64
	x    Matrix // first side
	y, u Matrix // second side, scaled multipliers
}

func (m *admm) solve() *Relaxed {
	m.rho = 1
	m.x, m.y, m.u = newMatrix(m.n), m.even(), newMatrix(m.n)
	r := &Relaxed{K: m.k, Value: math.Inf(-1), Bound: math.Inf(1)}
	work := newMatrix(m.n)
	for r.Steps = 1; ; r.Steps++ {
		for i := range m.n {
			for j := range m.n {
				work[i][j] = m.y[i][j] - m.u[i][j] + m.t[i][j]/m.rho
			}
		}
		m.project(work)
		var primal, dual, lx, ly, lu float64
		for i := range m.n {
			for j := range m.n {
				before := m.y[i][j]
				x := relaxation*m.x[i][j] + (1-relaxation)*before
				z := x + m.u[i][j]
				m.y[i][j], m.u[i][j] = max(0, z), min(0, z)
				d := m.x[i][j] - m.y[i][j]
				e := m.y[i][j] - before
				primal, dual = primal+d*d, dual+e*e
				lx, ly, lu = lx+m.x[i][j]*m.x[i][j], ly+m.y[i][j]*m.y[i][j], lu+m.u[i][j]*m.u[i][j]
			}
		}
		r.Primal = math.Sqrt(primal / max(lx, ly))
		r.Dual = math.Sqrt(dual / max(lu, ly))
		last := r.Steps == steps(m.n)
		if last || r.Steps%20 == 0 {
			m.judge(r)
			tolerance := residualTolerance(m.n)
			done := r.Primal <= tolerance && r.Dual <= tolerance || r.Bound-r.Value <= 1e-9*float64(m.n)
			if last || done && r.Bound-r.Value <= relaxTolerance*float64(m.n) {
				return r
			}
		}
		if r.Steps%20 == 0 && r.Steps <= 400 {
			m.balance(r)
		}
	}
}

// relaxation is the over-relaxation of steps.
const relaxation = 1.6

// balance changes the weight of the penalty where one residual is much larger
// than the other.
func (m *admm) balance(r *Relaxed) {
	factor := 1.0
	switch {
	case r.Primal > 5*r.Dual:
		factor = 2
	case r.Dual > 5*r.Primal:
		factor = 0.5
	}
	m.rho *= factor
	for i := range m.n {
		for j := range m.n {
			m.u[i][j] /= factor
		}
	}
}

// even is the feasible X that is the same for all pairs.
func (m *admm) even() Matrix {
	n, k := float64(m.n), float64(m.k)
	x := newMatrix(m.n)
	for i := range m.n {
		for j := range m.n {
			x[i][j] = (n - k) / (n * (n - 1))
			if i == j {
				x[i][j] = k / n
			}
		}
	}
	return x
}

// judge improves value and bound of the solution by the present X and multipliers.
func (m *admm) judge(r *Relaxed) {
	even, share := m.even(), 0.0
	for i := range m.n {
		for j := range m.n {
			if x := m.x[i][j]; x < 0 {
				share = max(share, -x/(even[i][j]-x))
			}
		}
	}
	value, sum := 0.0, newMatrix(m.n)
	x := newMatrix(m.n)
	for i := range m.n {
		for j := range m.n {
			x[i][j] = (1-share)*m.x[i][j] + share*even[i][j]
			value += m.t[i][j] * x[i][j]
			sum[i][j] = m.t[i][j] - m.rho*m.u[i][j]
		}
	}
	if value > r.Value {
		r.Value, r.X = value, x
	}
	values, _, mean := within(sum, false)
	bound := mean
	for _, v := range values[len(values)-m.k+1:] {
		bound += v
	}
	r.Bound = min(r.Bound, bound)
}

// project puts the nearest matrix of the first side into x.
func (m *admm) project(from Matrix) {
	values, vectors, _ := within(from, true)
	move(values, float64(m.k-1))
	n := m.n
	for i := range n {
		for j := range i + 1 {
			x := 1 / float64(n)
			for c, v := range values {
				if v > 0 {
					x += v * vectors.At(i, c) * vectors.At(j, c)
				}
			}
			m.x[i][j], m.x[j][i] = x, x
		}
	}
}

// move replaces values, ascending, by the nearest ones from 0 to 1 of the given
// sum: all lowered by the same number and cut, a number found by bisection.
func move(values []float64, sum float64) {
	lo, hi := values[0]-1, values[len(values)-1]
	cut := func(v float64) float64 { return min(1, max(0, v)) }
	for range 60 {
		middle, total := (lo+hi)/2, 0.0
		for _, v := range values {
			total += cut(v - middle)
		}
		if total > sum {
			lo = middle
		} else {
			hi = middle
		}
	}
	for i, v := range values {
		values[i] = cut(v - hi)
	}
}

// Partition joins domains where X exceeds 1/n, directly or by way of others. Its
// number of clusters may differ from K.
func (r *Relaxed) Partition() Partition {
	n := len(r.X)
	p := make(Partition, n)
	for i := range p {
		p[i] = i
	}
	for i := range n {
		for j := range i {
			if from, to := p[i], p[j]; r.X[i][j] > (1+1e-3)/float64(n) && from != to {
				for l := range p {
					if p[l] == from {
						p[l] = to
					}
				}
			}
		}
	}
	return p.ordered()
}
