package training_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// dropping is scorer with a Dropout in training mode before its head.
func dropping() *onnxio.Model {
	m := scorer()
	g := m.Graph
	g.Initializers = append(g.Initializers, onnxio.NewFloat32("ratio", nil, []float32{0.5}), onnxio.NewBool("on", nil, []bool{true}))
	g.Nodes = append(g.Nodes[:3:3], &onnxio.Node{Op: "Dropout", Name: "drop", Inputs: []string{"hidden", "ratio", "on"}, Outputs: []string{"dropped"}}, g.Nodes[3])
	g.Nodes[4].Inputs[0] = "dropped"
	return m
}

// stream7 is one stream of masks, by the name of what is masked.
func stream7(value string) uint64 { return 7 + uint64(len(value)) }

// TestDropout drops in training alone, and the same elements whenever a
// training begins.
func TestDropout(t *testing.T) {
	backend := orttest.Backend(t)
	p, err := training.Compile(whole(dropping(), training.SquaredError))
	if err != nil {
		t.Fatal(err)
	}
	without, err := training.Compile(whole(scorer(), training.SquaredError))
	if err != nil {
		t.Fatal(err)
	}
	losses := lossesOf(t, backend, p)
	if got, want := losses(p.Eval[0], 1), losses(without.Eval[0], 1); !slices.Equal(got, want) {
		t.Errorf("losses of evaluation are %v, without dropout %v", got, want)
	}
	first := losses(p.Step, 3)
	if again := losses(p.Step, 3); !slices.Equal(first, again) {
		t.Errorf("a training gives losses %v, and %v when it is repeated", first, again)
	}
	if slices.Equal(first[:3], first[3:6]) {
		t.Error("every step drops the same elements")
	}
	if slices.Equal(first[:3], losses(without.Step, 1)) {
		t.Error("training does not drop")
	}
	whole := losses(training.Reseed(p.Step, stream7, 0), 3)
	if slices.Equal(whole, first) {
		t.Error("another stream drops the same elements")
	}
	for runs := range 3 {
		if got, want := losses(training.Reseed(p.Step, stream7, runs), 1), whole[3*runs:3*runs+3]; !slices.Equal(got, want) {
			t.Errorf("after %d runs a new session has losses %v, the first one %v", runs, got, want)
		}
	}
	if training.Reseed(without.Step, stream7, 1) != without.Step {
		t.Error("a graph that drops nothing was copied")
	}
	d, err := training.Differentiate(training.Derivative{Model: dropping(), Wrt: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range d.Graph.Graph.Nodes {
		if n.Op == "Dropout" && len(n.Inputs) > 1 {
			t.Error("the gradient is that of a model that drops")
		}
	}
}

// lossesOf runs graphs of a program of scorer, in one session each, on samples and
// parameters that are always the same; it gives the losses of the samples.
func lossesOf(t *testing.T, backend exec.Backend, p *training.Program) func(m *onnxio.Model, runs int) []float32 {
	rng := rand.New(rand.NewPCG(2, 2))
	feeds := map[string]*exec.Tensor{
		"token":               exec.NewTensor([]int64{3}, []int64{0, 1, 2}),
		training.InputWeights: exec.NewTensor([]int64{1}, []float32{1}),
		training.InputRate:    exec.Scalar(float32(0.1)), training.InputStep: exec.Scalar(float32(1)),
	}
	for name, n := range map[string]int64{"x": 3, training.TargetName("task"): 4} {
		v := make([]float32, 3*n)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		feeds[name] = exec.NewTensor([]int64{3, n}, v)
	}
	for _, q := range p.Params {
		feeds[q.Name] = exec.NewTensor(q.Shape, q.Value)
	}
	return func(m *onnxio.Model, runs int) (all []float32) {
		t.Helper()
		s, err := backend.Open(m, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		inputs := map[string]*exec.Tensor{}
		for _, v := range m.Graph.Inputs {
			inputs[v.Name] = feeds[v.Name]
		}
		for range runs {
			out, err := s.Run(inputs)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, out[training.OutputSampleLosses].Float32()...)
		}
		return all
	}
}

// TestNoise adds random numbers in every mode: the same whenever a session
// begins, others in every run of it and in every stream.
func TestNoise(t *testing.T) {
	backend := orttest.Backend(t)
	m := scorer()
	g := m.Graph
	g.Nodes = append(g.Nodes[:3:3], &onnxio.Node{Op: "RandomNormalLike", Inputs: []string{"hidden"}, Outputs: []string{"noise"}},
		&onnxio.Node{Op: "Add", Inputs: []string{"hidden", "noise"}, Outputs: []string{"noisy"}}, g.Nodes[3])
	g.Nodes[5].Inputs[0] = "noisy"
	p, err := training.Compile(whole(m, training.SquaredError))
	if err != nil {
		t.Fatal(err)
	}
	losses := lossesOf(t, backend, p)
	for name, graph := range map[string]*onnxio.Model{"step": p.Step, "evaluation": p.Eval[0]} {
		first := losses(graph, 2)
		if again := losses(graph, 2); !slices.Equal(first, again) {
			t.Errorf("%s gives losses %v, and %v when it is repeated", name, first, again)
		}
		if slices.Equal(first[:3], first[3:]) {
			t.Errorf("every run of the %s draws the same numbers", name)
		}
	}
	if slices.Equal(losses(p.Step, 1), losses(training.Reseed(p.Step, stream7, 0), 1)) {
		t.Error("another stream draws the same numbers")
	}
}
