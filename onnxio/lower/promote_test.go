package lower_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestWeightsInSubgraphs: weights that stand in branches and loop bodies become
// initializers of the main graph, one for all steps of a loop, and names that
// two branches have in common do not mix them up.
func TestWeightsInSubgraphs(t *testing.T) {
	weight := func(v ...float32) *onnxio.Node {
		return &onnxio.Node{Op: "Constant", Outputs: []string{"w"}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", onnxio.NewFloat32("", []int64{2, 2}, v))}}
	}
	flag := func(v bool) *onnxio.Node {
		return &onnxio.Node{Op: "Constant", Outputs: []string{"flag"}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", onnxio.NewBool("", nil, []bool{v}))}}
	}
	branch := func(name string, v ...float32) *onnxio.Attribute {
		return onnxio.GraphAttr(name, &onnxio.Graph{
			Name: name, Nodes: []*onnxio.Node{weight(v...), node("Transpose", "w", name+"_t"), node("MatMul", "x "+name+"_t", name+"_y")}, Outputs: named(name + "_y"),
		})
	}
	for _, test := range []struct {
		then bool
		y    []float32
	}{{true, []float32{1, 2, 3, 4, 5, 6}}, {false, []float32{2, 1, 4, 3, 6, 5}}} {
		low, y := evaluate(t, graph(flag(test.then), node("If", "flag", "y", branch("then_branch", 1, 0, 0, 1), branch("else_branch", 0, 1, 1, 0))))
		want(t, y, []int64{3, 2}, test.y...)
		if n := len(low.Graph.Initializers); n != 1 || !low.Graph.Initializers[0].Type.IsFloat() {
			t.Errorf("%d initializers, want the weight of the branch taken", n)
		}
	}

	body := &onnxio.Graph{
		Name:    "body",
		Inputs:  []*onnxio.Value{{Name: "i", Type: onnxio.Int64, Shape: onnxio.Static()}, {Name: "go", Type: onnxio.Bool, Shape: onnxio.Static()}, floats("h", 3, 2)},
		Nodes:   []*onnxio.Node{weight(0, 2, 1, 0), node("MatMul", "h w", "next"), node("Identity", "go", "still")},
		Outputs: named("still next"),
	}
	m := graph(node("Loop", "trips  x", "y", onnxio.GraphAttr("body", body)))
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewInt64("trips", nil, []int64{3})}
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, 4, 4, 8, 12, 12, 20)
	var names []string
	for _, w := range low.Graph.Initializers {
		if w.Type.IsFloat() {
			names = append(names, w.Name)
		}
	}
	if !slices.Equal(names, []string{"w"}) {
		t.Errorf("weights %q, want one for all steps", names)
	}
}
