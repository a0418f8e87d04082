package onnxio

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// graphOf builds a model from inputs such as "x float32[N,3]" with a builder.
func graphOf(t *testing.T, inputs []string, build func(b *Builder)) *Model {
	t.Helper()
	g := &Graph{Name: "test"}
	for _, in := range inputs {
		name, typ, _ := strings.Cut(in, " ")
		v := parseValue(t, typ)
		v.Name = name
		g.Inputs = append(g.Inputs, v)
	}
	b := NewBuilder(g)
	build(b)
	if n := len(g.Nodes); n > 0 && len(g.Outputs) == 0 {
		g.Outputs = []*Value{{Name: g.Nodes[n-1].Outputs[0]}}
	}
	return &Model{IRVersion: 8, Opsets: []Opset{{Version: 17}}, Graph: g}
}

// expect infers m and compares the first output of the last node.
func expect(t *testing.T, m *Model, want string) {
	t.Helper()
	values, err := InferShapes(m)
	if err != nil {
		t.Error(err)
		return
	}
	name := m.Graph.Nodes[len(m.Graph.Nodes)-1].Outputs[0]
	if got := values[name].describe(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestInferShapeArithmetic follows the ways in which exporters compute shapes
// from shapes.
func TestInferShapeArithmetic(t *testing.T) {
	x := []string{"x float32[N,16,7,7]"}
	tests := []struct {
		name  string
		build func(b *Builder)
		want  string
	}{
		{"view(x.size(0), -1)", func(b *Builder) {
			n := b.Op("Gather", []string{b.Op("Shape", []string{"x"}), b.Int64(0)})
			n = b.Op("Unsqueeze", []string{n, b.Int64s(0)})
			b.Op("Reshape", []string{"x", b.Op("Concat", []string{n, b.Int64s(-1)}, IntAttr("axis", 0))})
		}, "float32[N,784]"},
		{"view(-1, c*h*w)", func(b *Builder) {
			s := b.Op("Shape", []string{"x"})
			tail := b.Op("Slice", []string{s, b.Int64s(1), b.Int64s(4), b.Int64s(0)})
			p := b.Op("ReduceProd", []string{tail}, IntsAttr("axes", 0))
			b.Op("Reshape", []string{"x", b.Op("Concat", []string{b.Int64s(-1), p}, IntAttr("axis", 0))})
		}, "float32[N,784]"},
		{"fold channels into the batch and back", func(b *Builder) {
			s := b.Op("Shape", []string{"x"})
			n := b.Op("Gather", []string{s, b.Int64s(0)})
			nc := b.Op("Mul", []string{n, b.Int64s(16)})
			y := b.Op("Reshape", []string{"x", b.Op("Concat", []string{nc, b.Int64s(7, 7)}, IntAttr("axis", 0))})
			back := b.Op("Div", []string{b.Op("Gather", []string{b.Op("Shape", []string{y}), b.Int64s(0)}), b.Int64s(16)})
			b.Op("Reshape", []string{y, b.Op("Concat", []string{back, b.Int64s(16, 49)}, IntAttr("axis", 0))})
		}, "float32[N,16,49]"},
		{"expand a token to the batch", func(b *Builder) {
			token := b.Initializer(NewFloat32("token", []int64{1, 1, 2}, make([]float32, 2)))
			n := b.Op("Gather", []string{b.Op("Shape", []string{"x"}), b.Int64s(0)})
			shape := b.Op("Concat", []string{n, b.Int64s(-1, -1)}, IntAttr("axis", 0))
			ones := b.Op("ConstantOfShape", []string{b.Int64s(3)}, TensorAttr("value", NewInt64("", []int64{1}, []int64{1})))
			minus := b.Op("Mul", []string{ones, b.Int64s(-1)})
			b.Op("Expand", []string{token, b.Op("Where", []string{b.Op("Equal", []string{shape, minus}), ones, shape})})
		}, "float32[N,1,2]"},
		{"upsample by a factor", func(b *Builder) {
			s := b.Op("Cast", []string{b.Op("Slice", []string{b.Op("Shape", []string{"x"}), b.Int64s(2), b.Int64s(4)})}, IntAttr("to", int64(Int64)))
			size := b.Op("Mul", []string{s, b.Int64s(2)})
			all := b.Op("Concat", []string{b.Op("Slice", []string{b.Op("Shape", []string{"x"}), b.Int64s(0), b.Int64s(2)}), size}, IntAttr("axis", 0))
			b.Op("Resize", []string{"x", "", "", all})
		}, "float32[N,16,14,14]"},
		{"arange(n)", func(b *Builder) {
			n := b.Op("Gather", []string{b.Op("Shape", []string{"x"}), b.Int64(0)})
			b.Op("Range", []string{b.Int64(0), n, b.Int64(1)})
		}, "int64[N]"},
		{"constants from nodes", func(b *Builder) {
			c := b.Op("Constant", nil, IntsAttr("value_ints", 0, -1))
			b.Op("Reshape", []string{"x", b.Op("Identity", []string{c})})
		}, "float32[N,784]"},
		{"top k of a computed k", func(b *Builder) {
			k := b.Op("Gather", []string{b.Op("Shape", []string{"x"}), b.Int64s(-1)})
			b.Op("TopK", []string{"x", b.Op("Sub", []string{k, b.Int64s(2)})})
		}, "float32[N,16,7,5]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := graphOf(t, x, tt.build)
			if last := m.Graph.Nodes[len(m.Graph.Nodes)-1]; last.Op == "TopK" {
				last.Outputs = append(last.Outputs, "indices")
			}
			expect(t, m, tt.want)
			if err := Check(m); err != nil {
				t.Error(err)
			}
		})
	}
}

func branch(name, op string, inputs ...string) *Graph {
	return &Graph{
		Name:    name,
		Nodes:   []*Node{{Op: op, Inputs: inputs, Outputs: []string{name + "_out"}}},
		Outputs: []*Value{{Name: name + "_out"}},
	}
}

func TestInferIf(t *testing.T) {
	ifNode := func(b *Builder, cond string) {
		b.Op("If", []string{cond}, GraphAttr("then_branch", branch("then", "Squeeze", "x", "axis")), GraphAttr("else_branch", branch("else", "Identity", "x")))
	}
	t.Run("known condition", func(t *testing.T) {
		// Squeezing would fail: the branch is never taken.
		m := graphOf(t, []string{"x float32[N,3]"}, func(b *Builder) {
			b.Initializer(NewInt64("axis", []int64{1}, []int64{1}))
			size := b.Op("Gather", []string{b.Op("Shape", []string{"x"}), b.Int64(1)})
			ifNode(b, b.Op("Equal", []string{size, b.Int64(1)}))
		})
		expect(t, m, "float32[N,3]")
		if err := Check(m); err != nil {
			t.Error(err)
		}
	})
	t.Run("unknown condition", func(t *testing.T) {
		m := graphOf(t, []string{"x float32[N,1]", "c bool[]"}, func(b *Builder) {
			b.Initializer(NewInt64("axis", []int64{1}, []int64{1}))
			ifNode(b, "c")
		})
		expect(t, m, "float32[...]")
	})
}

func TestInferLoop(t *testing.T) {
	body := &Graph{
		Name: "body",
		Inputs: []*Value{
			{Name: "i", Type: Int64, Shape: Shape{}}, {Name: "go", Type: Bool, Shape: Shape{}}, {Name: "s"},
		},
		Nodes: []*Node{
			{Op: "Add", Inputs: []string{"s", "x"}, Outputs: []string{"sum"}},
			{Op: "Identity", Inputs: []string{"go"}, Outputs: []string{"on"}},
			{Op: "Identity", Inputs: []string{"x"}, Outputs: []string{"row"}},
		},
		Outputs: []*Value{{Name: "on"}, {Name: "sum"}, {Name: "row"}},
	}
	m := graphOf(t, []string{"x float32[N,3]", "n int64[]"}, func(b *Builder) {
		b.Ops("Loop", 2, []string{"n", "", "x"}, GraphAttr("body", body))
	})
	values, err := InferShapes(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := values["loop_0"].describe(); got != "float32[?,N,3]" {
		t.Errorf("scan output is %s", got)
	}
	if err := Check(m); err != nil {
		t.Error(err)
	}
}

// TestInferFunction expands functions of the model, with references to
// attributes and to defaults.
func TestInferFunction(t *testing.T) {
	f := &Function{
		Name: "Head", Domain: "local", Opsets: []Opset{{Version: 17}},
		Inputs: []string{"a", "shape"}, Outputs: []string{"out"},
		Attrs: []string{"how"}, Default: []*Attribute{IntAttr("to", int64(Float64))},
		Nodes: []*Node{
			{Op: "Reshape", Inputs: []string{"a", "shape"}, Outputs: []string{"r"}},
			{Op: "Transpose", Inputs: []string{"r"}, Outputs: []string{"t"}, Attrs: []*Attribute{{Name: "perm", Type: AttrInts, Ref: "how"}}},
			{Op: "Cast", Inputs: []string{"t"}, Outputs: []string{"out"}, Attrs: []*Attribute{{Name: "to", Type: AttrInt, Ref: "to"}}},
		},
	}
	m := graphOf(t, []string{"x float32[N,6]"}, func(b *Builder) {
		b.Op("Head", []string{"x", b.Int64s(-1, 3, 2)}, IntsAttr("how", 0, 2, 1))
	})
	m.Graph.Nodes[0].Domain = "local"
	m.Opsets = append(m.Opsets, Opset{"local", 1})
	m.Functions = []*Function{f}
	expect(t, m, "float64[N,2,3]")
	if err := Check(m); err != nil {
		t.Error(err)
	}

	// A function that calls itself is an error, not a crash.
	f.Nodes = []*Node{{Op: "Head", Domain: "local", Inputs: []string{"a", "shape"}, Outputs: []string{"out"}}}
	if _, err := InferShapes(m); err == nil || !strings.Contains(err.Error(), "nested") {
		t.Errorf("recursive function: %v", err)
	}
	// So is one that multiplies without end.
	m.Functions = []*Function{{
		Name: "f0", Domain: "local", Opsets: f.Opsets, Inputs: f.Inputs, Outputs: f.Outputs,
		Nodes: []*Node{{Op: "Relu", Inputs: []string{"a"}, Outputs: []string{"out"}}},
	}}
	for i := range 30 {
		call := &Node{Op: fmt.Sprint("f", i), Domain: "local", Inputs: []string{"a", "shape"}, Outputs: []string{"out"}}
		next := *m.Functions[0]
		next.Name = fmt.Sprint("f", i+1)
		next.Nodes = []*Node{call, call}
		m.Functions = append(m.Functions, &next)
	}
	m.Graph.Nodes[0].Op = "f30"
	if _, err := InferShapes(m); err == nil || !strings.Contains(err.Error(), "expand to more than") {
		t.Errorf("exploding functions: %v", err)
	}
}

// TestInferUnknownOperator falls back on what the model declares.
func TestInferUnknownOperator(t *testing.T) {
	m := graphOf(t, []string{"x float32[N,3]"}, func(b *Builder) {
		b.OpNamed("y", "FancyOp", []string{"x"})
		b.OpNamed("z", "Relu", []string{"y"})
		b.Graph().Nodes[0].Domain = "com.example"
		b.Graph().Values = []*Value{{Name: "y", Type: Float16, Shape: Shape{Sym("N"), {Size: 5}}}}
	})
	expect(t, m, "float16[N,5]")
}

func TestInferErrorsAreLocated(t *testing.T) {
	m := graphOf(t, []string{"x float32[N,3]"}, func(b *Builder) {
		b.OpNamed("y", "Relu", []string{"x"})
		b.OpNamed("z", "Concat", []string{"x", "y"}, IntAttr("axis", 2))
	})
	_, err := InferShapes(m)
	var where *NodeError
	if !errors.As(err, &where) {
		t.Fatalf("InferShapes = %v, want a NodeError", err)
	}
	if where.Graph != "test" || where.Node != "z" || where.Op != "Concat" || where.Index != 1 {
		t.Errorf("the error is located at %+v", where)
	}
	if _, err := InferShapes(&Model{}); !errors.Is(err, ErrFormat) {
		t.Errorf("InferShapes of an empty model = %v", err)
	}
}
