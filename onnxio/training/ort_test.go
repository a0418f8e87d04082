package training_test

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

func onnxRuntime(t testing.TB) exec.Backend {
	t.Helper()
	b := orttest.Backend(t)
	return b
}

// bench64 are domains whose joined minibatch has 64 rows.
var bench64 = []training.Domain{
	{Name: "a", Batch: 32, Loss: training.CrossEntropy, Outputs: 10},
	{Name: "b", Batch: 20, Loss: training.CrossEntropy, Outputs: 26},
	{Name: "c", Batch: 12, Loss: training.SquaredError, Outputs: 3},
}

// stepper runs steps the way training does: two sets of parameters, state and
// buffers, and two fixed bindings, used in turn.
type stepper struct {
	session  exec.Session
	bindings [2]exec.Binding
	vars     [2]map[string]*exec.Tensor
	rate     []float32
	number   []float32
	inputs   map[string]*exec.Tensor // data, settings and what is frozen
	outputs  map[string]*exec.Tensor
	steps    int
}

func newStepper(t testing.TB, b exec.Backend, r *rig) *stepper {
	t.Helper()
	return newStepperOf(t, b, r, 1)
}

func newStepperOf(t testing.TB, b exec.Backend, r *rig, threads int) *stepper {
	t.Helper()
	step := r.program.Step
	session, err := b.Open(step, exec.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	s := &stepper{session: session, outputs: map[string]*exec.Tensor{}}
	single := map[string]*exec.Tensor{}
	for _, v := range step.Graph.Inputs {
		single[v.Name] = float32s(r.values[v.Name])
	}
	s.inputs = single
	s.rate, s.number = single[training.InputRate].Float32(), single[training.InputStep].Float32()
	for _, name := range []string{training.OutputLosses, training.OutputSampleLosses, training.OutputGradNorm} {
		shape, _ := step.Graph.Output(name).Shape.Ints()
		s.outputs[name] = exec.Zeros(onnxio.Float32, shape...)
	}
	for set := range s.vars {
		s.vars[set] = map[string]*exec.Tensor{}
		for _, p := range slices.Concat(r.program.Params, r.program.State, r.program.Buffers) {
			if !p.Frozen {
				s.vars[set][p.Name] = single[p.Name].Clone()
			}
		}
	}
	for from := range s.bindings {
		inputs, outputs := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
		for name, v := range single {
			inputs[name] = v
		}
		for name, v := range s.outputs {
			outputs[name] = v
		}
		for name, v := range s.vars[from] {
			inputs[name] = v
			outputs[training.NextName(name)] = s.vars[1-from][name]
		}
		if s.bindings[from], err = session.Bind(inputs, outputs); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *stepper) advance(t testing.TB, rate float64) {
	t.Helper()
	s.rate[0], s.number[0] = float32(rate), float32(s.steps+1)
	if err := s.bindings[s.steps%2].Run(); err != nil {
		t.Fatal(err)
	}
	s.steps++
}

// value is the current value of a parameter or state.
func (s *stepper) value(name string) *exec.Tensor { return s.vars[s.steps%2][name] }

func (s *stepper) close(t testing.TB) {
	t.Helper()
	for _, b := range s.bindings {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.session.Close(); err != nil {
		t.Error(err)
	}
}

// float32s rounds a tensor of doubles, and passes others on.
func float32s(t *exec.Tensor) *exec.Tensor {
	if t.Type() != onnxio.Float64 {
		return t.Clone()
	}
	v := make([]float32, t.Len())
	for i, x := range t.Float64() {
		v[i] = float32(x)
	}
	return exec.NewTensor(t.Shape, v)
}

func float64s(t *exec.Tensor) []float64 {
	v := make([]float64, t.Len())
	for i, x := range t.Float32() {
		v[i] = float64(x)
	}
	return v
}

// TestTenStepsOnRuntime follows ten whole steps in ONNX Runtime, in single
// precision and with swapped buffers, beside the reference in double
// precision. The nets have their real size: reading a parameter after its
// update has been written shows on these and on no toy.
func TestTenStepsOnRuntime(t *testing.T) { tenSteps(t, onnxRuntime(t), kernels.Form{}) }

// TestTenStepsOfKernels is the same with every pass and kernel, used wherever
// that is possible.
func TestTenStepsOfKernels(t *testing.T) {
	backend := orttest.Kernels(t)
	all := kernels.Best(kernels.Offered(backend))
	all.Everywhere = true
	tenSteps(t, backend, all)
}

func tenSteps(t *testing.T, backend exec.Backend, form kernels.Form) {
	tests := []struct {
		trunk   string
		width   float64
		input   []int
		test    int // of optimizerTests
		domains []training.Domain
		norm    training.BatchNorm
	}{
		{"cnn", 1, []int{1, 8, 8}, 4, bench64, ""},
		{"cnn", 1, []int{3, 9, 8}, 7, bench64, ""},
		{"mlp", 1, []int{40}, 8, bench64, ""},
		{"tcn", 0.5, []int{2, 70}, 8, bench64, ""},
		{"transformer", 0.5, []int{2, 33}, 8, bench64, ""},
		{"mlp", 1, []int{40}, 3, bench64, ""},
		{"mlp", 1, []int{40}, 6, bench64[1:2], ""},
		{"mlp", 1, []int{40}, 1, bench64[2:], ""},
		{"resnet20", 0.25, []int{2, 9, 8}, 4, pairs, training.SharedStatistics},
		{"resnet20", 0.25, []int{2, 9, 8}, 4, pairs, training.DomainStatistics},
	}
	for _, test := range tests {
		o := optimizerTests[test.test]
		cfg := training.Config{
			Trunk: mustZoo(t, test.trunk, test.width, test.input...), Domains: test.domains,
			BatchNorm: test.norm, Optimizer: o.optimizer, Clip: o.clip,
		}
		r := newRig(t, cfg)
		cfg.Form = form
		s := newStepper(t, backend, r.with(t, cfg))
		for name, v := range r.values {
			if v.Type() == onnxio.Float64 {
				r.values[name] = exec.NewTensor(v.Shape, float64s(float32s(v)))
			}
		}
		// A gradient near zero decides the direction of a step of AdamW.
		const tolerance = 3e-4
		for step := range 10 {
			const rate = 1.0 / 256
			r.setRate(rate, step+1)
			s.advance(t, rate)
			out := r.advance(t)
			for name, v := range s.outputs {
				if d := distance(float64s(v), out[name].Float64()); d > tolerance {
					t.Errorf("%s %s, %s: %s of step %d is off by %g", test.trunk, test.norm, o.name, name, step+1, d)
				}
			}
		}
		for _, p := range slices.Concat(r.program.Params, r.program.State, r.program.Buffers) {
			d := distance(float64s(s.value(p.Name)), r.values[p.Name].Float64())
			if d > tolerance {
				t.Errorf("%s %s, %s: %s is off by %g after ten steps", test.trunk, test.norm, o.name, p.Name, d)
			}
		}
		s.close(t)
	}
}

// TestForwardOnRuntime compares evaluation and probe in ONNX Runtime with the
// reference, for a batch of a size that no graph knows beforehand.
func TestForwardOnRuntime(t *testing.T) { forward(t, onnxRuntime(t), trunks(t), kernels.Form{}) }

// TestForwardOfKernels is the same with every pass and kernel.
func TestForwardOfKernels(t *testing.T) {
	backend := orttest.Kernels(t)
	all := kernels.Best(kernels.Offered(backend))
	all.Everywhere = true
	forward(t, backend, formTrunks(t), all)
}

func forward(t *testing.T, backend exec.Backend, trunks map[string]*onnxio.Model, form kernels.Form) {
	t.Helper()
	tolerance := 1e-5
	if len(form.Kernels) > 0 {
		tolerance = 1e-4 // deeper nets, and convolutions that round twice as much
	}
	for name, trunk := range trunks {
		r := newRig(t, training.Config{Trunk: trunk, Domains: every, Gradients: true, Form: form})
		r.apart(t)
		graphs := []*onnxio.Model{r.program.Gradients, r.program.Gram, r.program.Update}
		for d := range every {
			graphs = append(graphs, r.program.FormEval[d])
		}
		whole := r.values[training.InputX]
		for i, m := range graphs {
			if d := i - 3; d >= 0 {
				r.values[training.InputX] = r.rows(0, every[d].Batch)
			}
			inputs := map[string]*exec.Tensor{}
			for _, v := range m.Graph.Inputs {
				inputs[v.Name] = float32s(r.values[v.Name])
			}
			session, err := backend.Open(m, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := session.Run(inputs)
			if err != nil {
				t.Fatal(err)
			}
			for output, want := range r.run(t, m) {
				if want.Type() != onnxio.Float64 {
					if !reflect.DeepEqual(got[output].Data, want.Data) {
						t.Errorf("%s, graph %d: %s is %v, want %v", name, i, output, got[output].Data, want.Data)
					}
					continue
				}
				if d := distance(float64s(got[output]), want.Float64()); d > tolerance {
					t.Errorf("%s, graph %d: %s is off by %g", name, i, output, d)
				}
			}
			if err := session.Close(); err != nil {
				t.Error(err)
			}
		}
		r.values[training.InputX] = whole
	}
}

// TestBakedOnRuntime runs a trained model of several domains in ONNX Runtime.
func TestBakedOnRuntime(t *testing.T) {
	backend := onnxRuntime(t)
	for name, trunk := range trunks(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: mixed})
		values := map[string][]float32{}
		for _, p := range r.program.Params {
			values[p.Name] = float32s(r.values[p.Name]).Float32()
		}
		m, err := training.Bake(r.program.Predict, values)
		if err != nil {
			t.Fatal(err)
		}
		session, err := backend.Open(m, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := session.Run(map[string]*exec.Tensor{training.InputX: float32s(r.values[training.InputX])})
		if err != nil {
			t.Fatal(err)
		}
		for d, domain := range mixed {
			want := r.run(t, r.program.Predict[d])[training.OutputScores]
			if d := distance(float64s(got[training.ScoresName(domain.Name)]), want.Float64()); d > 1e-5 {
				t.Errorf("%s: scores of %s are off by %g", name, domain.Name, d)
			}
		}
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}
}

// BenchmarkStep measures whole training steps in ONNX Runtime at one thread.
func BenchmarkStep(b *testing.B) {
	backend := onnxRuntime(b)
	for trunk, input := range map[string][]int{"mlp": {1, 28, 28}, "cnn": {1, 28, 28}, "resnet20": {1, 28, 28}, "tcn": {1, 1024}, "transformer": {1, 1024}} {
		for _, o := range []training.Optimizer{
			{Kind: training.SGD, Momentum: 0.9, Nesterov: true, WeightDecay: 1e-4},
			{Kind: training.AdamW, WeightDecay: 0.01},
		} {
			b.Run(trunk+"/"+string(o.Kind), func(b *testing.B) {
				cfg := training.Config{Trunk: mustZoo(b, trunk, 1, input...), Domains: bench64, Optimizer: o}
				s := newStepper(b, backend, newRig(b, cfg))
				defer s.close(b)
				for b.Loop() {
					s.advance(b, 1e-3)
				}
			})
		}
	}
}
