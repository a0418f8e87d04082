package proof

import (
	"fmt"
	"math/bits"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Pooling is the shape of a max pooling.
type Pooling struct {
	Batch, Channels    int64
	In, Kernel         []int64
	Strides, Dilations []int64 // nil: ones
	Pads               []int64 // nil: zeros
	// Ties shares gradients among maxima; Relu forgets the place of a maximum that
	// is not positive.
	Ties, Relu bool
}

func (s Pooling) String() string {
	return fmt.Sprintf("%d×%v×%d kernel %v strides %v pads %v dilations %v ties %v relu %v", s.Batch, s.In, s.Channels, s.Kernel, s.Strides, s.Pads, s.Dilations, s.Ties, s.Relu)
}

// convolution has the windows of the pooling.
func (s Pooling) convolution() Convolution {
	return Convolution{Batch: s.Batch, Channels: s.Channels, Filters: s.Channels, Group: s.Channels, In: s.In, Kernel: s.Kernel, Strides: s.Strides, Dilations: s.Dilations, Pads: s.Pads}.full()
}

// pool computes maxima and their places, and for every window its elements.
func (s Pooling) pool(x []float32) (shape []int64, y []float32, index []uint8, elements [][]int64) {
	c := s.convolution()
	shape = c.image(c.Out(), s.Channels)
	n := exec.Zeros(onnxio.Uint8, shape...).Len()
	y, index, elements = make([]float32, n), make([]uint8, n), make([][]int64, n)
	places := plane(s.Kernel, 1)[0] * plane(s.Kernel, 1)[1]
	for i := range elements {
		elements[i] = make([]int64, places)
		for p := range elements[i] {
			elements[i][p] = -1
		}
	}
	c.each(func(i, w, o int64) { elements[o][w%places] = i })
	for o, window := range elements {
		first := true
		for p, i := range window {
			if i < 0 {
				continue
			}
			switch v := x[i]; {
			case first || v > y[o]:
				y[o], index[o] = v, s.mark(p)
			case v == y[o] && s.Ties:
				index[o] |= s.mark(p)
			}
			first = false
		}
		if s.Relu && y[o] <= 0 {
			index[o] = 0
			if !s.Ties {
				index[o] = 255
			}
		}
	}
	return shape, y, index, elements
}

// mark is what stands for a place in a byte.
func (s Pooling) mark(place int) uint8 {
	if s.Ties {
		return 1 << place
	}
	return uint8(place)
}

func (s Pooling) attrs(more ...*onnxio.Attribute) []*onnxio.Attribute {
	c := s.convolution()
	return append([]*onnxio.Attribute{
		onnxio.IntsAttr("kernel", c.Kernel...), onnxio.IntsAttr("strides", c.Strides...), onnxio.IntsAttr("pads", c.Pads...),
		onnxio.IntsAttr("dilations", c.Dilations...), onnxio.IntAttr("ties", flag(s.Ties)), onnxio.IntAttr("relu", flag(s.Relu)),
	}, more...)
}

// input has many equal elements.
func (s Pooling) input(rng *rand.Rand) *exec.Tensor {
	x := random{rng}.tensor(s.convolution().image(s.In, s.Channels)...)
	for i, v := range x.Float32() {
		x.Float32()[i] = float32(int(2 * v))
	}
	return x
}

// MaxPool returns a case of that operator.
func MaxPool(rng *rand.Rand, s Pooling) *Case {
	x := s.input(rng)
	shape, y, index, _ := s.pool(x.Float32())
	want := newWant(shape...)
	for i, v := range y {
		want.Values[i] = float64(v)
	}
	return &Case{Op: kernels.MaxPool, Name: s.String(), Attrs: s.attrs(), Inputs: []*exec.Tensor{x}, Want: []*Want{want, {Shape: shape, Bytes: index}}}
}

// MaxPoolGrad returns a case of that operator.
func MaxPoolGrad(rng *rand.Rand, s Pooling) *Case {
	x := s.input(rng)
	shape, _, index, elements := s.pool(x.Float32())
	dy := random{rng}.tensor(shape...)
	want := newWant(x.Shape...)
	for o, window := range elements {
		for p, i := range window {
			switch g := float64(dy.Float32()[o]); {
			case s.Ties && index[o]&s.mark(p) != 0:
				want.add(i, g/float64(bits.OnesCount8(index[o])))
			case !s.Ties && index[o] == s.mark(p):
				want.add(i, g)
			}
		}
	}
	size := plane(s.In, 1)
	return &Case{
		Op: kernels.MaxPoolGrad, Name: s.String(), Attrs: s.attrs(onnxio.IntAttr("height", size[0]), onnxio.IntAttr("width", size[1])),
		Inputs: []*exec.Tensor{dy, exec.NewTensor(shape, index)}, Want: []*Want{want},
	}
}
