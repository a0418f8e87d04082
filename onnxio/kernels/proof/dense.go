package proof

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// layer is one of a Chain in double precision: weights by input and unit, then the bias.
type denseLayer struct {
	ChainLayer
	in     int64
	values [][]float64 // parameters, then states
	x      []float64   // of the last forward pass
	y      []float64
}

// forward computes rows of a layer.
func (l *denseLayer) forward(x []float64) []float64 {
	rows := int64(len(x)) / l.in
	l.x, l.y = x, make([]float64, rows*l.Units)
	p := l.values[0]
	for r := range rows {
		for o := range l.Units {
			sum := p[l.in*l.Units+o]
			for i := range l.in {
				sum += x[r*l.in+i] * p[i*l.Units+o]
			}
			if l.Relu {
				sum = max(sum, 0)
			}
			l.y[r*l.Units+o] = sum
		}
	}
	return l.y
}

// backward returns the gradients of the parameters and the cotangent of the input.
func (l *denseLayer) backward(dy []float64) (gradient, dx []float64) {
	p := l.values[0]
	gradient, dx = make([]float64, len(p)), make([]float64, len(l.x))
	for r := range int64(len(dy)) / l.Units {
		for o := range l.Units {
			d := dy[r*l.Units+o]
			if l.Relu && l.y[r*l.Units+o] <= 0 {
				continue
			}
			gradient[l.in*l.Units+o] += d
			for i := range l.in {
				gradient[i*l.Units+o] += d * l.x[r*l.in+i]
				dx[r*l.in+i] += d * p[i*l.Units+o]
			}
		}
	}
	if l.Plain {
		clear(gradient[l.in*l.Units:])
	}
	return gradient, dx
}

// judge returns the losses of rows of scores and the cotangent of their mean.
func (h ChainHead) judge(scores, targets, weights []float64) (losses, cotangent []float64) {
	n := h.Outputs
	losses, cotangent = make([]float64, h.Rows), make([]float64, len(scores))
	smoothing, delta := float64(h.Smoothing), float64(h.Delta)
	for r := range h.Rows {
		s, d := scores[r*n:(r+1)*n], cotangent[r*n:(r+1)*n]
		if h.Loss == 0 {
			sum := 0.0
			for _, v := range s {
				sum += math.Exp(v)
			}
			total := 0.0
			for c, v := range s {
				wanted := smoothing / float64(n)
				if float64(c) == targets[r] {
					wanted += 1 - smoothing
				}
				wanted *= weights[c]
				total += wanted
				losses[r] -= wanted * (v - math.Log(sum))
				d[c] -= wanted
			}
			for c, v := range s {
				d[c] = (d[c] + math.Exp(v)/sum*total) / float64(h.Rows)
			}
			continue
		}
		known := 0.0
		for _, t := range targets[r*n : (r+1)*n] {
			if t == t {
				known++
			}
		}
		if !h.Masked {
			known = float64(n)
		}
		for k, v := range s {
			t := targets[r*n+int64(k)]
			if t != t {
				continue
			}
			loss, slope := 0.0, 0.0
			switch e := v - t; h.Loss {
			case 1:
				y := (1-smoothing)*t + smoothing/2
				p := 1 / (1 + math.Exp(-v))
				loss = -weights[k]*y*math.Log(p) - (1-y)*math.Log(1-p)
				slope = (1+(weights[k]-1)*y)*p - weights[k]*y
			case 2:
				loss, slope = e*e, 2*e
			default:
				slope = min(max(e, -delta), delta)
				loss = slope * (e - slope/2)
			}
			losses[r] += loss / known
			d[k] = slope / known / float64(h.Rows)
		}
	}
	return losses, cotangent
}

// step applies the update rule to one element.
func (s Chain) step(rate, number float64, v []float64, g float64) {
	decay := float64(s.Decay)
	switch s.Rule {
	case kernels.SGD:
		d := g + decay*v[0]
		if len(v) == 1 {
			v[0] -= rate * d
			return
		}
		v[1] = float64(s.Momentum)*v[1] + d
		if s.Nesterov {
			v[0] -= rate * (d + float64(s.Momentum)*v[1])
		} else {
			v[0] -= rate * v[1]
		}
	case kernels.Adagrad:
		d := g + decay*v[0]
		v[1] += d * d
		v[0] -= rate * d / (math.Sqrt(v[1]) + float64(s.Epsilon))
	default:
		b1, b2 := float64(s.Beta1), float64(s.Beta2)
		if s.Coupled {
			g += decay * v[0]
		} else {
			v[0] *= 1 - rate*decay
		}
		v[1], v[2] = b1*v[1]+g, b2*v[2]+g*g
		mean, square := v[1]*(1-b1)/(1-math.Pow(b1, number)), v[2]*(1-b2)/(1-math.Pow(b2, number))
		v[0] -= rate * mean / (math.Sqrt(square) + float64(s.Epsilon))
	}
}

// doubles are the elements of a tensor.
func doubles(t *exec.Tensor) []float64 {
	v := make([]float64, t.Len())
	for i, f := range t.Float32() {
		v[i] = float64(f)
	}
	return v
}

// DenseSteps returns a case of that operator.
func DenseSteps(rng *rand.Rand, s Chain) *Case {
	r := random{rng}
	steps := int64(s.Steps)
	c := &Case{Op: kernels.DenseSteps, Name: fmt.Sprintf("%+v", s), Attrs: s.attributes()}
	var layers []*denseLayer
	in, rows, outputs, wanted := s.Features, int64(0), int64(0), int64(0)
	for _, l := range s.Layers {
		layers = append(layers, &denseLayer{ChainLayer: l, in: in})
		in = l.Units
	}
	for _, h := range s.Heads {
		layers = append(layers, &denseLayer{ChainLayer: ChainLayer{Units: h.Outputs, Turned: true}, in: in})
		rows += h.Rows
		outputs += h.Outputs
		if wanted += h.Rows; h.Loss != 0 {
			wanted += h.Rows * (h.Outputs - 1)
		}
	}
	trunk := layers[:len(s.Layers)]
	rates, numbers, weights := r.between(0.02, 0.05, steps), r.between(1, 1, steps), r.between(0.2, 2, steps, int64(len(s.Heads)))
	x, targets := r.tensor(steps, rows, s.Features), exec.Zeros(onnxio.Float32, steps, wanted)
	classes, shapes := r.between(1, 1, outputs), exec.Zeros(onnxio.Float32, int64(len(s.Heads)), 2)
	at := 0
	for k := range s.Steps {
		numbers.Float32()[k] = float32(3 + k)
		for _, h := range s.Heads {
			for range h.Rows {
				n := h.Outputs
				if h.Loss == 0 {
					n = 1
				}
				for range n {
					targets.Float32()[at] = h.target(r)
					if h.Loss == 0 {
						targets.Float32()[at] = float32(r.IntN(int(h.Outputs)))
					}
					at++
				}
			}
		}
	}
	column := 0
	for i, h := range s.Heads {
		shapes.Float32()[2*i], shapes.Float32()[2*i+1] = h.Smoothing, h.Delta
		for range h.Outputs {
			if h.Weighted {
				classes.Float32()[column] = float32(0.5 + r.Float64())
			}
			column++
		}
	}
	c.Inputs = []*exec.Tensor{rates, numbers, weights, x, targets, classes, shapes}
	// Parameters and states as they are outside, and where they are in a layer.
	type part struct {
		layer    *denseLayer
		list     int
		bias     bool
		rows, cs int64
	}
	var parts []part
	for list := range 1 + s.states() {
		draw := func(shape ...int64) *exec.Tensor {
			if list > 0 {
				return r.between(0.5, 2, shape...) // the root of one is divided by
			}
			return r.between(-0.4, 0.4, shape...)
		}
		for _, l := range layers {
			l.values = append(l.values, make([]float64, (l.in+1)*l.Units))
			shape := []int64{l.in, l.Units}
			if l.Turned {
				shape = []int64{l.Units, l.in}
			}
			w := draw(shape...)
			parts = append(parts, part{l, list, false, shape[0], shape[1]})
			c.Inputs = append(c.Inputs, w)
			for i, v := range doubles(w) {
				l.values[list][l.place(int64(i))] = v
			}
			if l.Plain {
				continue
			}
			b := draw(l.Units)
			parts = append(parts, part{l, list, true, l.Units, 0})
			c.Inputs = append(c.Inputs, b)
			copy(l.values[list][l.in*l.Units:], doubles(b))
		}
	}
	losses, samples, norms := newWant(steps, int64(len(s.Heads))), newWant(steps, rows), newWant(steps, 1)
	tx, tt, tc, tw := doubles(x), doubles(targets), doubles(classes), doubles(weights)
	for k := range steps {
		y := tx[k*rows*s.Features : (k+1)*rows*s.Features]
		for _, l := range trunk {
			y = l.forward(y)
		}
		var gradients [][]float64
		cotangent := make([]float64, len(y))
		row, class := int64(0), int64(0)
		for d, h := range s.Heads {
			l := layers[len(trunk)+d]
			n := h.Rows
			if h.Loss != 0 {
				n *= h.Outputs
			}
			scores := l.forward(y[row*l.in : (row+h.Rows)*l.in])
			each, dy := h.judge(scores, tt[:n], tc[class:class+h.Outputs])
			tt = tt[n:]
			for i, v := range each {
				losses.Values[k*int64(len(s.Heads))+int64(d)] += v / float64(h.Rows)
				samples.Values[k*rows+row+int64(i)] = v
			}
			g, dx := l.backward(dy)
			gradients = append(gradients, g)
			for i, v := range dx {
				cotangent[row*l.in+int64(i)] = v * tw[k*int64(len(s.Heads))+int64(d)]
			}
			row += h.Rows
			class += h.Outputs
		}
		all := make([][]float64, len(layers))
		copy(all[len(trunk):], gradients)
		for i := len(trunk) - 1; i >= 0; i-- {
			all[i], cotangent = trunk[i].backward(cotangent)
		}
		square := 0.0
		for _, g := range all {
			for _, v := range g {
				square += v * v
			}
		}
		norm := math.Sqrt(square)
		norms.Values[k] = norm
		clip := 1.0
		if s.Clip > 0 {
			clip = min(1, float64(s.Clip)/(norm+1e-6))
		}
		for i, l := range layers {
			v := make([]float64, len(l.values))
			for e, g := range all[i] {
				if l.Plain && int64(e) >= l.in*l.Units {
					continue
				}
				for list := range v {
					v[list] = l.values[list][e]
				}
				s.step(float64(rates.Float32()[k]), float64(numbers.Float32()[k]), v, g*clip)
				for list := range v {
					l.values[list][e] = v[list]
				}
			}
		}
	}
	c.Want = []*Want{losses, samples, norms}
	for _, p := range parts {
		shape := []int64{p.rows, p.cs}
		if p.bias {
			shape = shape[:1]
		}
		w := newWant(shape...)
		for i := range w.Values {
			if p.bias {
				w.Values[i] = p.layer.values[p.list][p.layer.in*p.layer.Units+int64(i)]
			} else {
				w.Values[i] = p.layer.values[p.list][p.layer.place(int64(i))]
			}
		}
		c.Want = append(c.Want, w)
	}
	// What comes out follows from many sums, whose errors one step hands to the next: the
	// bound is on the size of numbers as they are here.
	for _, w := range c.Want {
		w.Slack = 10
		for i, v := range w.Values {
			w.Size[i] = 1 + math.Abs(v)
		}
	}
	return c
}

// place is where an element of the weights, as they are outside, is in a layer.
func (l *denseLayer) place(i int64) int64 {
	if !l.Turned {
		return i
	}
	return i%l.in*l.Units + i/l.in
}
