package autodiff

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/peers"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestArchitectures compares networks that PyTorch exported with the gradients
// that autograd computed in float64 (testdata/peers/architectures.py): those
// of all parameters, on the reference in float64 and on ONNX Runtime in
// float32. Small ones are kept in testdata/architectures.
func TestArchitectures(t *testing.T) {
	files, err := peers.Files("architectures", "*.values.onnx")
	if err != nil {
		t.Fatal(err)
	}
	t.Log("| architecture | parameter tensors | nodes of the whole | ours in float64 | ours on ONNX Runtime | PyTorch in float32 |")
	backend, err := ort.Default("")
	if err != nil {
		t.Logf("without ONNX Runtime, on the reference alone: run 'make runtime' (%v)", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".values.onnx")
		t.Run(name, func(t *testing.T) {
			a := readArchitecture(t, file, strings.TrimSuffix(file, ".values.onnx")+".onnx")
			m, names := a.differentiated(t)
			exact := "not run"
			if !a.large() {
				values, err := reference.Eval(m, a.inputs, reference.Float64)
				if err != nil {
					t.Fatal(err)
				}
				exact = a.compare(t, values, names, 2e-6)
			}
			runtime := "not run"
			if backend != nil {
				session, err := backend.Open(m, exec.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer session.Close()
				values, err := session.Run(a.inputs)
				if err != nil {
					t.Fatal(err)
				}
				runtime = a.compare(t, values, names, a.tolerance())
			}
			t.Logf("| %s | %d | %d | %s | %s | %.1e |", name, len(a.gradients), len(m.Graph.Nodes), exact, runtime, a.peer)
		})
	}
}

// An architecture is a model with what PyTorch computed for it.
type architecture struct {
	model     *onnxio.Model
	inputs    map[string]*exec.Tensor
	outputs   map[string]*onnxio.Tensor
	seeds     map[string]*onnxio.Tensor
	gradients map[string]*onnxio.Tensor
	peer      float64 // how far PyTorch in float32 is from float64
}

func readArchitecture(t *testing.T, file, model string) *architecture {
	t.Helper()
	m, err := onnxio.Load(model)
	if err != nil {
		t.Fatal(err)
	}
	values, err := onnxio.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	a := &architecture{
		model: m, inputs: map[string]*exec.Tensor{},
		outputs: map[string]*onnxio.Tensor{}, seeds: map[string]*onnxio.Tensor{}, gradients: map[string]*onnxio.Tensor{},
	}
	for _, v := range values.Graph.Initializers {
		kind, name, _ := strings.Cut(v.Name, "/")
		switch kind {
		case "in":
			x, err := v.Float32()
			if err != nil {
				t.Fatal(err)
			}
			a.inputs[name] = exec.NewTensor(v.Shape, x)
		case "error":
			a.peer = a.numbers(t, v)[0]
		case "out":
			a.outputs[name] = v
		case "cotangent":
			a.seeds[name] = v
		case "gradient":
			a.gradients[name] = v
		}
	}
	return a
}

// large says that the reference takes too long.
func (a *architecture) large() bool {
	x := a.inputs["x"]
	return x != nil && x.Len() > 1<<20
}

// tolerance is what float32 leaves uncertain: 1e-4, or three times what PyTorch
// itself is off by.
func (a *architecture) tolerance() float64 { return max(1e-4, 3*a.peer) }

// differentiated is the model, lowered, with its outputs and the gradients by
// all parameters as outputs; cotangents are constants.
func (a *architecture) differentiated(t *testing.T) (m *onnxio.Model, names map[string]string) {
	t.Helper()
	whole := a.model.Clone()
	for _, v := range whole.Graph.Inputs {
		if x := a.inputs[v.Name]; x != nil {
			v.Shape = onnxio.Static(x.Shape...)
		}
	}
	m, kept, err := lower.Model(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kept {
		t.Errorf("not lowered: %v", k)
	}
	b := onnxio.NewBuilder(m.Graph)
	a.ownStatistics(t, b)
	found, err := onnxio.Infer(m, reference.Evaluate)
	if err != nil {
		t.Fatal(err)
	}
	seeds := map[string]string{}
	for _, out := range slices.Sorted(mapKeys(a.seeds)) {
		s := a.seeds[out].Clone()
		s.Name = "cotangent"
		seeds[out] = b.Initializer(s)
	}
	names, err = Gradient(b, m.Opset(""), found.Values, seeds, slices.Sorted(mapKeys(a.gradients)))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range slices.Sorted(mapKeys(names)) {
		names[w] = b.Op("Identity", []string{names[w]})
		m.Graph.Outputs = append(m.Graph.Outputs, &onnxio.Value{Name: names[w]})
	}
	if err := onnxio.Check(m); err != nil {
		t.Fatal(err)
	}
	return m, names
}

// ownStatistics gives every BatchNormalization in training mode running
// statistics of its own, as inputs: ONNX Runtime overwrites them, PyTorch's
// exporter lets equal initializers be one, such as variances and scales of
// ones, and so does ONNX Runtime with short ones.
func (a *architecture) ownStatistics(t *testing.T, b *onnxio.Builder) {
	t.Helper()
	g := b.Graph()
	for _, n := range g.Nodes {
		if n.Op != "BatchNormalization" || n.IntOr("training_mode", 0) == 0 {
			continue
		}
		for i := 3; i <= 4; i++ {
			v, err := g.Initializer(n.Inputs[i]).Float32()
			if err != nil {
				t.Fatal(err)
			}
			n.Inputs[i] = b.Name("statistics")
			a.inputs[n.Inputs[i]] = exec.NewTensor([]int64{int64(len(v))}, v)
			g.Inputs = append(g.Inputs, &onnxio.Value{Name: n.Inputs[i], Type: onnxio.Float32, Shape: onnxio.Static(int64(len(v)))})
		}
	}
}

// compare returns the largest error of outputs and gradients, relative to the
// largest element of a tensor or a thousandth of the largest of all.
func (a *architecture) compare(t *testing.T, got map[string]*exec.Tensor, names map[string]string, tolerance float64) string {
	t.Helper()
	have, want := map[string][]float64{}, map[string][]float64{}
	for name, v := range a.outputs {
		have[name], want[name] = double(got[name]), a.numbers(t, v)
	}
	worst := compare(t, have, want, tolerance)
	have, want = map[string][]float64{}, map[string][]float64{}
	for name, v := range a.gradients {
		have[name], want[name] = double(got[names[name]]), a.numbers(t, v)
	}
	return fmt.Sprintf("%.1e", max(worst, compare(t, have, want, tolerance)))
}

func (a *architecture) numbers(t *testing.T, v *onnxio.Tensor) []float64 {
	t.Helper()
	x, err := v.Float32()
	if err != nil {
		t.Fatal(err)
	}
	wide := make([]float64, len(x))
	for i, f := range x {
		wide[i] = float64(f)
	}
	return wide
}
