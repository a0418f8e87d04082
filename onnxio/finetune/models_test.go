package finetune_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// sketch builds a model with random weights.
type sketch struct {
	*onnxio.Builder
	rng   *rand.Rand
	model *onnxio.Model
}

func newSketch(sample ...int64) *sketch {
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{Name: "sketch"}}
	m.Graph.Inputs = []*onnxio.Value{{Name: "input", Type: onnxio.Float32, Shape: append(onnxio.Shape{{Symbol: "N"}}, onnxio.Static(sample...)...)}}
	s := &sketch{Builder: onnxio.NewBuilder(m.Graph), rng: rand.New(rand.NewPCG(3, 4)), model: m}
	s.Name("input")
	return s
}

// weight adds a float32 initializer of normal numbers.
func (s *sketch) weight(name string, shape ...int64) string {
	return s.Initializer(onnxio.NewFloat32(name, shape, s.normal(shape...)))
}

func (s *sketch) normal(shape ...int64) []float32 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(s.rng.NormFloat64())
	}
	return v
}

// end makes a value the output.
func (s *sketch) end(t testing.TB, output string) *onnxio.Model {
	t.Helper()
	s.model.Graph.Outputs = []*onnxio.Value{{Name: output, Type: onnxio.Float32}}
	types, err := onnxio.InferShapes(s.model)
	if err != nil {
		t.Fatal(err)
	}
	s.model.Graph.Outputs[0] = types[output]
	if err := onnxio.Check(s.model); err != nil {
		t.Fatal(err)
	}
	return s.model
}

// backbone appends two convolutions with a batch normalisation: [N,6,4,4] of
// [N,3,8,8].
func (s *sketch) backbone() string {
	y := s.OpNamed("conv1", "Conv", []string{"input", s.weight("conv1.weight", 4, 3, 3, 3)}, onnxio.IntsAttr("pads", 1, 1, 1, 1))
	variance := s.Initializer(onnxio.NewFloat32("bn.var", []int64{4}, []float32{1, 2, 0.5, 1.5}))
	y = s.Op("BatchNormalization", []string{y, s.weight("bn.weight", 4), s.weight("bn.bias", 4), s.weight("bn.mean", 4), variance})
	y = s.Op("Relu", []string{y})
	y = s.OpNamed("conv2", "Conv", []string{y, s.weight("conv2.weight", 6, 4, 3, 3), s.weight("conv2.bias", 6)}, onnxio.IntsAttr("pads", 1, 1, 1, 1), onnxio.IntsAttr("strides", 2, 2))
	return s.OpNamed("map", "Relu", []string{y})
}

// network is a classifier of 5 classes whose last layer has weight fc.weight
// and bias fc.bias; logits is the value before what makes probabilities.
type network struct {
	name  string
	build func(s *sketch) (logits, output string)
	// features is what the last layer takes in; "" is the average of the map.
	features string
}

var networks = []network{
	{"Gemm and Softmax", func(s *sketch) (string, string) {
		f := s.OpNamed("pooled", "Flatten", []string{s.Op("GlobalAveragePool", []string{s.backbone()})})
		y := s.OpNamed("logits", "Gemm", []string{f, s.weight("fc.weight", 5, 6), s.weight("fc.bias", 5)}, onnxio.IntAttr("transB", 1))
		return y, s.Op("Softmax", []string{y}, onnxio.IntAttr("axis", -1))
	}, "pooled"},
	{"MatMul, Add and LogSoftmax", func(s *sketch) (string, string) {
		f := s.OpNamed("pooled", "ReduceMean", []string{s.backbone()}, onnxio.IntsAttr("axes", 2, 3), onnxio.IntAttr("keepdims", 0))
		w := s.Op("Transpose", []string{s.weight("fc.weight", 5, 6)}, onnxio.IntsAttr("perm", 1, 0))
		y := s.OpNamed("logits", "Add", []string{s.weight("fc.bias", 5), s.Op("MatMul", []string{f, w})})
		return y, s.Op("LogSoftmax", []string{y})
	}, "pooled"},
	{"convolution of one place, Flatten and Sigmoid", func(s *sketch) (string, string) {
		f := s.OpNamed("pooled", "GlobalAveragePool", []string{s.backbone()})
		y := s.OpNamed("logits", "Conv", []string{f, s.weight("fc.weight", 5, 6, 1, 1), s.weight("fc.bias", 5)})
		return y, s.Op("Sigmoid", []string{s.Op("Flatten", []string{y})})
	}, "pooled"},
	{"convolution before the average", func(s *sketch) (string, string) {
		y := s.Op("Conv", []string{s.backbone(), s.weight("fc.weight", 5, 6, 1, 1), s.weight("fc.bias", 5)})
		y = s.OpNamed("logits", "GlobalAveragePool", []string{y})
		return y, s.Op("Identity", []string{s.Op("Flatten", []string{y})})
	}, ""},
	{"weights in Constant nodes", func(s *sketch) (string, string) {
		f := s.OpNamed("pooled", "Flatten", []string{s.Op("GlobalAveragePool", []string{s.backbone()})})
		constant := func(name string, shape ...int64) string {
			return s.OpNamed(name, "Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", shape, s.normal(shape...))))
		}
		y := s.OpNamed("logits", "Gemm", []string{f, constant("fc.weight", 5, 6), constant("fc.bias", 5)}, onnxio.IntAttr("transB", 1))
		return y, s.Op("Softmax", []string{y})
	}, "pooled"},
}

// build makes a network and says which value holds its logits.
func (n network) model(t testing.TB) (m *onnxio.Model, logits string) {
	s := newSketch(3, 8, 8)
	logits, output := n.build(s)
	return s.end(t, output), logits
}

// eval runs a model of one input and one output in double precision.
func eval(t testing.TB, m *onnxio.Model, x *exec.Tensor) *exec.Tensor {
	t.Helper()
	out, err := reference.Eval(m, map[string]*exec.Tensor{"input": x}, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out[m.Graph.Outputs[0].Name]
}

// samples draws a batch.
func samples(shape ...int64) *exec.Tensor {
	rng := rand.New(rand.NewPCG(5, 6))
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return exec.NewTensor(shape, v)
}

func apply(t testing.TB, m *onnxio.Model, c finetune.Config) (*onnxio.Model, *finetune.Report) {
	t.Helper()
	trunk, r, err := finetune.Apply(m, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := onnxio.Check(trunk); err != nil {
		t.Fatal(err)
	}
	return trunk, r
}

// distance is the largest difference of two tensors, relative to the largest
// element of the second.
func distance(t testing.TB, got, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d elements, want %d", len(got), len(want))
	}
	diff, scale := 0.0, 1e-30
	for i := range got {
		diff = math.Max(diff, math.Abs(got[i]-want[i]))
		scale = math.Max(scale, math.Abs(want[i]))
	}
	return diff / scale
}
