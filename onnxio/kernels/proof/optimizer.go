package proof

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Update is the settings of an optimizer and the shapes of its parameters.
type Update struct {
	Shapes                [][]int64
	Momentum, Decay       float32
	Nesterov              bool
	Beta1, Beta2, Epsilon float32
	Coupled               bool
	Rate, Clip, Step      float32
}

// tensors are one per parameter.
func (u Update) tensors(make func(shape ...int64) *exec.Tensor) []*exec.Tensor {
	var all []*exec.Tensor
	for _, s := range u.Shapes {
		all = append(all, make(s...))
	}
	return all
}

// element is what an update makes of one element: the terms of its new value, and
// of its new states.
type element func(p, g float64, state []float64) [][]float64

// updateCase applies f to every element of random parameters. States are not
// negative.
func (u Update) updateCase(rng *rand.Rand, op string, states int, fixed []*exec.Tensor, attrs []*onnxio.Attribute, f element) *Case {
	r := random{rng}
	p, g := u.tensors(r.tensor), u.tensors(r.tensor)
	c := &Case{Op: op, Name: fmt.Sprintf("%+v", u), Attrs: append(attrs, onnxio.IntAttr("count", int64(len(u.Shapes)))), Inputs: fixed}
	c.Inputs = append(append(c.Inputs, p...), g...)
	var old [][]*exec.Tensor
	for range states {
		old = append(old, u.tensors(func(shape ...int64) *exec.Tensor { return r.between(0, 2, shape...) }))
		c.Inputs = append(c.Inputs, old[len(old)-1]...)
	}
	squares := newWant(1)
	for _, t := range g {
		for _, v := range t.Float32() {
			squares.add(0, float64(v)*float64(v))
		}
	}
	next := make([][]*Want, 1+states)
	for i, t := range p {
		for s := range next {
			next[s] = append(next[s], newWant(t.Shape...))
		}
		for e, v := range t.Float32() {
			state := make([]float64, states)
			for s := range state {
				state[s] = float64(old[s][i].Float32()[e])
			}
			for s, terms := range f(float64(v), float64(g[i].Float32()[e])*float64(u.Clip), state) {
				for _, term := range terms {
					next[s][i].add(int64(e), term)
				}
			}
		}
	}
	c.Want = append(c.Want, squares)
	for _, s := range next {
		c.Want = append(c.Want, s...)
	}
	return c
}

func (u Update) fixed(step bool) []*exec.Tensor {
	one := func(v float32) *exec.Tensor { return exec.NewTensor([]int64{1}, []float32{v}) }
	fixed := []*exec.Tensor{one(u.Rate), one(u.Clip)}
	if step {
		fixed = append(fixed, one(u.Step))
	}
	return fixed
}

// SGD returns a case of that operator; see package training for the formula.
func SGD(rng *rand.Rand, u Update) *Case {
	states := 0
	if u.Momentum != 0 {
		states = 1
	}
	rate, mu, decay := float64(u.Rate), float64(u.Momentum), float64(u.Decay)
	attrs := []*onnxio.Attribute{onnxio.FloatAttr("momentum", u.Momentum), onnxio.FloatAttr("decay", u.Decay), onnxio.IntAttr("nesterov", flag(u.Nesterov))}
	return u.updateCase(rng, kernels.SGD, states, u.fixed(false), attrs, func(p, g float64, state []float64) [][]float64 {
		if states == 0 {
			return [][]float64{{p, -rate * g, -rate * decay * p}}
		}
		v := []float64{mu * state[0], g, decay * p}
		if u.Nesterov {
			return [][]float64{{p, -rate * g, -rate * decay * p, -rate * mu * v[0], -rate * mu * v[1], -rate * mu * v[2]}, v}
		}
		return [][]float64{{p, -rate * v[0], -rate * v[1], -rate * v[2]}, v}
	})
}

// AdamW returns a case of that operator; Coupled makes it Adam.
func AdamW(rng *rand.Rand, u Update) *Case {
	b1, b2, t := float64(u.Beta1), float64(u.Beta2), float64(u.Step)
	r1, r2 := (1-math.Pow(b1, t))/(1-b1), (1-math.Pow(b2, t))/(1-b2)
	rate, offset := float64(u.Rate)*math.Sqrt(r2)/r1, float64(u.Epsilon)*math.Sqrt(r2)
	keep, decay := 1-float64(u.Rate)*float64(u.Decay), 0.0
	if u.Coupled {
		keep, decay = 1, float64(u.Decay)
	}
	attrs := []*onnxio.Attribute{
		onnxio.FloatAttr("beta1", u.Beta1), onnxio.FloatAttr("beta2", u.Beta2), onnxio.FloatAttr("epsilon", u.Epsilon),
		onnxio.FloatAttr("decay", u.Decay), onnxio.IntAttr("coupled", flag(u.Coupled)),
	}
	return u.updateCase(rng, kernels.AdamW, 2, u.fixed(true), attrs, func(p, g float64, state []float64) [][]float64 {
		m := []float64{b1 * state[0], g, decay * p}
		d := g + decay*p
		v := []float64{b2 * state[1], d * d}
		divisor := math.Sqrt(v[0]+v[1]) + offset
		return [][]float64{{keep * p, -rate * m[0] / divisor, -rate * m[1] / divisor, -rate * m[2] / divisor}, m, v}
	})
}

// Adagrad returns a case of that operator.
func Adagrad(rng *rand.Rand, u Update) *Case {
	rate, decay := float64(u.Rate), float64(u.Decay)
	attrs := []*onnxio.Attribute{onnxio.FloatAttr("epsilon", u.Epsilon), onnxio.FloatAttr("decay", u.Decay)}
	return u.updateCase(rng, kernels.Adagrad, 1, u.fixed(false), attrs, func(p, g float64, state []float64) [][]float64 {
		d := g + decay*p
		h := []float64{state[0], d * d}
		divisor := math.Sqrt(h[0]+h[1]) + float64(u.Epsilon)
		return [][]float64{{p, -rate * g / divisor, -rate * decay * p / divisor}, h}
	})
}

// SumSquares returns a case of that operator.
func SumSquares(rng *rand.Rand, shapes ...[]int64) *Case {
	c := &Case{Op: kernels.SumSquares, Name: fmt.Sprint(shapes)}
	want := newWant(1)
	for _, t := range (Update{Shapes: shapes}).tensors(random{rng}.tensor) {
		c.Inputs = append(c.Inputs, t)
		for _, v := range t.Float32() {
			want.add(0, float64(v)*float64(v))
		}
	}
	c.Want = []*Want{want}
	return c
}
