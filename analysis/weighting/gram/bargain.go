package gram

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Nash are the weights of the Nash bargaining solution between domains: the positive
// solution of (Gα)_i = 1/α_i. Each domain's gain along the step is then the inverse
// of its weight, and the solution does not depend on the scale of any loss.
//
// Navon et al.: Multi-Task Learning as a Bargaining Game, ICML 2022, claim 3.1. The
// authors take convex-concave steps; since the equation is where ½·αᵀGα − Σ log α_i
// is least, which is convex and self-concordant, Newton's method finds it.
func (m *Matrix) Nash() []float64 {
	return m.perNorm(fair(ridged(m.Unit, ridge), ones(m.Len()), 1))
}

// FairGrad are the weights of α-fair allocation: the positive solution of
// (Gw)_i = w_i^(−1/a). a = 1 is proportional fairness, Nash's solution; a → 0 leaves
// the mean gradient, a → ∞ serves the worst-off domain.
//
// Ban, Ji: Fair Resource Allocation in Multi-Task Learning, ICML 2024, eq. 6. On unit
// gradients, with β_i = w_i·‖g_i‖, the equation is (Ĝβ)_i = ‖g_i‖^(1/a − 1)·β_i^(−1/a).
// Lengths are taken relative to their geometric mean, which changes the scale of w
// alone.
func (m *Matrix) FairGrad(a float64) []float64 {
	n := m.Len()
	mean := 0.0
	for _, s := range m.Norm {
		mean += math.Log(s) / float64(n)
	}
	c := make([]float64, n)
	for i, s := range m.Norm {
		c[i] = math.Exp((1/a - 1) * (math.Log(s) - mean))
	}
	return m.perNorm(fair(ridged(m.Unit, ridge), c, a))
}

// fair solves (Gβ)_i = c_i·β_i^(−1/a) for β > 0 by Newton's method with backtracking
// on the convex function ½·βᵀGβ − Σ c_i·h(β_i), h' = β^(−1/a). It starts where the
// equation would be solved without the products of different gradients.
func fair(g *mat.SymDense, c []float64, a float64) []float64 {
	n, p := len(c), 1/a
	start := make([]float64, n)
	for i := range start {
		start[i] = math.Pow(c[i], 1/(1+p))
	}
	// With β = start·y, all y are 1 at first: (Hy)_i = e_i·y_i^(−p).
	h, e := mat.NewSymDense(n, nil), make([]float64, n)
	for i := range n {
		e[i] = c[i] * math.Pow(start[i], 1-p)
		for j := range i + 1 {
			h.SetSym(i, j, g.At(i, j)*start[i]*start[j])
		}
	}
	primitive := func(y float64) float64 {
		if p == 1 {
			return math.Log(y)
		}
		return math.Pow(y, 1-p) / (1 - p)
	}
	value := func(y []float64) float64 {
		sum := 0.0
		for i, hy := range times(h, y) {
			sum += y[i]*hy/2 - e[i]*primitive(y[i])
		}
		return sum
	}
	y := ones(n)
	now := value(y)
	for range 200 {
		gradient := times(h, y)
		second := ridged(h, 0)
		worst := 0.0
		for i := range n {
			pull := e[i] * math.Pow(y[i], -p)
			gradient[i] -= pull
			worst = max(worst, math.Abs(gradient[i])/pull)
			second.SetSym(i, i, second.At(i, i)+p*pull/y[i])
		}
		if worst < 1e-12 {
			break
		}
		unit, size := toUnit(second)
		right := mat.NewVecDense(n, nil)
		for i := range n {
			right.SetVec(i, -gradient[i]/size[i])
		}
		var f mat.Cholesky
		if !f.Factorize(unit) {
			break
		}
		step := mat.NewVecDense(n, nil)
		if err := f.SolveVecTo(step, right); err != nil && math.IsNaN(step.AtVec(0)) {
			break
		}
		// fall is the slope along the step; far from zero stay all y.
		fall, t := 0.0, 1.0
		for i := range n {
			d := step.AtVec(i) / size[i]
			step.SetVec(i, d)
			fall += gradient[i] * d
			if d < 0 {
				t = min(t, -0.99*y[i]/d)
			}
		}
		moved := false
		for ; t > 1e-14; t /= 2 {
			next := make([]float64, n)
			for i := range n {
				next[i] = y[i] + t*step.AtVec(i)
			}
			if v := value(next); v <= now+1e-4*t*fall {
				moved = v < now
				y, now = next, v
				break
			}
		}
		if !moved {
			break
		}
	}
	for i := range y {
		y[i] *= start[i]
	}
	return y
}
