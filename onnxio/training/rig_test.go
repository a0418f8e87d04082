package training_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// rig is a program with values for everything that its graphs take, in double
// precision.
type rig struct {
	cfg     training.Config
	program *training.Program
	values  map[string]*exec.Tensor
	// backend runs the graphs, in single precision; nil is the reference in double.
	backend exec.Backend
}

// newRig compiles cfg and draws data and parameters. Parameters are moved away
// from their start so that no bias is exactly zero.
func newRig(t testing.TB, cfg training.Config) *rig {
	t.Helper()
	p, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{cfg: cfg, program: p, values: map[string]*exec.Tensor{}}
	rng := rand.New(rand.NewPCG(7, 7))
	normal := func(n int64, scale float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64() * scale
		}
		return v
	}
	shape, _ := p.Step.Graph.Input(training.InputX).Shape.Ints()
	r.values[training.InputX] = exec.NewTensor(shape, normal(product(shape), 1))
	weights := make([]float64, len(cfg.Domains))
	for i, d := range cfg.Domains {
		weights[i] = 0.5 + float64(i)
		if d.Loss == training.CrossEntropy {
			classes := make([]int64, d.Batch)
			for j := range classes {
				classes[j] = rng.Int64N(int64(d.Outputs))
			}
			r.values[training.TargetName(d.Name)] = exec.NewTensor([]int64{int64(d.Batch)}, classes)
			continue
		}
		shape := []int64{int64(d.Batch), int64(d.Outputs)}
		target := normal(product(shape), 1)
		for j, v := range target {
			if d.Loss == training.BinaryCrossEntropy {
				target[j] = math.Round(1 / (1 + math.Exp(-v)))
			}
			if d.Masked && j%3 == 1 {
				target[j] = math.NaN()
			}
		}
		r.values[training.TargetName(d.Name)] = exec.NewTensor(shape, target)
	}
	r.values[training.InputWeights] = exec.NewTensor([]int64{int64(len(weights))}, weights)
	r.setRate(0.1, 1)
	for _, p := range p.Params {
		v := normal(product(p.Shape), 0.05)
		for i, x := range training.Initialize(p, rng) {
			v[i] += float64(x)
		}
		r.values[p.Name] = exec.NewTensor(p.Shape, v)
	}
	for _, p := range p.State {
		r.values[p.Name] = exec.Zeros(onnxio.Float64, p.Shape...)
	}
	for _, p := range p.Buffers {
		v := training.Initialize(p, rng)
		r.values[p.Name] = exec.NewTensor(p.Shape, float64s(exec.NewTensor(p.Shape, v)))
	}
	return r
}

func (r *rig) setRate(rate float64, step int) {
	r.values[training.InputRate] = exec.Scalar(rate)
	r.values[training.InputStep] = exec.Scalar(float64(step))
}

// with returns a rig of the same values and another configuration, whose
// parameters must be among those of r.
func (r *rig) with(t *testing.T, cfg training.Config) *rig {
	t.Helper()
	other := newRig(t, cfg)
	for name := range other.values {
		if v, ok := r.values[name]; ok && slices.Equal(v.Shape, other.values[name].Shape) {
			other.values[name] = v.Clone()
		}
	}
	return other
}

func product(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return n
}

// run evaluates one of the program's graphs on the rig's values.
func (r *rig) run(t *testing.T, m *onnxio.Model) map[string]*exec.Tensor {
	t.Helper()
	inputs := map[string]*exec.Tensor{}
	for _, v := range m.Graph.Inputs {
		if inputs[v.Name] = r.values[v.Name]; inputs[v.Name] == nil {
			t.Fatalf("there is no value for input %q", v.Name)
		}
	}
	if r.backend != nil {
		return r.runSingle(t, m, inputs)
	}
	out, err := reference.Eval(m, inputs, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// runSingle evaluates a graph with float32 inputs, and widens what it gives.
func (r *rig) runSingle(t *testing.T, m *onnxio.Model, inputs map[string]*exec.Tensor) map[string]*exec.Tensor {
	t.Helper()
	for name, v := range inputs {
		inputs[name] = float32s(v)
	}
	session, err := r.backend.Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	out, err := session.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range out {
		if v.Float32() != nil {
			out[name] = exec.NewTensor(v.Shape, float64s(v))
		}
	}
	return out
}

// advance runs a step and moves parameters, state and buffers on.
func (r *rig) advance(t *testing.T) map[string]*exec.Tensor {
	t.Helper()
	out := r.run(t, r.program.Step)
	r.follow(out)
	return out
}

// follow moves parameters, state and buffers on to what a step gave.
func (r *rig) follow(out map[string]*exec.Tensor) {
	for _, p := range slices.Concat(r.program.Params, r.program.State, r.program.Buffers) {
		r.values[p.Name] = out[training.NextName(p.Name)]
	}
}

// rows returns rows from up to, not including, to of the joined minibatch.
func (r *rig) rows(from, to int) *exec.Tensor {
	x := r.values[training.InputX]
	width := product(x.Shape[1:])
	shape := append([]int64{int64(to - from)}, x.Shape[1:]...)
	return exec.NewTensor(shape, x.Float64()[int64(from)*width:int64(to)*width])
}

// eval runs the evaluation graph of domain d on its part of the minibatch.
func (r *rig) eval(t *testing.T, d int) map[string]*exec.Tensor {
	t.Helper()
	from := 0
	for _, domain := range r.cfg.Domains[:d] {
		from += domain.Batch
	}
	x := r.values[training.InputX]
	defer func() { r.values[training.InputX] = x }()
	r.values[training.InputX] = r.rows(from, from+r.cfg.Domains[d].Batch)
	return r.run(t, r.program.Eval[d])
}

// objective is the weighted loss as the evaluation graphs tell it.
func (r *rig) objective(t *testing.T) float64 {
	t.Helper()
	sum := 0.0
	for d := range r.cfg.Domains {
		sum += r.values[training.InputWeights].Float64()[d] * mean(r.eval(t, d)[training.OutputSampleLosses].Float64())
	}
	return sum
}

// gradients returns the gradient of the objective by every parameter, from a
// step of plain gradient descent at rate 1.
func (r *rig) gradients(t *testing.T) map[string][]float64 {
	t.Helper()
	cfg := r.cfg
	cfg.Optimizer, cfg.Clip, cfg.Gradients = training.Optimizer{}, 0, false
	plain := r.with(t, cfg)
	plain.setRate(1, 1)
	out := plain.run(t, plain.program.Step)
	grads := map[string][]float64{}
	for _, p := range plain.program.Params {
		g := slices.Clone(plain.values[p.Name].Float64())
		for i, next := range out[training.NextName(p.Name)].Float64() {
			g[i] -= next
		}
		grads[p.Name] = g
	}
	return grads
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// distance is the largest difference of two vectors relative to the largest
// element of the second.
func distance(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	largest, scale := 0.0, 1e-12
	for i := range want {
		largest = max(largest, math.Abs(got[i]-want[i]))
		scale = max(scale, math.Abs(want[i]))
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			return math.Inf(1)
		}
	}
	return largest / scale
}

// mixed is a set of domains: two class counts, one and two regression targets.
var mixed = []training.Domain{
	{Name: "a", Batch: 3, Loss: training.CrossEntropy, Outputs: 3},
	{Name: "b", Batch: 2, Loss: training.SquaredError, Outputs: 2},
	{Name: "c", Batch: 1, Loss: training.CrossEntropy, Outputs: 5},
	{Name: "d e", Batch: 2, Loss: training.SquaredError, Outputs: 1},
}

// every is mixed and all other kinds: one label and several, targets that are
// not known.
var every = append(slices.Clone(mixed),
	training.Domain{Name: "f", Batch: 3, Loss: training.BinaryCrossEntropy, Outputs: 1},
	training.Domain{Name: "g", Batch: 4, Loss: training.BinaryCrossEntropy, Outputs: 3, Masked: true},
	training.Domain{Name: "h", Batch: 3, Loss: training.Huber, Outputs: 2, Delta: 0.5, Masked: true},
)

func mustZoo(t testing.TB, name string, width float64, input ...int) *onnxio.Model {
	t.Helper()
	m, err := zoo.Build(name, zoo.Config{Input: input, Width: width})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// trunks are the models that most tests go through.
func trunks(t *testing.T) map[string]*onnxio.Model {
	return map[string]*onnxio.Model{
		"mlp":      mustZoo(t, "mlp", 0.02, 5),
		"cnn":      mustZoo(t, "cnn", 0.02, 1, 8, 8),
		"exported": exported(),
	}
}

// vocabulary is the number of tokens of the trunk "tokens".
const vocabulary = 10

// sequences are trunks for windows and for tokens.
func sequences(t *testing.T) map[string]*onnxio.Model {
	t.Helper()
	tokens, err := zoo.Build("transformer", zoo.Config{Input: []int{5}, Width: 0.25, Vocabulary: vocabulary})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*onnxio.Model{
		"tcn":         mustZoo(t, "tcn", 0.02, 2, 9),
		"transformer": mustZoo(t, "transformer", 0.25, 2, 8),
		"tokens":      tokens,
	}
}

// exported is a trunk as other tools write them: initializers instead of
// rules, a feature map instead of a row, names that are ours.
func exported() *onnxio.Model {
	rng := rand.New(rand.NewPCG(3, 3))
	tensor := func(name string, shape ...int64) *onnxio.Tensor {
		v := make([]float32, product(shape))
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	return &onnxio.Model{
		IRVersion: 7,
		Opsets:    []onnxio.Opset{{Version: 13}},
		Graph: &onnxio.Graph{
			Name:   "main",
			Inputs: []*onnxio.Value{{Name: "image", Type: onnxio.Float32, Shape: onnxio.Static(1, 2, 4, 4)}},
			Outputs: []*onnxio.Value{
				{Name: "losses", Type: onnxio.Float32, Shape: onnxio.Static(1, 3, 2, 2)},
			},
			Initializers: []*onnxio.Tensor{
				tensor("step", 3, 2, 3, 3),
				tensor("next/bias", 3),
				tensor("target/scale", 3, 1, 1),
				onnxio.NewFloat32("half", nil, []float32{0.5}),
				tensor("unused", 4),
			},
			Nodes: []*onnxio.Node{
				{Name: "conv", Op: "Conv", Inputs: []string{"image", "step", "next/bias"}, Outputs: []string{"x"},
					Attrs: []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", 3, 3), onnxio.IntsAttr("strides", 2, 2), onnxio.IntsAttr("pads", 1, 1, 1, 1)}},
				{Name: "act", Op: "Tanh", Inputs: []string{"x"}, Outputs: []string{"gram"}},
				{Name: "scale", Op: "Mul", Inputs: []string{"gram", "target/scale"}, Outputs: []string{"scores"}},
				{Name: "gemm", Op: "Mul", Inputs: []string{"scores", "half"}, Outputs: []string{"losses"}},
				{Name: "more", Op: "Identity", Inputs: []string{"unused"}, Outputs: []string{"nothing"}},
			},
		},
	}
}

// baked are the outputs of the model that parameters are baked into, which has them in
// single precision; the rig's are rounded likewise.
func (r *rig) baked(t testing.TB) map[string]*exec.Tensor {
	t.Helper()
	values := map[string][]float32{}
	for _, p := range slices.Concat(r.program.Params, r.program.Buffers) {
		r.values[p.Name] = float32s(r.values[p.Name])
		values[p.Name] = r.values[p.Name].Float32()
		r.values[p.Name] = exec.NewTensor(p.Shape, float64s(r.values[p.Name]))
	}
	m, err := training.Bake(r.program.Predict, values)
	if err != nil {
		t.Fatal(err)
	}
	x := map[string]*exec.Tensor{training.InputX: r.values[training.InputX]}
	got, err := reference.Eval(m, x, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
