package autodiff

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// newestOpset is the last one that models are tried in.
const newestOpset = 23

// TestOpsets: one network, written in every operator set from 7 to 23, gives
// the same outputs and gradients, whatever way it is upgraded and lowered.
// PyTorch exported those up to 17 (testdata/peers/opsets.py), the others are
// that of 17 with the changes that its operators had since.
func TestOpsets(t *testing.T) {
	backend, err := ort.Default("")
	if err != nil {
		t.Logf("without ONNX Runtime, on the reference alone: run 'make runtime' (%v)", err)
	}
	for _, net := range []string{"image", "sequence"} {
		load := func(opset int) *onnxio.Model {
			m, err := onnxio.Load(filepath.Join("..", "..", "testdata", "opsets", fmt.Sprintf("%s-%d.onnx", net, min(opset, 17))))
			if err != nil {
				t.Fatal(err)
			}
			renew(m, int64(opset))
			return m
		}
		var params []string
		for _, p := range load(17).Graph.Initializers {
			if p.Type == onnxio.Float32 && len(p.Shape) > 0 {
				params = append(params, p.Name)
			}
		}
		var want map[string]*exec.Tensor
		for _, opset := range slices.Concat([]int{17}, sequence(7, newestOpset)) {
			m := load(opset)
			if got := m.Opset(""); got != int64(opset) {
				t.Fatalf("%s: operator set %d, want %d", net, got, opset)
			}
			inputs := drawInput(m)
			got := differentiateAll(t, m, params, nil, inputs)
			if want == nil {
				want = got
				if n := len(want); n < 10 {
					t.Fatalf("%s: %d outputs and gradients", net, n)
				}
				continue
			}
			sameValues(t, fmt.Sprintf("%s-%d", net, opset), got, want, 1e-6)
			if backend != nil {
				sameValues(t, fmt.Sprintf("%s-%d on ONNX Runtime", net, opset), differentiateAll(t, m, params, backend, inputs), want, 1e-4)
			}
		}
	}
}

func sequence(from, to int) (all []int) {
	for i := from; i <= to; i++ {
		all = append(all, i)
	}
	return all
}

// renew writes a model of operator set 17 in a newer one: 18 made the axes of
// reductions an input; other operators that occur have not changed in form.
func renew(m *onnxio.Model, opset int64) {
	if opset <= m.Opset("") {
		return
	}
	b := onnxio.NewBuilder(m.Graph)
	for _, n := range m.Graph.Nodes {
		if axes := n.Attr("axes"); axes != nil && n.Op == "ReduceMean" {
			n.Inputs = append(n.Inputs, b.Int64s(axes.Ints...))
			n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a == axes })
		}
	}
	m.Opsets[0].Version = opset
	m.IRVersion = 8
	if opset >= 19 {
		m.IRVersion = 10
	}
}

func drawInput(m *onnxio.Model) map[string]*exec.Tensor {
	rng := rand.New(rand.NewPCG(23, 7))
	shape, _ := m.Graph.Input("x").Shape.Ints()
	v := make([]float32, product(shape))
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return map[string]*exec.Tensor{"x": exec.NewTensor(shape, v)}
}

// differentiateAll lowers a model and returns its output y and, by their
// names, the gradients of the sum of its squares by the parameters; on the
// reference in float64 if there is no backend.
func differentiateAll(t *testing.T, m *onnxio.Model, params []string, backend exec.Backend, inputs map[string]*exec.Tensor) map[string]*exec.Tensor {
	t.Helper()
	m, kept, err := lower.Model(m)
	if err != nil || len(kept) > 0 {
		t.Fatal(kept, err)
	}
	found, err := onnxio.Infer(m, reference.Evaluate)
	if err != nil {
		t.Fatal(err)
	}
	b := onnxio.NewBuilder(m.Graph)
	gradients, err := Gradient(b, m.Opset(""), found.Values, map[string]string{"y": b.Op("Add", []string{"y", "y"})}, params)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"y": "y"}
	for _, p := range params {
		names[p] = b.Op("Identity", []string{gradients[p]})
		m.Graph.Outputs = append(m.Graph.Outputs, &onnxio.Value{Name: names[p]})
	}
	if err := onnxio.Check(m); err != nil {
		t.Fatal(err)
	}
	out, err := runModel(m, backend, inputs)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]*exec.Tensor{}
	for name, value := range names {
		named[name] = out[value]
	}
	return named
}

func runModel(m *onnxio.Model, backend exec.Backend, inputs map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	if backend == nil {
		return reference.Eval(m, inputs, reference.Float64)
	}
	session, err := backend.Open(m, exec.Options{})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.Run(inputs)
}

// sameValues reports values that differ by more than tolerance of the largest.
func sameValues(t *testing.T, what string, got, want map[string]*exec.Tensor, tolerance float64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		g, w := double(got[name]), double(want[name])
		largest, off := 0.0, 0.0
		for i := range w {
			largest, off = max(largest, math.Abs(w[i])), max(off, math.Abs(g[i]-w[i]))
		}
		if largest == 0 || !(off <= tolerance*largest) {
			t.Errorf("%s: %s is off by %g of %g", what, name, off, largest)
		}
	}
}
