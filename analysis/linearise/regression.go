package linearise

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// part is what the regression knows of a domain: f at the joint model and the
// projected gradient of f, [samples, d].
type part struct {
	link Link
	f    []float64
	x    []float32
	d    int
}

// objective is the regularised loss of the linear model at w, with gradient and
// Hessian where these are not nil.
func objective(parts []*part, penalty float64, w []float64, gradient []float64, hessian *mat.SymDense) float64 {
	total := 0.0
	for k, c := range w {
		total += penalty / 2 * c * c
		if gradient != nil {
			gradient[k] = penalty * c
		}
	}
	if hessian != nil {
		hessian.Zero()
		for k := range w {
			hessian.SetSym(k, k, penalty)
		}
	}
	for _, p := range parts {
		share := 1 / (float64(len(parts)) * float64(len(p.f)))
		var roots *mat.Dense // rows of x, times the roots of their weights
		if hessian != nil {
			roots = mat.NewDense(len(p.f), p.d, nil)
		}
		for i, at := range p.f {
			x := p.x[i*p.d : (i+1)*p.d]
			for k, c := range w {
				at += float64(x[k]) * c
			}
			loss, first, second := p.link.Loss(at)
			total += share * loss
			for k := range gradient {
				gradient[k] += share * first * float64(x[k])
			}
			if hessian != nil {
				root, row := math.Sqrt(share*second), roots.RawRowView(i)
				for k := range row {
					row[k] = root * float64(x[k])
				}
			}
		}
		if hessian != nil {
			hessian.SymRankK(hessian, 1, roots.T())
		}
	}
	return total
}

// mostSteps ends Newton's method, which on these convex functions takes less than
// ten.
const mostSteps = 30

// fit finds the coefficients that minimise the objective.
func fit(parts []*part, penalty float64) []float64 {
	d := parts[0].d
	w, next, gradient := make([]float64, d), make([]float64, d), make([]float64, d)
	hessian := mat.NewSymDense(d, nil)
	for range mostSteps {
		now := objective(parts, penalty, w, gradient, hessian)
		var chol mat.Cholesky
		if !chol.Factorize(hessian) {
			return w // as far as numbers go
		}
		step := mat.NewVecDense(d, nil)
		if err := chol.SolveVecTo(step, mat.NewVecDense(d, gradient)); err != nil {
			return w
		}
		slope := mat.Dot(step, mat.NewVecDense(d, gradient))
		if slope <= 1e-9*(1+math.Abs(now)) {
			return w
		}
		// Backtracking (Armijo).
		size := 1.0
		for ; size > 1e-6; size /= 2 {
			for k := range next {
				next[k] = w[k] - size*step.AtVec(k)
			}
			if objective(parts, penalty, next, nil, nil) <= now-1e-4*size*slope {
				break
			}
		}
		if size <= 1e-6 {
			return w
		}
		copy(w, next)
	}
	return w
}

// curvature is the mean over domains of the trace of the Hessian without penalty at
// the joint model, by number of coefficients: the scale of penalties.
func curvature(parts []*part) float64 {
	total := 0.0
	for _, p := range parts {
		for i, at := range p.f {
			_, _, second := p.link.Loss(at)
			squares := 0.0
			for _, x := range p.x[i*p.d : (i+1)*p.d] {
				squares += float64(x) * float64(x)
			}
			total += second * squares / float64(len(p.f)) / float64(len(parts))
		}
	}
	return total / float64(parts[0].d)
}
