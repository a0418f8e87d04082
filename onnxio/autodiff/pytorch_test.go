package autodiff

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A golden is a graph with what PyTorch computed for it, written by
// testdata/peers/gradients.py.
type golden struct {
	Opset int64
	Nodes []struct {
		Op      string
		Inputs  []string
		Outputs []string
		Attrs   map[string]any
	}
	Inputs, Outputs, Cotangents, Gradients map[string]goldenTensor
}

type goldenTensor struct {
	Shape []int64
	Data  []float64
}

// TestPyTorch compares whole small networks, and operators whose options are
// easy to get wrong, with gradients that PyTorch computed.
func TestPyTorch(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "gradients", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 15 {
		t.Fatalf("only %d goldens in testdata/gradients", len(files))
	}
	worst := 0.0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var g golden
			if err := json.Unmarshal(data, &g); err != nil {
				t.Fatal(err)
			}
			p := g.problem()
			outputs, err := reference.Eval(p.model, p.inputs, reference.Float64)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]float64{}
			for name, y := range g.Outputs {
				want[name] = y.Data
				if !slices.Equal(y.Shape, outputs[name].Shape) {
					t.Errorf("output %s has shape %v, PyTorch says %v", name, outputs[name].Shape, y.Shape)
				}
			}
			compare(t, doubles(outputs), want, tolerance)
			want = map[string][]float64{}
			for name, d := range g.Gradients {
				want[name] = d.Data
			}
			worst = max(worst, compare(t, p.gradients(t), want, tolerance))
		})
	}
	t.Logf("%d goldens, largest error %.2g", len(files), worst)
}

func doubles(values map[string]*exec.Tensor) map[string][]float64 {
	all := map[string][]float64{}
	for name, v := range values {
		all[name] = v.Float64()
	}
	return all
}

// problem builds the model: whole numbers where a golden has them are class
// numbers or indices.
func (g golden) problem() *problem {
	graph := &onnxio.Graph{Name: "golden"}
	p := &problem{
		model:  &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: g.Opset}}, Graph: graph},
		inputs: map[string]*exec.Tensor{},
		seeds:  map[string]*exec.Tensor{},
	}
	for i, n := range g.Nodes {
		node := &onnxio.Node{Name: fmt.Sprintf("node%d", i), Op: n.Op, Inputs: n.Inputs, Outputs: n.Outputs}
		for _, name := range slices.Sorted(mapKeys(n.Attrs)) {
			node.Attrs = append(node.Attrs, goldenAttribute(name, n.Attrs[name]))
		}
		graph.Nodes = append(graph.Nodes, node)
	}
	for _, name := range slices.Sorted(mapKeys(g.Inputs)) {
		x := g.Inputs[name]
		v := &onnxio.Value{Name: name, Type: onnxio.Float64, Shape: onnxio.Static(x.Shape...)}
		p.inputs[name] = exec.NewTensor(x.Shape, x.Data)
		if name == "t" && g.takesClasses() || name == "i" {
			v.Type = onnxio.Int64
			classes := make([]int64, len(x.Data))
			for i, c := range x.Data {
				classes[i] = int64(c)
			}
			p.inputs[name] = exec.NewTensor(x.Shape, classes)
		}
		graph.Inputs = append(graph.Inputs, v)
	}
	for _, name := range slices.Sorted(mapKeys(g.Outputs)) {
		graph.Outputs = append(graph.Outputs, &onnxio.Value{Name: name})
		c := g.Cotangents[name]
		p.seeds[name] = exec.NewTensor(c.Shape, c.Data)
	}
	p.wrt = slices.Sorted(mapKeys(g.Gradients))
	return p
}

func (g golden) takesClasses() bool {
	for _, n := range g.Nodes {
		if n.Op == "SoftmaxCrossEntropyLoss" {
			return true
		}
	}
	return false
}

// goldenAttribute maps JSON to an attribute: whole numbers are integers unless
// the name says otherwise.
func goldenAttribute(name string, v any) *onnxio.Attribute {
	switch v := v.(type) {
	case float64:
		if name == "alpha" || name == "beta" || name == "epsilon" || name == "value_float" || v != math.Trunc(v) {
			return onnxio.FloatAttr(name, float32(v))
		}
		return onnxio.IntAttr(name, int64(v))
	case string:
		return onnxio.StringAttr(name, v)
	case []any:
		ints := make([]int64, len(v))
		for i := range v {
			ints[i] = int64(v[i].(float64))
		}
		return onnxio.IntsAttr(name, ints...)
	}
	panic(fmt.Sprintf("attribute %s of type %T", name, v))
}
