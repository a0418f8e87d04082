package ort_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/kernels/proof"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// benchConvolutions are those of resnet20 at batch 128, of a small network for
// images of 3×32×32 and of 1×28×28, and of series.
var benchConvolutions = []proof.Convolution{
	{Batch: 128, Channels: 16, Filters: 16, In: []int64{32, 32}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 32, Filters: 32, In: []int64{16, 16}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 64, Filters: 64, In: []int64{8, 8}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 3, Filters: 16, In: []int64{32, 32}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 16, Filters: 32, In: []int64{32, 32}, Kernel: []int64{3, 3}, Strides: []int64{2, 2}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 32, Filters: 64, In: []int64{16, 16}, Kernel: []int64{3, 3}, Strides: []int64{2, 2}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 16, Filters: 32, In: []int64{32, 32}, Kernel: []int64{1, 1}, Strides: []int64{2, 2}},
	{Batch: 128, Channels: 3, Filters: 32, In: []int64{32, 32}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 32, Filters: 64, In: []int64{16, 16}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 128, Channels: 64, Filters: 128, In: []int64{8, 8}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 64, Channels: 1, Filters: 32, In: []int64{28, 28}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 64, Channels: 32, Filters: 64, In: []int64{14, 14}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
	{Batch: 64, Channels: 1, Filters: 32, In: []int64{1024}, Kernel: []int64{7}, Pads: []int64{3, 3}},
	{Batch: 64, Channels: 32, Filters: 32, In: []int64{1024}, Kernel: []int64{3}, Pads: []int64{1, 1}},
	{Batch: 64, Channels: 32, Filters: 32, In: []int64{1024}, Kernel: []int64{5}, Pads: []int64{2, 2}},
	{Batch: 64, Channels: 64, Filters: 64, Group: 64, In: []int64{16, 16}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}},
}

// BenchmarkKernels times every kernel on one thread: ns/op is the mean, and
// min-ms the least time of a run. A kernel's standard form is timed beside it
// where one operator is it, and else in the benchmarks of package training.
func BenchmarkKernels(b *testing.B) {
	for _, s := range benchConvolutions {
		benchConvolution(b, s)
	}
	for _, shape := range [][]int64{{128, 32, 32, 16}, {128, 16, 16, 32}, {128, 8, 8, 64}} {
		benchNorm(b, shape)
		benchPool(b, shape)
	}
	benchUpdates(b)
	for _, s := range []proof.Product{
		{Rows: 128, Columns: 256, Inner: 784, TransB: true}, {Rows: 256, Columns: 784, Inner: 128, TransA: true}, {Rows: 2048, Columns: 64, Inner: 192}, {Rows: 64, Columns: 192, Inner: 2048, TransA: true},
		{Rows: 32, Columns: 128, Inner: 64, TransB: true},
	} {
		c := proof.Gemm(proof.Random(1), s)
		name := fmt.Sprintf("%dx%dx%d/transposed%v%v", s.Rows, s.Columns, s.Inner, s.TransA, s.TransB)
		benchNode(b, "Gemm/"+name, kernels.Domain, kernels.Gemm, c.Inputs, []*onnxio.Value{declared(s.Rows, s.Columns)}, c.Attrs...)
		benchNode(b, "standard/Gemm/"+name, "", "Gemm", c.Inputs, []*onnxio.Value{declared(s.Rows, s.Columns)}, c.Attrs[:2]...)
	}
}

// benchNode times a node of random inputs.
func benchNode(b *testing.B, name, domain, op string, inputs []*exec.Tensor, outputs []*onnxio.Value, attrs ...*onnxio.Attribute) {
	n := &onnxio.Node{Domain: domain, Op: op, Attrs: attrs}
	g := &onnxio.Graph{Name: op, Nodes: []*onnxio.Node{n}, Outputs: outputs}
	in, out := tensors{}, tensors{}
	for i, t := range inputs {
		v := value(fmt.Sprint("in", i), t.Type(), onnxio.Static(t.Shape...))
		g.Inputs = append(g.Inputs, v)
		n.Inputs = append(n.Inputs, v.Name)
		in[v.Name] = t
		for e := range t.Float32() {
			t.Float32()[e] = float32(e%19) - 9
		}
	}
	for i, v := range outputs {
		v.Name = fmt.Sprint("out", i)
		n.Outputs = append(n.Outputs, v.Name)
		sizes, _ := v.Shape.Ints()
		out[v.Name] = exec.Zeros(v.Type, sizes...)
	}
	b.Run(name, func(b *testing.B) {
		s := openModel(b, &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}, {Domain: kernels.Domain, Version: 1}}, Graph: g}, exec.Options{})
		bound, err := s.Bind(in, out)
		if err != nil {
			b.Fatal(err)
		}
		least := math.Inf(1)
		for b.Loop() {
			start := time.Now()
			if err := bound.Run(); err != nil {
				b.Fatal(err)
			}
			least = min(least, time.Since(start).Seconds())
		}
		b.ReportMetric(least*1e3, "min-ms")
	})
}

func floatsOf(shape ...int64) *exec.Tensor { return exec.Zeros(onnxio.Float32, shape...) }

func declared(shape ...int64) *onnxio.Value {
	return value("", onnxio.Float32, onnxio.Static(shape...))
}

func benchConvolution(b *testing.B, s proof.Convolution) {
	orttest.Kernels(b)
	s.Group = max(s.Group, 1)
	ones := []int64{1, 1}[:len(s.In)]
	if s.Strides == nil {
		s.Strides = ones
	}
	if s.Pads == nil {
		s.Pads = make([]int64, 2*len(s.In))
	}
	last := func(size []int64, c int64) []int64 { return append(append([]int64{s.Batch}, size...), c) }
	first := func(size []int64, c int64) []int64 { return append([]int64{s.Batch, c}, size...) }
	x, y := last(s.In, s.Channels), last(s.Out(), s.Filters)
	w := append([]int64{s.Filters, s.Channels / s.Group}, s.Kernel...)
	attrs := []*onnxio.Attribute{
		onnxio.IntsAttr("strides", s.Strides...), onnxio.IntsAttr("pads", s.Pads...), onnxio.IntsAttr("dilations", ones...), onnxio.IntAttr("group", s.Group),
	}
	size := append([]int64{1}, s.In...)[len(s.In)-1:]
	name := fmt.Sprintf("%dx%v/%dto%d/k%v/s%d", s.Batch, s.In, s.Channels, s.Filters, s.Kernel, s.Strides[0])
	benchNode(b, "Conv/"+name, kernels.Domain, kernels.Conv, []*exec.Tensor{floatsOf(x...), floatsOf(w...)}, []*onnxio.Value{declared(y...)},
		append(attrs, onnxio.IntAttr("relu", 0))...)
	benchNode(b, "ConvGradInput/"+name, kernels.Domain, kernels.ConvGradInput, []*exec.Tensor{floatsOf(y...), floatsOf(w...)}, []*onnxio.Value{declared(x...)},
		append(attrs, onnxio.IntAttr("height", size[0]), onnxio.IntAttr("width", size[1]))...)
	benchNode(b, "ConvGradWeight/"+name, kernels.Domain, kernels.ConvGradWeight, []*exec.Tensor{floatsOf(x...), floatsOf(y...)}, []*onnxio.Value{declared(w...)},
		append(attrs, onnxio.IntsAttr("kernel", s.Kernel...))...)
	benchNode(b, "standard/Conv/"+name, "", "Conv", []*exec.Tensor{floatsOf(first(s.In, s.Channels)...), floatsOf(w...)}, []*onnxio.Value{declared(first(s.Out(), s.Filters)...)}, attrs...)
}

func benchNorm(b *testing.B, shape []int64) {
	channels := shape[len(shape)-1]
	name := fmt.Sprint(shape)
	vector := func() *exec.Tensor { return floatsOf(channels) }
	attrs := []*onnxio.Attribute{onnxio.FloatAttr("epsilon", 1e-5), onnxio.IntAttr("relu", 1)}
	stats := []*onnxio.Value{declared(shape...), declared(channels), declared(channels), declared(channels)}
	benchNode(b, "BatchNorm/relu/"+name, kernels.Domain, kernels.BatchNorm, []*exec.Tensor{floatsOf(shape...), vector(), vector()}, stats, attrs...)
	stats = []*onnxio.Value{declared(shape...), declared(channels), declared(channels), declared(channels)}
	benchNode(b, "BatchNorm/add+relu/"+name, kernels.Domain, kernels.BatchNorm, []*exec.Tensor{floatsOf(shape...), vector(), vector(), floatsOf(shape...)}, stats, attrs...)
	grad := func() []*exec.Tensor {
		return []*exec.Tensor{floatsOf(shape...), floatsOf(shape...), floatsOf(shape...), vector(), vector(), vector()}
	}
	benchNode(b, "BatchNormGrad/relu/"+name, kernels.Domain, kernels.BatchNormGrad, grad(), []*onnxio.Value{declared(shape...), declared(channels), declared(channels)}, onnxio.IntAttr("relu", 1))
	benchNode(b, "BatchNormGrad/add+relu/"+name, kernels.Domain, kernels.BatchNormGrad, grad(),
		[]*onnxio.Value{declared(shape...), declared(channels), declared(channels), declared(shape...)}, onnxio.IntAttr("relu", 1))
	benchNode(b, "ReluGrad/"+name, kernels.Domain, kernels.ReluGrad, []*exec.Tensor{floatsOf(shape...), floatsOf(shape...)}, []*onnxio.Value{declared(shape...)})
}

func benchPool(b *testing.B, shape []int64) {
	half := []int64{shape[0], shape[1] / 2, shape[2] / 2, shape[3]}
	attrs := []*onnxio.Attribute{
		onnxio.IntsAttr("kernel", 2, 2), onnxio.IntsAttr("strides", 2, 2), onnxio.IntsAttr("pads", 0, 0, 0, 0), onnxio.IntsAttr("dilations", 1, 1), onnxio.IntAttr("ties", 1),
	}
	index := value("", onnxio.Uint8, onnxio.Static(half...))
	benchNode(b, fmt.Sprint("MaxPool/", shape), kernels.Domain, kernels.MaxPool, []*exec.Tensor{floatsOf(shape...)}, []*onnxio.Value{declared(half...), index}, attrs...)
	benchNode(b, fmt.Sprint("MaxPoolGrad/", shape), kernels.Domain, kernels.MaxPoolGrad, []*exec.Tensor{floatsOf(half...), exec.Zeros(onnxio.Uint8, half...)},
		[]*onnxio.Value{declared(shape...)}, append(attrs, onnxio.IntAttr("height", shape[1]), onnxio.IntAttr("width", shape[2]))...)
}

// benchUpdates updates as many parameters as a perceptron 784-256-256-10 has.
func benchUpdates(b *testing.B) {
	shapes := [][]int64{{784, 256}, {256}, {256, 256}, {256}, {256, 10}, {10}}
	lists := func(n int, fixed int) (in []*exec.Tensor, out []*onnxio.Value) {
		for range fixed {
			in = append(in, floatsOf(1))
		}
		out = append(out, declared(1))
		for i := range n {
			for _, s := range shapes {
				in = append(in, floatsOf(s...))
				if i != 1 {
					out = append(out, declared(s...))
				}
			}
		}
		return in, out
	}
	count := onnxio.IntAttr("count", int64(len(shapes)))
	in, out := lists(3, 2)
	benchNode(b, "SGD/268k", kernels.Domain, kernels.SGD, in, out, count, onnxio.FloatAttr("momentum", 0.9), onnxio.FloatAttr("decay", 1e-4), onnxio.IntAttr("nesterov", 0))
	in, out = lists(4, 3)
	benchNode(b, "AdamW/268k", kernels.Domain, kernels.AdamW, in, out, count, onnxio.FloatAttr("beta1", 0.9), onnxio.FloatAttr("beta2", 0.999),
		onnxio.FloatAttr("epsilon", 1e-8), onnxio.FloatAttr("decay", 1e-2), onnxio.IntAttr("coupled", 0))
}
