package training_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// A net is a model under construction, with weights that are drawn.
type net struct {
	*onnxio.Builder
	rng    *rand.Rand
	params int
}

func (n *net) weight(name string, shape ...int64) string {
	v := make([]float32, product(shape))
	for i := range v {
		v[i] = n.rng.Float32() - 0.5
	}
	n.params += len(v)
	return n.Initializer(onnxio.NewFloat32(name, shape, v))
}

func newNet(shape ...int64) (*onnxio.Model, *net) {
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{Name: "large"}}
	m.Graph.Inputs = []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: append(onnxio.Shape{onnxio.Sym("N")}, onnxio.Static(shape...)...)}}
	m.Graph.Outputs = []*onnxio.Value{{Name: "features", Type: onnxio.Float32}}
	return m, &net{Builder: onnxio.NewBuilder(m.Graph), rng: rand.New(rand.NewPCG(1, 2))}
}

// convolution is a Conv with batch normalisation and perhaps a Relu.
func (n *net) convolution(x string, in, out, kernel, stride int64, relu bool) string {
	pad := (kernel - 1) / 2
	x = n.Op("Conv", []string{x, n.weight("conv.weight", out, in, kernel, kernel)}, onnxio.IntsAttr("kernel_shape", kernel, kernel),
		onnxio.IntsAttr("strides", stride, stride), onnxio.IntsAttr("pads", pad, pad, pad, pad))
	x = n.Op("BatchNormalization", []string{x, n.weight("bn.weight", out), n.weight("bn.bias", out), n.weight("bn.mean", out), n.weight("bn.var", out)})
	if relu {
		x = n.Op("Relu", []string{x})
	}
	return x
}

// resnet50 has the layers of ResNet-50 (He, Zhang, Ren, Sun, 2015).
func resnet50() (*onnxio.Model, int) {
	m, n := newNet(3, 64, 64)
	x := n.convolution("in", 3, 64, 7, 2, true)
	x = n.Op("MaxPool", []string{x}, onnxio.IntsAttr("kernel_shape", 3, 3), onnxio.IntsAttr("strides", 2, 2), onnxio.IntsAttr("pads", 1, 1, 1, 1))
	in := int64(64)
	for stage, blocks := range []int{3, 4, 6, 3} {
		width := int64(64) << stage
		for block := range blocks {
			stride, shortcut := int64(1), x
			if block == 0 && stage > 0 {
				stride = 2
			}
			y := n.convolution(x, in, width, 1, 1, true)
			y = n.convolution(y, width, width, 3, stride, true)
			y = n.convolution(y, width, 4*width, 1, 1, false)
			if block == 0 {
				shortcut = n.convolution(x, in, 4*width, 1, stride, false)
			}
			x, in = n.Op("Relu", []string{n.Op("Add", []string{y, shortcut})}), 4*width
		}
	}
	x = n.Op("GlobalAveragePool", []string{x})
	n.OpNamed("features", "Flatten", []string{x})
	return m, n.params
}

// largeTransformer has 12 layers of width 832 before their normalisations, 100
// million parameters.
func largeTransformer() (*onnxio.Model, int) {
	const tokens, width, heads = 64, 832, 13
	m, n := newNet(tokens, width)
	linear := func(x string, in, out int64) string {
		x = n.Op("MatMul", []string{x, n.weight("weight", in, out)})
		return n.Op("Add", []string{x, n.weight("bias", out)})
	}
	norm := func(x string) string {
		return n.Op("LayerNormalization", []string{x, n.weight("scale", width), n.weight("shift", width)}, onnxio.IntAttr("axis", -1))
	}
	split := func(x string, perm ...int64) string {
		x = n.Op("Reshape", []string{x, n.Int64s(0, 0, heads, width/heads)})
		return n.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", perm...))
	}
	x := "in"
	for range 12 {
		y := norm(x)
		q, k, v := split(linear(y, width, width), 0, 2, 1, 3), split(linear(y, width, width), 0, 2, 3, 1), split(linear(y, width, width), 0, 2, 1, 3)
		a := n.Op("Softmax", []string{n.Op("Mul", []string{n.Op("MatMul", []string{q, k}), n.Float(0.125)})}, onnxio.IntAttr("axis", -1))
		a = n.Op("Transpose", []string{n.Op("MatMul", []string{a, v})}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
		a = n.Op("Reshape", []string{a, n.Int64s(0, 0, width)})
		x = n.Op("Add", []string{x, linear(a, width, width)})
		y = linear(norm(x), width, 4*width)
		y = n.Op("Mul", []string{y, n.Op("Sigmoid", []string{n.Op("Mul", []string{y, n.Float(1.702)})})})
		x = n.Op("Add", []string{x, linear(y, 4*width, width)})
	}
	n.OpNamed("features", "ReduceMean", []string{norm(x)}, onnxio.IntsAttr("axes", 1), onnxio.IntAttr("keepdims", 0))
	return m, n.params
}

// BenchmarkCompile compiles large models: B/op beside the bytes of the
// parameters says how often these are copied, MB-heap what the process then
// holds of the system's memory, the model included. open is what ONNX Runtime
// takes to load the step, which is more: it optimises the graph.
func BenchmarkCompile(b *testing.B) {
	for name, build := range map[string]func() (*onnxio.Model, int){"resnet50": resnet50, "transformer-100M": largeTransformer} {
		m, params := build()
		cfg := training.Config{
			Trunk: m, Domains: []training.Domain{{Name: "a", Batch: 8, Loss: training.CrossEntropy, Outputs: 10}},
			Optimizer: training.Optimizer{Kind: training.AdamW},
		}
		b.Run(fmt.Sprintf("%s/compile", name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := training.Compile(cfg); err != nil {
					b.Fatal(err)
				}
			}
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			b.ReportMetric(float64(4*params)/1e6, "MB-parameters")
			b.ReportMetric(float64(mem.HeapSys)/1e6, "MB-heap")
		})
		b.Run(fmt.Sprintf("%s/open", name), func(b *testing.B) {
			backend := onnxRuntime(b)
			p, err := training.Compile(cfg)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				session, err := backend.Open(p.Step, exec.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := session.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(p.Step.Graph.Nodes)), "nodes")
		})
	}
}
