package reference

import "math"

// heads are queries, keys and values of package kernels' Attention, by sample and
// head, [tokens][size] each.
type heads struct {
	inputs                  []*value
	n, tokens, count, width int
}

func newHeads(inputs []*value) heads {
	q := inputs[0]
	h := heads{inputs: inputs, n: q.shape[0], tokens: q.shape[1], count: q.shape[2], width: q.shape[3]}
	if len(inputs) == 1 {
		h.count /= 3
	}
	return h
}

// at is the input that holds an element of queries, keys or values, and its place.
func (h heads) at(which, sample, head, token, i int) (input, place int) {
	if len(h.inputs) == 1 {
		return 0, ((sample*h.tokens+token)*3*h.count+which*h.count+head)*h.width + i
	}
	return which, ((sample*h.tokens+token)*h.count+head)*h.width + i
}

func (h heads) get(which, sample, head, token, i int) float64 {
	input, place := h.at(which, sample, head, token, i)
	return h.inputs[input].floats()[place]
}

// attention is softmax(scale·Q·Kᵀ)·V by sample and head.
func attention(c *call) []*value {
	h := newHeads(c.present())
	scale := c.float("scale", 1)
	q := h.inputs[0]
	y := newValue(q.dt, []int{h.n, h.tokens, h.count, h.width})
	weights := newValue(q.dt, []int{h.n, h.count, h.tokens, h.tokens})
	for b := range h.n {
		for k := range h.count {
			for t := range h.tokens {
				row := weights.f[((b*h.count+k)*h.tokens+t)*h.tokens:][:h.tokens]
				most, sum := math.Inf(-1), 0.0
				for s := range row {
					for i := range h.width {
						row[s] += scale * h.get(0, b, k, t, i) * h.get(1, b, k, s, i)
					}
					most = max(most, row[s])
				}
				for s := range row {
					row[s] = math.Exp(row[s] - most)
					sum += row[s]
				}
				for s := range row {
					row[s] /= sum
					for i := range h.width {
						y.f[((b*h.tokens+t)*h.count+k)*h.width+i] += row[s] * h.get(2, b, k, s, i)
					}
				}
			}
		}
	}
	return []*value{y, weights}
}

// attentionGrad: with W the weights and D = dY·Vᵀ, S = scale·W·(D − Σ D·W), dQ =
// S·K, dK = Sᵀ·Q, dV = Wᵀ·dY.
func attentionGrad(c *call) []*value {
	in := c.present()
	dy, weights, h := in[0].floats(), in[1].floats(), newHeads(in[2:])
	scale := c.float("scale", 1)
	var out []*value
	for _, v := range h.inputs {
		out = append(out, newValue(v.dt, v.shape))
	}
	add := func(which, b, k, t, i int, v float64) {
		input, place := h.at(which, b, k, t, i)
		out[input].f[place] += v
	}
	d := make([]float64, h.tokens)
	for b := range h.n {
		for k := range h.count {
			for t := range h.tokens {
				row := weights[((b*h.count+k)*h.tokens+t)*h.tokens:][:h.tokens]
				cotangent := dy[((b*h.tokens+t)*h.count+k)*h.width:][:h.width]
				dot := 0.0
				for s := range row {
					d[s] = 0
					for i, g := range cotangent {
						d[s] += g * h.get(2, b, k, s, i)
						add(2, b, k, s, i, row[s]*g)
					}
					dot += d[s] * row[s]
				}
				for s := range row {
					v := scale * row[s] * (d[s] - dot)
					for i := range h.width {
						add(0, b, k, t, i, v*h.get(1, b, k, s, i))
						add(1, b, k, s, i, v*h.get(0, b, k, t, i))
					}
				}
			}
		}
	}
	return out
}
