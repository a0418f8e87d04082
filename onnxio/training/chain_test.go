package training_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// chained is a model of dense layers as other tools export them: weights by input and by
// output, a bias that is an addition, or missing.
func chained() *onnxio.Model {
	g := &onnxio.Graph{
		Name:    "chained",
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}, {Size: 3}}}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
	}
	for _, w := range []struct {
		name  string
		shape []int64
	}{{"b1", []int64{20}}, {"b3", []int64{40}}, {"w1", []int64{6, 20}}, {"w2", []int64{20, 5}}, {"w3", []int64{40, 5}}} {
		v := make([]float32, product(w.shape))
		for i := range v {
			v[i] = float32((i*7+len(w.name))%11-5) / 10
		}
		g.Initializers = append(g.Initializers, onnxio.NewFloat32(w.name, w.shape, v))
	}
	g.Nodes = []*onnxio.Node{
		{Op: "Flatten", Inputs: []string{"x"}, Outputs: []string{"flat"}},
		{Op: "MatMul", Inputs: []string{"flat", "w1"}, Outputs: []string{"m1"}},
		{Op: "Add", Inputs: []string{"m1", "b1"}, Outputs: []string{"a1"}},
		{Op: "Relu", Inputs: []string{"a1"}, Outputs: []string{"r1"}},
		{Op: "MatMul", Inputs: []string{"r1", "w2"}, Outputs: []string{"m2"}},
		{Op: "Gemm", Inputs: []string{"m2", "w3", "b3"}, Outputs: []string{"g3"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("transB", 1)}},
		{Op: "Relu", Inputs: []string{"g3"}, Outputs: []string{"y"}},
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestSteps: steps taken in runs of several by one kernel lead where single steps of
// standard operators lead, with every loss and optimizer, and where they fall into runs does
// not change a bit.
func TestSteps(t *testing.T) {
	backend := orttest.Kernels(t)
	form := kernels.Best(kernels.Offered(backend))
	shaped := slices.Clone(every)
	for i := range shaped {
		if d := &shaped[i]; d.Loss == training.CrossEntropy || d.Loss == training.BinaryCrossEntropy {
			d.Smoothing = 0.1
			for k := range d.Outputs {
				d.ClassWeights = append(d.ClassWeights, float32(k+1)/2)
			}
		}
	}
	for name, trunk := range map[string]*onnxio.Model{"mlp": mustZoo(t, "mlp", 0.15, 7), "chained": chained()} {
		for i, o := range []training.Optimizer{
			{}, {Momentum: 0.9, Nesterov: true, WeightDecay: 0.01}, {Kind: training.AdamW, WeightDecay: 0.1, Epsilon: 1e-3},
			{Kind: training.Adam, WeightDecay: 0.1, Epsilon: 1e-3}, {Kind: training.Adagrad, Epsilon: 1e-2},
		} {
			cfg := training.Config{Trunk: trunk, Domains: [][]training.Domain{mixed, every, shaped}[i%3], Optimizer: o, Clip: float64(i%2) * 0.3}
			t.Run(fmt.Sprint(name, i), func(t *testing.T) { testSteps(t, backend, form, cfg) })
		}
	}
}

// chainRate is the learning rate of the steps. At twice that rate some starts come to where
// gradient descent is not stable, and what is rounded doubles with every step from there.
const chainRate = 0.01

// severalInputs are the inputs of several steps of a stepper's minibatch, of which the first
// has a number, in one run; variables are missing.
func severalInputs(p *training.Program, s *stepper, first, count int) map[string]*exec.Tensor {
	var rates, numbers, same []float32
	for i := range count {
		rates, numbers, same = append(rates, chainRate), append(numbers, float32(first+i)), append(same, 1)
	}
	inputs := map[string]*exec.Tensor{}
	for n, v := range s.inputs {
		if v := stacked(v, same); len(p.Steps.Graph.Input(n).Shape) == len(v.Shape) {
			inputs[n] = v
		}
	}
	inputs[training.InputRate], inputs[training.InputStep] = exec.NewTensor([]int64{int64(count)}, rates), exec.NewTensor([]int64{int64(count)}, numbers)
	return inputs
}

func testSteps(t *testing.T, backend exec.Backend, form kernels.Form, cfg training.Config) {
	r := newRig(t, cfg)
	cfg.Form = form
	p, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if p.Steps == nil {
		t.Fatal("the chain is not found")
	}
	session, err := backend.Open(p.Steps, exec.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	s := newStepper(t, backend, r)
	defer s.close(t)
	// take takes steps from variables, of which the first has a number.
	take := func(vars map[string]*exec.Tensor, first, count int) map[string]*exec.Tensor {
		t.Helper()
		inputs := severalInputs(p, s, first, count)
		for n, v := range vars {
			inputs[n] = v
		}
		out, err := session.Run(inputs)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const steps, runs = 50, 32 // as package train takes them
	start := map[string]*exec.Tensor{}
	for n, v := range s.vars[0] {
		start[n] = v.Clone()
	}
	whole := take(start, 1, steps)
	part := take(start, 1, runs)
	vars := map[string]*exec.Tensor{}
	for n := range start {
		vars[n] = part[training.NextName(n)]
	}
	rest := take(vars, runs+1, steps-runs)
	for n := range start {
		if !slices.Equal(whole[training.NextName(n)].Bytes(), rest[training.NextName(n)].Bytes()) {
			t.Errorf("%s depends on how steps fall into runs", n)
		}
	}
	doubles := func(v []float32) (all []float64) {
		for _, f := range v {
			all = append(all, float64(f))
		}
		return all
	}
	for i := range steps {
		s.advance(t, chainRate)
		// Gradients of samples that are learned are small, but not what is rounded in them.
		for n, most := range map[string]float64{training.OutputLosses: 2e-5, training.OutputSampleLosses: 2e-5, training.OutputGradNorm: 1e-4} {
			want := s.outputs[n].Float32()
			if d := distance(doubles(whole[n].Float32()[i*len(want):(i+1)*len(want)]), doubles(want)); d > most {
				t.Errorf("step %d: %s is %.1e off", i+1, n, d)
			}
		}
	}
	for n, v := range s.vars[s.steps%2] {
		if d := distance(doubles(whole[training.NextName(n)].Float32()), doubles(v.Float32())); d > 1e-4 {
			t.Errorf("%s is %.1e off after %d steps", n, d, steps)
		}
	}
}

// TestStepsOfOthers: what is no chain that trains as a whole is left to single steps.
func TestStepsOfOthers(t *testing.T) {
	form := kernels.Best(kernels.All())
	twice := chained()
	twice.Graph.Nodes[6] = &onnxio.Node{Op: "Add", Inputs: []string{"g3", "g3"}, Outputs: []string{"y"}}
	for name, cfg := range map[string]training.Config{
		"frozen": {Trunk: chained(), Freeze: []string{"w1"}}, "twice": {Trunk: twice}, "cnn": {Trunk: mustZoo(t, "cnn", 0.25, 3, 9, 8)},
		"unused": {Trunk: chained(), Features: "r1"}, "without": {Trunk: chained(), Form: form.Without(kernels.Steps)},
		"adapters": {Trunk: mustZoo(t, "mlp", 0.1, 5), DomainAdapters: true},
	} {
		cfg.Domains = pairs
		if name != "without" {
			cfg.Form = form
		}
		p, err := training.Compile(cfg)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found := p.Steps != nil; found != (name == "unused") {
			t.Errorf("%s: steps at once: %t", name, found)
		}
	}
}
