package laws

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// vector are the logarithms of all parameters, which keep them above zero.
func (c *Competition) vector() []float64 {
	const least = 1e-6
	out := []float64{math.Log(max(least, c.Common))}
	for _, d := range c.Domains {
		for _, x := range []float64{d.Room, d.RoomPower, d.Noise, d.NoisePower, d.Irreducible} {
			out = append(out, math.Log(max(least, x)))
		}
	}
	return out
}

func competitionOf(v []float64, apart bool) *Competition {
	c := &Competition{Common: math.Exp(v[0]), Apart: apart}
	for v = v[1:]; len(v) > 0; v = v[5:] {
		c.Domains = append(c.Domains, Competitor{math.Exp(v[0]), math.Exp(v[1]), math.Exp(v[2]), math.Exp(v[3]), math.Exp(v[4])})
	}
	return c
}

// residuals are relative: what the law is off by as a part of what was measured.
func (f *fitting) residuals(c *Competition) []float64 {
	out := make([]float64, 0, len(f.all)*f.n)
	for _, o := range f.all {
		for i, l := range c.Losses(o.Mixture) {
			if y := o.Losses[i]; !math.IsNaN(y) {
				out = append(out, l/y-1)
			}
		}
	}
	return out
}

func (f *fitting) squares(c *Competition) float64 {
	sum := 0.0
	for _, r := range f.residuals(c) {
		sum += r * r
	}
	return sum
}

// polish takes steps of Levenberg and Marquardt, with differences for derivatives.
func (f *fitting) polish(c *Competition) *Competition {
	const steps, change = 40, 1e-4
	at := c.vector()
	n := len(at)
	damping := 1e-3
	r := f.residuals(c)
	now := dot(r, r)
	for range steps {
		columns := make([][]float64, n)
		for j := range at {
			moved := append([]float64(nil), at...)
			moved[j] += change
			columns[j] = f.residuals(competitionOf(moved, c.Apart))
			for k := range columns[j] {
				columns[j][k] = (columns[j][k] - r[k]) / change
			}
		}
		normal, right := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
		for i := range columns {
			right.SetVec(i, -dot(columns[i], r))
			for j := range i + 1 {
				normal.SetSym(i, j, dot(columns[i], columns[j]))
			}
		}
		improved := 0.0
		for range 12 {
			damped := mat.NewSymDense(n, nil)
			damped.CopySym(normal)
			for i := range n {
				damped.SetSym(i, i, normal.At(i, i)*(1+damping)+1e-12)
			}
			var chol mat.Cholesky
			step := mat.NewVecDense(n, nil)
			if chol.Factorize(damped) && chol.SolveVecTo(step, right) == nil {
				moved := append([]float64(nil), at...)
				for i := range moved {
					moved[i] += max(-1, min(1, step.AtVec(i)))
				}
				moved[0] = min(moved[0], math.Log(0.999*f.smallest))
				next := f.residuals(competitionOf(moved, c.Apart))
				if s := dot(next, next); s < now {
					improved = (now - s) / now
					at, r, now = moved, next, s
					damping /= 5
					break
				}
			}
			damping *= 4
		}
		if improved < 1e-5 {
			break
		}
	}
	return competitionOf(at, c.Apart)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
