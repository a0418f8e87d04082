package proof

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Heads are the sizes of an attention; Joint has queries, keys and values in one
// tensor.
type Heads struct {
	Batch, Tokens, Heads, Size int64
	Scale                      float32
	Joint                      bool
}

// draw makes the inputs, and a function that finds an element of queries, keys or
// values in them.
func (s Heads) draw(r random) (inputs []*exec.Tensor, at func(which, b, h, t, i int64) (*exec.Tensor, int64)) {
	if s.Joint {
		x := r.tensor(s.Batch, s.Tokens, 3*s.Heads, s.Size)
		return []*exec.Tensor{x}, func(which, b, h, t, i int64) (*exec.Tensor, int64) {
			return x, ((b*s.Tokens+t)*3*s.Heads+which*s.Heads+h)*s.Size + i
		}
	}
	for range 3 {
		inputs = append(inputs, r.tensor(s.Batch, s.Tokens, s.Heads, s.Size))
	}
	return inputs, func(which, b, h, t, i int64) (*exec.Tensor, int64) {
		return inputs[which], ((b*s.Tokens+t)*s.Heads+h)*s.Size + i
	}
}

// rows calls f for every row of weights, with a place in these and in what is
// [batch,tokens,heads,size].
func (s Heads) rows(f func(b, h, t, row, at int64)) {
	for b := range s.Batch {
		for h := range s.Heads {
			for t := range s.Tokens {
				f(b, h, t, ((b*s.Heads+h)*s.Tokens+t)*s.Tokens, ((b*s.Tokens+t)*s.Heads+h)*s.Size)
			}
		}
	}
}

// weights computes the softmax, and for each the size of the error of what was in the
// exponent.
func (s Heads) weights(at func(which, b, h, t, i int64) (*exec.Tensor, int64)) (w, size []float64) {
	n := s.Batch * s.Heads * s.Tokens * s.Tokens
	w, size = make([]float64, n), make([]float64, n)
	s.rows(func(b, h, t, row, _ int64) {
		most, worst, sum := math.Inf(-1), 0.0, 0.0
		for k := range s.Tokens {
			terms := 0.0
			for i := range s.Size {
				q, qi := at(0, b, h, t, i)
				x, xi := at(1, b, h, k, i)
				p := float64(s.Scale) * float64(q.Float32()[qi]) * float64(x.Float32()[xi])
				w[row+k], terms = w[row+k]+p, terms+math.Abs(p)
			}
			most, worst = max(most, w[row+k]), max(worst, terms)
		}
		for k := range s.Tokens {
			w[row+k] = math.Exp(w[row+k] - most)
			sum += w[row+k]
		}
		for k := range s.Tokens {
			w[row+k] /= sum
			size[row+k] = w[row+k] * (2 + 2*worst)
		}
	})
	return w, size
}

func (s Heads) attrs() []*onnxio.Attribute {
	return []*onnxio.Attribute{onnxio.FloatAttr("scale", s.Scale)}
}

// Attention returns a case of that operator.
func Attention(rng *rand.Rand, s Heads) *Case {
	inputs, at := s.draw(random{rng})
	w, size := s.weights(at)
	y, weights := newWant(s.Batch, s.Tokens, s.Heads, s.Size), newWant(s.Batch, s.Heads, s.Tokens, s.Tokens)
	weights.Values, weights.Size = w, size
	s.rows(func(b, h, _, row, to int64) {
		for k := range s.Tokens {
			for i := range s.Size {
				v, vi := at(2, b, h, k, i)
				x := float64(v.Float32()[vi])
				y.Values[to+i] += w[row+k] * x
				y.Size[to+i] += size[row+k] * math.Abs(x)
			}
		}
	})
	return &Case{Op: kernels.Attention, Name: fmt.Sprintf("%+v", s), Attrs: s.attrs(), Inputs: inputs, Want: []*Want{y, weights}}
}

// AttentionGrad returns a case of that operator.
func AttentionGrad(rng *rand.Rand, s Heads) *Case {
	r := random{rng}
	inputs, at := s.draw(r)
	exact, _ := s.weights(at)
	weights, dy := exec.Zeros(onnxio.Float32, s.Batch, s.Heads, s.Tokens, s.Tokens), r.tensor(s.Batch, s.Tokens, s.Heads, s.Size)
	for i, v := range exact {
		weights.Float32()[i] = float32(v)
	}
	c := &Case{Op: kernels.AttentionGrad, Name: fmt.Sprintf("%+v", s), Attrs: s.attrs(), Inputs: append([]*exec.Tensor{dy, weights}, inputs...)}
	wants := map[*exec.Tensor]*Want{}
	for _, t := range inputs {
		wants[t] = newWant(t.Shape...)
		c.Want = append(c.Want, wants[t])
	}
	scale := float64(s.Scale)
	s.rows(func(b, h, t, row, from int64) {
		d, sizes, dot, dotSize := make([]float64, s.Tokens), make([]float64, s.Tokens), 0.0, 0.0
		for k := range s.Tokens {
			w := float64(weights.Float32()[row+k])
			for i := range s.Size {
				v, vi := at(2, b, h, k, i)
				g := float64(dy.Float32()[from+i])
				p := g * float64(v.Float32()[vi])
				d[k], sizes[k] = d[k]+p, sizes[k]+math.Abs(p)
				wants[v].add(vi, w*g)
			}
			dot, dotSize = dot+w*d[k], dotSize+w*sizes[k]
		}
		for k := range s.Tokens {
			w := scale * float64(weights.Float32()[row+k])
			v, size := w*(d[k]-dot), math.Abs(w)*(sizes[k]+dotSize)
			for i := range s.Size {
				q, qi := at(0, b, h, t, i)
				x, xi := at(1, b, h, k, i)
				wants[q].Values[qi] += v * float64(x.Float32()[xi])
				wants[q].Size[qi] += size * math.Abs(float64(x.Float32()[xi]))
				wants[x].Values[xi] += v * float64(q.Float32()[qi])
				wants[x].Size[xi] += size * math.Abs(float64(q.Float32()[qi]))
			}
		}
	})
	return c
}
