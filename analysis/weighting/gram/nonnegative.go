package gram

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// nonnegative solves min ½·zᵀAz − bᵀz over z ≥ 0, where A is positive definite with
// unit diagonal, by the active set method of Lawson and Hanson (Solving Least
// Squares Problems, 1974, ch. 23): it frees the coordinate that the objective falls
// most along, solves for the free ones, and fixes again those that become negative.
func nonnegative(a *mat.SymDense, b []float64) []float64 {
	n := len(b)
	z := make([]float64, n)
	free := make([]bool, n)
	scale := 0.0
	for _, x := range b {
		scale = max(scale, math.Abs(x))
	}
	tolerance := 1e-14 * scale
	for range 10 * n {
		gradient := times(a, z)
		next, steepest := -1, tolerance
		for i := range n {
			if d := b[i] - gradient[i]; !free[i] && d > steepest {
				next, steepest = i, d
			}
		}
		if next < 0 {
			break
		}
		free[next] = true
		for {
			target := solveFree(a, b, free)
			// Go as far towards the target as all stay at or above zero.
			step, stop := 1.0, -1
			for i := range n {
				if free[i] && target[i] <= 0 {
					if s := z[i] / (z[i] - target[i]); s <= step {
						step, stop = s, i
					}
				}
			}
			if stop < 0 {
				copy(z, target)
				break
			}
			for i := range n {
				if free[i] {
					z[i] += step * (target[i] - z[i])
				}
			}
			z[stop], free[stop] = 0, false
		}
	}
	return z
}

// solveFree solves A·z = b over the free coordinates; the others are zero.
func solveFree(a *mat.SymDense, b []float64, free []bool) []float64 {
	var at []int
	for i, f := range free {
		if f {
			at = append(at, i)
		}
	}
	out := make([]float64, len(b))
	if len(at) == 0 {
		return out
	}
	sub, right := mat.NewSymDense(len(at), nil), mat.NewVecDense(len(at), nil)
	for i, p := range at {
		right.SetVec(i, b[p])
		for j, q := range at[:i+1] {
			sub.SetSym(i, j, a.At(p, q))
		}
	}
	var c mat.Cholesky
	z := mat.NewVecDense(len(at), nil)
	if !c.Factorize(sub) || c.SolveVecTo(z, right) != nil && math.IsNaN(z.AtVec(0)) {
		return out // the ridge of the callers keeps it from coming to this
	}
	for i, p := range at {
		out[p] = z.AtVec(i)
	}
	return out
}

// ridged adds a ridge to the diagonal, which makes a semidefinite matrix definite.
func ridged(a *mat.SymDense, ridge float64) *mat.SymDense {
	out := mat.NewSymDense(a.SymmetricDim(), nil)
	out.CopySym(a)
	for i := range a.SymmetricDim() {
		out.SetSym(i, i, a.At(i, i)+ridge)
	}
	return out
}

// ridge is the ε of G + ε·diag(G).
const ridge = 1e-11
