package linear

import (
	"context"
	"math"
)

// Problem is what is to be fitted: rows with their targets.
type Problem struct {
	Rows *Rows
	Loss Loss
	// Outputs is the number of classes for Softmax, else 1.
	Outputs int
	// Target has a number for every row: a value, 0 or 1, or the number of a
	// class.
	Target []float64
	// Weight of every row; rows of weight 0 have no say.
	Weight []float64
}

// fit is a model on its way, with the scores that it gives to all rows.
type fit struct {
	p      *Problem
	weight []float64 // of rows
	total  float64   // of weights
	factor []float64 // of each column's penalty; nil: 1
	alpha  float64

	w, b   []float64
	scores []float64
	// Of the current model: the objective, its gradient, slopes and
	// probabilities of the rows, mean curvature of each output.
	value      float64
	gw, gb     []float64
	slope      []float64
	chance     []float64
	curve      []float64
	first      float64 // norm of the gradient of a model without weights
	steps      int     // of Newton's method
	unfinished bool    // the last solution ran out of steps
}

// newFit starts without weights, at the best intercepts for that.
func (p *Problem) newFit(weight []float64, factor []float64) *fit {
	k := p.Outputs
	f := &fit{p: p, weight: weight, factor: factor, w: make([]float64, p.Rows.p*k), b: make([]float64, k)}
	mean := make([]float64, k)
	for i, w := range weight {
		if w == 0 {
			continue
		}
		f.total += w
		if p.Loss == Softmax {
			mean[int(p.Target[i])] += w
		} else {
			mean[0] += w * p.Target[i]
		}
	}
	for o, m := range mean {
		switch p.Loss {
		case Squared:
			f.b[o] = m / max(f.total, math.SmallestNonzeroFloat64)
		case Logistic:
			f.b[o] = math.Log((m + 0.5) / (f.total - m + 0.5))
		case Softmax:
			f.b[o] = math.Log((m + 0.5) / (f.total + 0.5*float64(k)))
		}
	}
	f.scores = make([]float64, p.Rows.n*k)
	f.slope = make([]float64, p.Rows.n*k)
	f.chance = make([]float64, p.Rows.n*k)
	f.gw, f.gb, f.curve = make([]float64, len(f.w)), make([]float64, k), make([]float64, k)
	p.Rows.times(f.w, f.b, nil, f.scores)
	f.look()
	f.first = norm(f.gw, f.gb)
	return f
}

func norm(parts ...[]float64) float64 {
	sum := 0.0
	for _, p := range parts {
		sum += inner(p, p)
	}
	return math.Sqrt(sum)
}

// penalty is that of weight number at in w.
func (f *fit) penalty(at int) float64 {
	if f.factor == nil {
		return f.alpha
	}
	return f.alpha * f.factor[at/f.p.Outputs]
}

// objective is F of scores and weights.
func (f *fit) objective(scores, w []float64) float64 {
	k, sum := f.p.Outputs, 0.0
	for i, weight := range f.weight {
		if weight != 0 {
			sum += weight * f.p.Loss.of(scores[i*k:(i+1)*k], f.p.Target[i], nil, nil)
		}
	}
	for at, v := range w {
		if v != 0 {
			sum += f.penalty(at) * v * v / 2
		}
	}
	return sum / f.total
}

// look takes objective, gradient and curvature at the model.
func (f *fit) look() {
	k := f.p.Outputs
	clear(f.curve)
	for i, weight := range f.weight {
		at := i * k
		if weight == 0 {
			continue
		}
		slope, chance := f.slope[at:at+k], f.chance[at:at+k]
		f.p.Loss.of(f.scores[at:at+k], f.p.Target[i], slope, chance)
		for o := range slope {
			slope[o] *= weight / f.total
			f.curve[o] += weight / f.total * f.p.Loss.curvature(chance, o)
		}
	}
	f.value = f.objective(f.scores, f.w)
	f.p.Rows.transposed(f.slope, f.weight, f.gw, f.gb)
	for at, v := range f.w {
		f.gw[at] += f.penalty(at) / f.total * v
	}
}

// most bounds the work of a solution whose data refuse to be solved: steps of
// Newton's method, and conjugate gradients for each.
const (
	mostSteps     = 60
	mostGradients = 500
)

// solve minimises the objective for alpha from the present model, until the
// gradient is a fraction of what it was without weights.
func (f *fit) solve(ctx context.Context, alpha, tolerance float64) error {
	f.alpha = alpha
	f.look()
	f.unfinished = false
	for step := 0; ; step++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		g := norm(f.gw, f.gb)
		if !(g > tolerance*f.first) || f.first == 0 {
			return nil
		}
		if step == mostSteps {
			f.unfinished = true
			return nil
		}
		inside := min(0.1, math.Sqrt(g/f.first))
		if step > 0 { // the last steps are the dear ones: no nearer than what ends them asks for
			inside = min(0.5, max(inside, 0.5*tolerance*f.first/g))
		}
		if f.p.Loss == Squared {
			inside = 0.3 * tolerance * f.first / g
		}
		dw, db := f.direction(ctx, inside)
		if !f.advance(dw, db) {
			return nil // as good as the arithmetic lets it be
		}
		f.steps++
	}
}

// advance goes along a direction as far as the objective falls enough, and
// reports whether it fell at all.
func (f *fit) advance(dw, db []float64) bool {
	descent := inner(f.gw, dw) + inner(f.gb, db)
	if !(descent < 0) {
		return false
	}
	change := make([]float64, len(f.scores))
	f.p.Rows.times(dw, db, nil, change)
	scores, w := make([]float64, len(f.scores)), make([]float64, len(f.w))
	for t := 1.0; t > 1e-10; t /= 2 {
		for i, s := range f.scores {
			scores[i] = s + t*change[i]
		}
		for i, v := range f.w {
			w[i] = v + t*dw[i]
		}
		// Near the minimum the fall is less than rounding shows.
		if v := f.objective(scores, w); v <= f.value+1e-4*t*descent+1e-14*math.Abs(f.value) {
			f.scores, f.w = scores, w
			add(f.b, t, db)
			f.look()
			return true
		}
	}
	return false
}

// direction solves Hd = -g by conjugate gradients, preconditioned by the
// columns' squares times the outputs' mean curvature, until the residual is a
// fraction of the gradient.
func (f *fit) direction(ctx context.Context, inside float64) (dw, db []float64) {
	k := f.p.Outputs
	scale := func(rw, rb, zw, zb []float64) {
		for j, s := range f.p.Rows.square {
			for o, c := range f.curve {
				at := j*k + o
				zw[at] = rw[at] / max(s*c+f.penalty(at)/f.total, 1e-300)
			}
		}
		for o, c := range f.curve {
			zb[o] = rb[o] / max(c, 1e-12)
		}
	}
	vec := func() ([]float64, []float64) { return make([]float64, len(f.w)), make([]float64, k) }
	dw, db = vec()
	rw, rb := vec()
	zw, zb := vec()
	pw, pb := vec()
	hw, hb := vec()
	add(rw, -1, f.gw)
	add(rb, -1, f.gb)
	target := inside * norm(rw, rb)
	scale(rw, rb, zw, zb)
	copy(pw, zw)
	copy(pb, zb)
	rz := inner(rw, zw) + inner(rb, zb)
	u := make([]float64, len(f.scores))
	for range mostGradients {
		if ctx.Err() != nil || !(norm(rw, rb) > target) {
			break
		}
		f.product(pw, pb, u, hw, hb)
		bend := inner(pw, hw) + inner(pb, hb)
		if !(bend > 1e-18*rz) { // flat: nothing to be had along it
			break
		}
		step := rz / bend
		add(dw, step, pw)
		add(db, step, pb)
		add(rw, -step, hw)
		add(rb, -step, hb)
		scale(rw, rb, zw, zb)
		next := inner(rw, zw) + inner(rb, zb)
		for i := range pw {
			pw[i] = zw[i] + next/rz*pw[i]
		}
		for i := range pb {
			pb[i] = zb[i] + next/rz*pb[i]
		}
		rz = next
	}
	return dw, db
}

// product writes the Hessian times (vw, vb) into hw and hb; u is scratch.
func (f *fit) product(vw, vb, u, hw, hb []float64) {
	k := f.p.Outputs
	f.p.Rows.times(vw, vb, f.weight, u)
	for i, weight := range f.weight {
		at := i * k
		if weight == 0 {
			continue
		}
		row := u[at : at+k]
		f.p.Loss.bend(f.chance[at:at+k], row)
		for o := range row {
			row[o] *= weight / f.total
		}
	}
	f.p.Rows.transposed(u, f.weight, hw, hb)
	for at, v := range vw {
		hw[at] += f.penalty(at) / f.total * v
	}
}
