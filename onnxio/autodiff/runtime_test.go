package autodiff

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// runtimeLeast is the number of examples that ONNX Runtime ran when this was
// written.
const runtimeLeast = 700

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// TestRulesOnRuntime runs what the rules emit in ONNX Runtime: every operator
// must exist there, with the attributes and types that we give it, and compute
// in float32 what the reference computes.
func TestRulesOnRuntime(t *testing.T) {
	backend := orttest.Backend(t)
	compared := 0
	for _, e := range examples() {
		t.Run(e.name(), func(t *testing.T) {
			m, inputs, wrt := e.model(onnxio.Float32)
			// ONNX Runtime does not cover all of ONNX; what cannot be run forward
			// needs no gradient.
			typed := m.Clone()
			types, err := onnxio.InferShapes(m)
			if err != nil {
				t.Fatal(err)
			}
			for i, out := range m.Graph.Outputs {
				typed.Graph.Outputs[i] = types[out.Name]
			}
			forward, err := backend.Open(typed, exec.Options{})
			if err != nil {
				t.Skipf("ONNX Runtime does not run the operator itself: %v", err)
			}
			defer forward.Close()
			outputs32, err := forward.Run(singles(inputs))
			if err != nil {
				t.Skipf("ONNX Runtime does not run the operator itself: %v", err)
			}
			// What the rules are checked against computes what ONNX Runtime does.
			exact, err := reference.Eval(m, inputs)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, allDouble(outputs32), allDouble(exact), 1e-5)
			p := &problem{model: m, inputs: inputs, wrt: wrt}
			var outputs []string
			for j := range max(e.outputs, 1) {
				if !slices.Contains(e.unseeded, j) {
					outputs = append(outputs, fmt.Sprintf("out%d", j))
				}
			}
			p.seed(t, rand.New(rand.NewPCG(3, 4)), outputs...)
			want := p.gradients(t)
			differentiated, names, err := p.differentiated(t)
			if err != nil {
				t.Fatal(err)
			}
			session, err := backend.Open(differentiated, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			all := map[string]*exec.Tensor{}
			for name, x := range p.inputs {
				all[name] = single(x)
			}
			for name, x := range p.seeds {
				all["d_"+name] = single(x)
			}
			for _, in := range slices.Clone(differentiated.Graph.Inputs) {
				if in.Type == onnxio.Float64 { // the output of a Cast
					all[in.Name] = p.seeds[in.Name[len("d_"):]]
				}
			}
			values, err := session.Run(all)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]float64{}
			for _, w := range wrt {
				got[w] = double(values[names[w]])
			}
			compare(t, got, want, 1e-4)
			compared++
		})
	}
	t.Logf("%d of %d examples compared", compared, len(examples()))
	// ONNX Runtime runs nearly all of them; fewer would mean that something is
	// wrong with how they are written for it.
	if compared < runtimeLeast && !testing.Short() {
		t.Errorf("only %d examples were compared, expected at least %d", compared, runtimeLeast)
	}
}

func singles(all map[string]*exec.Tensor) map[string]*exec.Tensor {
	narrow := map[string]*exec.Tensor{}
	for name, x := range all {
		narrow[name] = single(x)
	}
	return narrow
}

// allDouble are the tensors of numbers among all.
func allDouble(all map[string]*exec.Tensor) map[string][]float64 {
	wide := map[string][]float64{}
	for name, x := range all {
		if x.Type() == onnxio.Float32 || x.Type() == onnxio.Float64 {
			wide[name] = double(x)
		}
	}
	return wide
}

// single is a tensor with its float64 elements as float32.
func single(x *exec.Tensor) *exec.Tensor {
	if x.Type() != onnxio.Float64 {
		return x
	}
	y := exec.Zeros(onnxio.Float32, x.Shape...)
	for i, v := range x.Float64() {
		y.Float32()[i] = float32(v)
	}
	return y
}

func double(x *exec.Tensor) []float64 {
	if x.Type() == onnxio.Float64 {
		return x.Float64()
	}
	y := make([]float64, x.Len())
	for i, v := range x.Float32() {
		y[i] = float64(v)
	}
	return y
}
