package autodiff

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// simpleData is where Debian's libonnx-testdata puts the ONNX project's cases
// of operator Gradient, which no runtime implements.
const simpleData = "/usr/share/libonnx-testdata/data/simple"

// TestGradientOf does what the operator Gradient of the ONNX project's cases
// asks for, and compares with what they expect.
func TestGradientOf(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(simpleData, "test_gradient_of_*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		orttest.Missing(t, "no %s: install libonnx-testdata to compare with the ONNX project's cases", simpleData)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { gradientOf(t, dir) })
	}
	t.Logf("%d cases", len(dirs))
}

func gradientOf(t *testing.T, dir string) {
	m, err := onnxio.Load(filepath.Join(dir, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	var ask *onnxio.Node
	var nodes []*onnxio.Node
	for _, n := range m.Graph.Nodes {
		if n.Op == "Gradient" {
			ask = n
		} else {
			nodes = append(nodes, n)
		}
	}
	if ask == nil {
		t.Fatal("no Gradient in the model")
	}
	inputs, expected := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
	for i, in := range m.Graph.Inputs {
		inputs[in.Name] = storedTensor(t, dir, fmt.Sprintf("input_%d.pb", i))
	}
	for i, out := range m.Graph.Outputs {
		expected[out.Name] = storedTensor(t, dir, fmt.Sprintf("output_%d.pb", i))
	}
	// The gradients of the scalar or single number y.
	m.Graph.Nodes = nodes
	m.Opsets = []onnxio.Opset{{Version: 17}}
	outputs := m.Graph.Outputs
	m.Graph.Outputs = []*onnxio.Value{{Name: string(ask.Attr("y").String)}}
	types, err := onnxio.InferShapes(m)
	if err != nil {
		t.Fatal(err)
	}
	b := onnxio.NewBuilder(m.Graph)
	y := m.Graph.Outputs[0].Name
	shape, ok := types[y].Shape.Ints()
	if !ok {
		t.Fatalf("the shape of %s is %v", y, types[y].Shape)
	}
	ones := make([]float32, product(shape))
	for i := range ones {
		ones[i] = 1
	}
	var wrt []string
	for _, x := range ask.Attr("xs").Strings {
		wrt = append(wrt, string(x))
	}
	seed := b.Initializer(onnxio.NewFloat32("seed", shape, ones))
	gradients, err := Gradient(b, 17, types, map[string]string{y: seed}, wrt)
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Outputs = nil
	for i, x := range wrt {
		b.OpNamed(ask.Outputs[i], "Identity", []string{gradients[x]})
	}
	m.Graph.Outputs = outputs
	got, err := reference.Eval(m, inputs)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		for i, w := range want.Float32() {
			if g := got[name].Float32()[i]; math.Abs(float64(g-w)) > 1e-6 {
				t.Errorf("%s: element %d is %g, want %g", name, i, g, w)
			}
		}
	}
}

// storedTensor reads a serialized TensorProto by wrapping it up as the only
// initializer of a model.
func storedTensor(t *testing.T, dir, file string) *exec.Tensor {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "test_data_set_0", file))
	if err != nil {
		t.Fatal(err)
	}
	graph := protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), data)
	model := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 8)
	m, err := onnxio.Parse(protowire.AppendBytes(protowire.AppendTag(model, 7, protowire.BytesType), graph))
	if err != nil {
		t.Fatal(err)
	}
	v, err := m.Graph.Initializers[0].Float32()
	if err != nil {
		t.Fatal(err)
	}
	return exec.NewTensor(m.Graph.Initializers[0].Shape, v)
}
