package proof

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Convolution is the shape of a convolution: images of size In, of one or two
// spatial dimensions.
type Convolution struct {
	Batch, Channels, Filters, Group int64
	In, Kernel                      []int64
	Strides, Dilations              []int64 // nil: ones
	Pads                            []int64 // nil: zeros
	Bias, Add, Relu                 bool
	// Pool takes the largest of windows of 2 along every dimension. There is no Add
	// then.
	Pool bool
	// Exact asks for a gradient of weights that is exactly zero where all products
	// are.
	Exact bool
	// Direct does without the algorithm for windows of 3×3.
	Direct bool
}

func (s Convolution) String() string {
	return fmt.Sprintf("%d×%v %d→%d group %d kernel %v strides %v pads %v dilations %v", s.Batch, s.In, s.Channels, s.Filters, s.Group, s.Kernel, s.Strides, s.Pads, s.Dilations)
}

// full is s with what was left out.
func (s Convolution) full() Convolution {
	if s.Group == 0 {
		s.Group = 1
	}
	ones := func() []int64 {
		v := make([]int64, len(s.Kernel))
		for i := range v {
			v[i] = 1
		}
		return v
	}
	if s.Strides == nil {
		s.Strides = ones()
	}
	if s.Dilations == nil {
		s.Dilations = ones()
	}
	if s.Pads == nil {
		s.Pads = make([]int64, 2*len(s.Kernel))
	}
	return s
}

// Out is the size of the output.
func (s Convolution) Out() []int64 {
	s = s.full()
	out := make([]int64, len(s.In))
	for i := range out {
		out[i] = (s.In[i]+s.Pads[i]+s.Pads[i+len(out)]-(s.Kernel[i]-1)*s.Dilations[i]-1)/s.Strides[i] + 1
	}
	return out
}

func (s Convolution) attrs(more ...*onnxio.Attribute) []*onnxio.Attribute {
	return append([]*onnxio.Attribute{
		onnxio.IntsAttr("strides", s.Strides...), onnxio.IntsAttr("pads", s.Pads...),
		onnxio.IntsAttr("dilations", s.Dilations...), onnxio.IntAttr("group", s.Group), onnxio.IntAttr("direct", flag(s.Direct)),
	}, more...)
}

func (s Convolution) image(size []int64, channels int64) []int64 {
	return append(append([]int64{s.Batch}, size...), channels)
}

func (s Convolution) weights() []int64 {
	return append([]int64{s.Filters, s.Channels / s.Group}, s.Kernel...)
}

// each calls f for every product of the convolution: the elements of x, w and y
// that take part.
func (s Convolution) each(f func(x, w, y int64)) {
	in, kernel, out, strides, dilations := plane(s.In, 1), plane(s.Kernel, 1), plane(s.Out(), 1), plane(s.Strides, 1), plane(s.Dilations, 1)
	before := plane(s.Pads[:len(s.In)], 0)
	perGroup, filters := s.Channels/s.Group, s.Filters/s.Group
	for n := range s.Batch {
		for k := range s.Filters {
			for oh := range out[0] {
				for ow := range out[1] {
					y := ((n*out[0]+oh)*out[1]+ow)*s.Filters + k
					for kh := range kernel[0] {
						for kw := range kernel[1] {
							h, v := oh*strides[0]-before[0]+kh*dilations[0], ow*strides[1]-before[1]+kw*dilations[1]
							if h < 0 || h >= in[0] || v < 0 || v >= in[1] {
								continue
							}
							for c := range perGroup {
								x := ((n*in[0]+h)*in[1]+v)*s.Channels + k/filters*perGroup + c
								w := ((k*perGroup+c)*kernel[0]+kh)*kernel[1] + kw
								f(x, w, y)
							}
						}
					}
				}
			}
		}
	}
}

// plane is v with a leading dimension for series.
func plane(v []int64, one int64) [2]int64 {
	if len(v) == 1 {
		return [2]int64{one, v[0]}
	}
	return [2]int64{v[0], v[1]}
}

// Conv returns a case of the operator Conv.
func Conv(rng *rand.Rand, s Convolution) *Case {
	r, s := random{rng}, s.full()
	x, w := r.tensor(s.image(s.In, s.Channels)...), r.tensor(s.weights()...)
	want := newWant(s.image(s.Out(), s.Filters)...)
	s.each(func(i, j, o int64) { want.add(o, float64(x.Float32()[i])*float64(w.Float32()[j])) })
	c := &Case{Op: kernels.Conv, Name: s.String(), Attrs: s.attrs(onnxio.IntAttr("relu", flag(s.Relu))), Inputs: []*exec.Tensor{x, w, nil, nil}, Want: []*Want{want}}
	if s.Pool {
		c.Name += " pooled"
		c.Attrs = append(c.Attrs, onnxio.IntAttr("pool", 1))
	}
	if s.Bias {
		c.Inputs[2] = r.tensor(s.Filters)
		for i := range want.Values {
			want.add(int64(i), float64(c.Inputs[2].Float32()[int64(i)%s.Filters]))
		}
	}
	if s.Add {
		c.Inputs[3] = r.tensor(want.Shape...)
		for i, v := range c.Inputs[3].Float32() {
			want.add(int64(i), float64(v))
		}
	}
	if s.Pool {
		want = want.halved()
		c.Want[0] = want
	}
	for len(c.Inputs) > 2 && c.Inputs[len(c.Inputs)-1] == nil {
		c.Inputs = c.Inputs[:len(c.Inputs)-1]
	}
	if s.Relu {
		want.relu()
	}
	return c
}

// halved is the largest of windows of 2 along every dimension of an image. Each may
// be off by as much as any of them.
func (w *Want) halved() *Want {
	shape := append([]int64{}, w.Shape...)
	for i := 1; i < len(shape)-1; i++ {
		shape[i] /= 2
	}
	out := newWant(shape...)
	in, to, channels := plane(w.Shape[1:len(w.Shape)-1], 1), plane(shape[1:len(shape)-1], 1), shape[len(shape)-1]
	high := int64(2)
	if len(shape) == 3 {
		high = 1
	}
	for o := range out.Values {
		k, at := int64(o)%channels, int64(o)/channels
		n, h, v := at/(to[0]*to[1]), at/to[1]%to[0], at%to[1]
		out.Values[o] = math.Inf(-1)
		for a := range high {
			for b := range int64(2) {
				i := ((n*in[0]+h*high+a)*in[1]+2*v+b)*channels + k
				out.Values[o], out.Size[o] = max(out.Values[o], w.Values[i]), max(out.Size[o], w.Size[i])
			}
		}
	}
	return out
}

func (w *Want) relu() {
	for i, v := range w.Values {
		w.Values[i] = max(v, 0)
	}
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ConvGradInput returns a case of that operator.
func ConvGradInput(rng *rand.Rand, s Convolution) *Case {
	r, s := random{rng}, s.full()
	dy, w := r.tensor(s.image(s.Out(), s.Filters)...), r.tensor(s.weights()...)
	want := newWant(s.image(s.In, s.Channels)...)
	s.each(func(i, j, o int64) { want.add(i, float64(dy.Float32()[o])*float64(w.Float32()[j])) })
	size := plane(s.In, 1)
	return &Case{
		Op: kernels.ConvGradInput, Name: s.String(), Attrs: s.attrs(onnxio.IntAttr("height", size[0]), onnxio.IntAttr("width", size[1])),
		Inputs: []*exec.Tensor{dy, w}, Want: []*Want{want},
	}
}

// ConvGradWeight returns a case of that operator, with the gradient of the bias if
// s has one.
func ConvGradWeight(rng *rand.Rand, s Convolution) *Case {
	r, s := random{rng}, s.full()
	x, dy := r.tensor(s.image(s.In, s.Channels)...), r.tensor(s.image(s.Out(), s.Filters)...)
	if s.Exact {
		// A row of zeros, and the first taps meet no other: their gradient has no
		// terms, and so no tolerance.
		row := x.Shape[len(x.Shape)-2] * s.Channels
		for i := range x.Float32() {
			if int64(i)%(row*s.In[0]) < row*(s.In[0]-1) {
				x.Float32()[i] = 0
			}
		}
	}
	want := newWant(s.weights()...)
	s.each(func(i, j, o int64) { want.add(j, float64(x.Float32()[i])*float64(dy.Float32()[o])) })
	c := &Case{
		Op: kernels.ConvGradWeight, Name: s.String(), Attrs: s.attrs(onnxio.IntsAttr("kernel", s.Kernel...), onnxio.IntAttr("exact", flag(s.Exact))),
		Inputs: []*exec.Tensor{x, dy}, Want: []*Want{want},
	}
	if s.Bias {
		bias := newWant(s.Filters)
		for i, v := range dy.Float32() {
			bias.add(int64(i)%s.Filters, float64(v))
		}
		c.Want = append(c.Want, bias)
	}
	return c
}
