package onnxio

import (
	"math"
	"slices"
	"testing"
)

func TestBuilderNames(t *testing.T) {
	g := &Graph{
		Inputs:       []*Value{{Name: "add"}},
		Initializers: []*Tensor{NewInt64("const", nil, []int64{1})},
		Nodes: []*Node{{Op: "If", Inputs: []string{"c"}, Outputs: []string{"add_0"},
			Attrs: []*Attribute{GraphAttr("then_branch", branch("add_1", "Relu", "relu"))}}},
	}
	b := NewBuilder(g)
	got := []string{
		b.Name("add"), b.Name("add"), b.Name("x"), b.Name("x"), b.Name("relu"), b.Name("add_1_out"), b.Name(""),
	}
	want := []string{"add_1", "add_2", "x", "x_0", "relu_0", "add_1_out_0", "_0"}
	if !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	seen := map[string]bool{}
	for range 1000 {
		name := b.Name("y_0")
		if seen[name] {
			t.Fatalf("name %q was given twice", name)
		}
		seen[name] = true
	}
}

func TestBuilderConstantsAreShared(t *testing.T) {
	b := NewBuilder(&Graph{})
	first := []string{b.Int64s(1, 2), b.Int64(3), b.Float(0.5)}
	if second := []string{b.Int64s(1, 2), b.Int64(3), b.Float(0.5)}; !slices.Equal(first, second) {
		t.Error("equal constants are made twice")
	}
	if b.Int64s(3) == b.Int64(3) || b.Float(3) == b.Int64(3) || b.Int64s(1, 2) == b.Int64s(12) || b.Float(0) == b.Float(negativeZero) {
		t.Error("different constants are shared")
	}
	if n := len(b.Graph().Initializers); n != 8 {
		t.Errorf("%d constants, want 8", n)
	}
	name := b.Initializer(NewFloat32(b.Int64(3), nil, []float32{1}))
	if name == b.Int64(3) || b.Graph().Initializer(name) == nil {
		t.Errorf("an initializer took the name %q, which was used", name)
	}
}

var negativeZero = float32(math.Copysign(0, -1))

func TestBuilderOps(t *testing.T) {
	b := NewBuilder(&Graph{Inputs: []*Value{{Name: "x", Type: Float32, Shape: Static(4)}}})
	inputs := []string{"x"}
	y := b.Op("Relu", inputs)
	inputs[0] = "changed"
	parts := b.Ops("Split", 2, []string{y}, IntAttr("axis", 0))
	z := b.OpNamed("z", "Add", parts)
	b.Graph().Outputs = []*Value{{Name: z}}
	m := &Model{IRVersion: 8, Opsets: []Opset{{Version: 17}}, Graph: b.Graph()}
	if err := Check(m); err != nil {
		t.Error(err)
	}
	if n := b.Graph().Nodes[0]; n.Inputs[0] != "x" || n.Name != y {
		t.Errorf("first node is %v named %q", n, n.Name)
	}
	if b.Name("z") == "z" {
		t.Error("the name of an output was given again")
	}
}

// TestClone edits everything a copy has and expects the original as it was.
func TestClone(t *testing.T) {
	m := testModel()
	m.Functions = []*Function{{Name: "f", Nodes: []*Node{{Op: "Relu", Inputs: []string{"a"}}}}}
	m.Graph.Nodes[0].Attrs = append(m.Graph.Nodes[0].Attrs, IntsAttr("ints", 1), GraphAttr("g", branch("b", "Relu", "x")))
	before, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	c := m.Clone()
	c.Opsets[0].Version, c.Metadata[0].Value = 1, "w"
	c.Graph.Nodes[0].Inputs[0], c.Graph.Nodes[0].Op = "q", "Q"
	c.Graph.Nodes[0].Attrs[0].Int = 9
	c.Graph.Nodes[0].Attrs[2].Ints[0] = 9
	c.Graph.Nodes[0].Attrs[3].Graph.Nodes[0].Op = "Q"
	c.Graph.Inputs[0].Shape[0] = Sym("M")
	c.Graph.Initializers[0].Shape[0] = 1
	c.Graph.Initializers = c.Graph.Initializers[:1]
	c.Graph.Outputs[0].Name = "q"
	c.Functions[0].Nodes[0].Inputs[0] = "q"
	after, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, after) {
		t.Error("editing the copy changed the original")
	}
}
