package training_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// wordsRig is a rig of an mlp for two numbers and two columns of words, with
// codes that repeat within a minibatch.
func wordsRig(t *testing.T, domains []training.Domain) *rig {
	t.Helper()
	m, err := zoo.Build("mlp", zoo.Config{Input: []int{4}, Width: 0.05, Categories: []zoo.Category{{Name: "wind", Size: 5}, {Name: "lot id", Size: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, training.Config{Trunk: m, Domains: domains})
	rng := rand.New(rand.NewPCG(3, 3))
	x := r.values[training.InputX].Float64()
	for i := 0; i < len(x); i += 4 {
		x[i+2], x[i+3] = float64(rng.IntN(4)), float64(rng.IntN(3)) // wind 4 does not occur
	}
	return r
}

func TestGradientOfEmbeddings(t *testing.T) {
	r := wordsRig(t, every)
	checkGradient(t, "words", r)
	grads := r.gradients(t)
	width := len(grads["embedding.wind.weight"]) / 5
	for k, g := range grads["embedding.wind.weight"][4*width:] {
		if g != 0 {
			t.Errorf("a word that does not occur has gradient %g in value %d", g, k)
		}
	}
	seen := 0
	for name := range grads {
		if strings.HasPrefix(name, "embedding.") {
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("%d embeddings, want 2", seen)
	}
}

// TestEmbeddingsOnRuntime follows steps with many samples of few words in ONNX
// Runtime, on one thread and on several: their gradients add up in the same
// rows of an embedding.
func TestEmbeddingsOnRuntime(t *testing.T) {
	backend := onnxRuntime(t)
	domains := []training.Domain{{Name: "a", Batch: 8192, Loss: training.CrossEntropy, Outputs: 3}}
	for _, threads := range []int{1, 4} {
		r := wordsRig(t, domains)
		session, err := backend.Open(r.program.Step, exec.Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		r.setRate(1, 1)
		for _, v := range r.program.Step.Graph.Inputs {
			if x := r.values[v.Name]; x.Type() == onnxio.Float64 {
				r.values[v.Name] = exec.NewTensor(x.Shape, float64s(float32s(x)))
			}
		}
		want := r.run(t, r.program.Step)
		inputs := map[string]*exec.Tensor{}
		for _, v := range r.program.Step.Graph.Inputs {
			inputs[v.Name] = r.values[v.Name]
			if inputs[v.Name].Type() == onnxio.Float64 {
				inputs[v.Name] = float32s(inputs[v.Name])
			}
		}
		for range 10 {
			got, err := session.Run(inputs)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.program.Params {
				next := training.NextName(p.Name)
				if d := distance(float64s(got[next]), want[next].Float64()); d > 1e-4 || math.IsNaN(d) {
					t.Errorf("%d threads: %s is off by %g", threads, next, d)
				}
			}
		}
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}
}
