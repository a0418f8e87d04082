package kernels_test

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/training"
)

// gridShape is a convolution with margins that keep the size, or halve it where the
// stride is 2.
type gridShape struct {
	batch, channels, filters, group int64
	size                            []int64
	kernel, stride                  int64
	convolutions                    int // one, or several in a row with a Relu after each
}

func (s gridShape) String() string {
	what := fmt.Sprintf("%d×%s, %d→%d, %d wide", s.batch, strings.Trim(strings.ReplaceAll(fmt.Sprint(s.size), " ", "×"), "[]"), s.channels, s.filters, s.kernel)
	if s.stride > 1 {
		what += ", stride 2"
	}
	if s.group > 1 {
		what += fmt.Sprintf(", %d groups", s.group)
	}
	return what
}

func (s gridShape) work() float64 {
	work := float64(s.batch * s.channels / s.group * s.filters)
	for _, d := range s.size {
		work *= float64(s.kernel * d / s.stride)
	}
	return work
}

// gridShapes are convolutions of many sizes, alone and in a row.
func gridShapes() (all []gridShape) {
	add := func(s gridShape) {
		const most = 2e9
		if s.work() < most {
			s.convolutions = 1
			all = append(all, s)
		}
		if s.channels == s.filters && s.stride == 1 && s.work() < most/3 {
			s.convolutions = 3
			all = append(all, s)
		}
	}
	for _, batch := range []int64{2, 64} {
		for _, size := range []int64{8, 32} {
			for _, channels := range []int64{4, 16, 64} {
				for _, kernel := range []int64{1, 3, 5} {
					add(gridShape{batch, channels, channels, 1, []int64{size, size}, kernel, 1, 0})
				}
			}
			add(gridShape{batch, 3, 32, 1, []int64{size, size}, 3, 1, 0})
			add(gridShape{batch, 3, 32, 1, []int64{size, size}, 7, 2, 0})
			add(gridShape{batch, 32, 32, 32, []int64{size, size}, 3, 1, 0})
			add(gridShape{batch, 16, 32, 1, []int64{size, size}, 3, 2, 0})
			add(gridShape{batch, 64, 128, 1, []int64{size, size}, 1, 2, 0})
		}
		for _, channels := range []int64{1, 8, 32} {
			add(gridShape{batch, channels, 32, 1, []int64{256}, 3, 1, 0})
			add(gridShape{batch, channels, 32, 1, []int64{256}, 9, 1, 0})
		}
	}
	return all
}

// gridConfig trains convolutions between values that have channels in the second
// dimension, with as little around them as there can be: a bias before them, so that
// there is a gradient of their input, and a product with weights behind them.
func gridConfig(s gridShape, form kernels.Form) training.Config {
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{Name: "grid"}}
	b := onnxio.NewBuilder(m.Graph)
	in := append([]int64{s.channels}, s.size...)
	width := product(in)
	weight := func(name string, shape ...int64) string {
		v := make([]float32, product(shape))
		for i := range v {
			v[i] = float32(i%13-6) / 32
		}
		return b.Initializer(onnxio.NewFloat32(name, shape, v))
	}
	m.Graph.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), onnxio.Static(width)[0]}}}
	x := b.Op("Add", []string{"x", weight("shift", width)})
	x = b.Op("Reshape", []string{x, b.Int64s(append([]int64{-1}, in...)...)})
	filter := []int64{s.filters, s.channels / s.group}
	var kernel, pads, strides []int64
	for range s.size {
		filter = append(filter, s.kernel)
		kernel = append(kernel, s.kernel)
		strides = append(strides, s.stride)
		pads = append(pads, (s.kernel-1)/2, (s.kernel-1)/2)
	}
	for range s.convolutions {
		x = b.Op("Conv", []string{x, weight("w", filter...), weight("b", s.filters)}, onnxio.IntAttr("group", s.group),
			onnxio.IntsAttr("kernel_shape", kernel...), onnxio.IntsAttr("pads", pads...), onnxio.IntsAttr("strides", strides...))
		if s.convolutions > 1 {
			x = b.Op("Relu", []string{x})
		}
	}
	out := s.filters
	for _, d := range s.size {
		out *= (d + s.stride - 1) / s.stride
	}
	b.OpNamed("y", "Reshape", []string{x, b.Int64s(-1, out)})
	m.Graph.Outputs = []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), onnxio.Static(out)[0]}}}
	return training.Config{
		Trunk:     m,
		Domains:   []training.Domain{{Name: "a", Batch: int(s.batch), Loss: training.SquaredError, Outputs: 1}},
		Optimizer: training.Optimizer{Kind: training.SGD},
		Form:      form,
	}
}

func product(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}
