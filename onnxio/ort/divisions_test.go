package ort_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// TestDivisions divides whole numbers by what only the inputs tell. Zero, and the least of all
// numbers by -1, make an error that names the node, where a processor would end the program.
func TestDivisions(t *testing.T) {
	unsized := func(symbol string) onnxio.Shape { return onnxio.Shape{onnxio.Sym(symbol)} }
	whole := func(v ...int64) *exec.Tensor { return exec.NewTensor([]int64{int64(len(v))}, v) }
	halves := func(v ...int32) *exec.Tensor { return exec.NewTensor([]int64{int64(len(v))}, v) }
	for _, c := range []struct {
		op   string
		a, b *exec.Tensor
		want []int64
	}{
		{"Div", whole(7, -7, 0), whole(2, 2, 5), []int64{3, -3, 0}},
		{"Div", whole(7, -7, 0), whole(2), []int64{3, -3, 0}},
		{"Div", whole(7), whole(2, -7, -1), []int64{3, -1, -7}},
		{"Div", whole(), whole(), []int64{}},
		{"Div", whole(7, 7), whole(1, 0), nil},
		{"Div", whole(7, 7), whole(0), nil},
		{"Div", whole(math.MinInt64), whole(-1), nil},
		{"Div", whole(math.MinInt64, 8), whole(1, -1), []int64{math.MinInt64, -8}},
		{"Div", whole(8), whole(math.MinInt64), []int64{0}},
		{"Mod", whole(7, -7), whole(2, 4), []int64{1, 1}},
		{"Mod", whole(7), whole(0), nil},
		{"Mod", whole(math.MinInt64), whole(-1), nil},
		{"Div", halves(7, -7), halves(2, 2), []int64{3, -3}},
		{"Div", halves(7), halves(0), nil},
		{"Div", halves(math.MinInt32), halves(-1), nil},
	} {
		g := newGraph("division", value("a", c.a.Type(), unsized("A")), value("b", c.b.Type(), unsized("B")))
		g.OpNamed("q", c.op, []string{"a", "b"})
		g.Graph().Nodes[0].Name = "ratio"
		g.OpNamed("y", "Cast", []string{"q"}, onnxio.IntAttr("to", int64(onnxio.Int64)))
		s := openModel(t, g.model(value("y", onnxio.Int64, unsized("Y"))), exec.Options{})
		out, err := s.Run(tensors{"a": c.a, "b": c.b})
		if c.want == nil {
			of := new(exec.NodeError)
			if !errors.As(err, &of) || of.Node != "ratio" || !strings.Contains(err.Error(), "divided by zero") {
				t.Errorf("%s of %v and %v: %v", c.op, c.a, c.b, err)
			}
			continue
		}
		if err != nil || !slices.Equal(out["y"].Int64(), c.want) {
			t.Errorf("%s of %v and %v: %v, %v, want %v", c.op, c.a, c.b, out["y"], err, c.want)
		}
	}
}

// TestDivisionInBranch guards what a branch divides.
func TestDivisionInBranch(t *testing.T) {
	one := onnxio.Static(1)
	branch := func(op string) *onnxio.Graph {
		g := newGraph(op)
		g.OpNamed("z "+op, op, []string{"a", "b"})
		g.Graph().Outputs = []*onnxio.Value{value("z "+op, onnxio.Int64, one)}
		return g.Graph()
	}
	g := newGraph("branches", value("a", onnxio.Int64, one), value("b", onnxio.Int64, one), value("divide", onnxio.Bool, nil))
	g.OpNamed("y", "If", []string{"divide"}, onnxio.GraphAttr("then_branch", branch("Div")), onnxio.GraphAttr("else_branch", branch("Add")))
	s := openModel(t, g.model(value("y", onnxio.Int64, one)), exec.Options{})
	run := func(b int64, divide bool) (int64, error) {
		out, err := s.Run(tensors{"a": exec.NewTensor([]int64{1}, []int64{12}), "b": exec.NewTensor([]int64{1}, []int64{b}), "divide": exec.NewTensor(nil, []bool{divide})})
		if err != nil {
			return 0, err
		}
		return out["y"].Int64()[0], nil
	}
	for _, c := range []struct {
		b      int64
		divide bool
		want   int64
	}{{4, true, 3}, {4, false, 16}, {0, false, 12}} {
		if y, err := run(c.b, c.divide); err != nil || y != c.want {
			t.Errorf("%+v: %d, %v", c, y, err)
		}
	}
	if _, err := run(0, true); err == nil || !strings.Contains(err.Error(), "divided by zero") {
		t.Errorf("division by zero in a branch: %v", err)
	}
}

// TestDivisionInFunction guards what a function of the model divides, within a call in it.
func TestDivisionInFunction(t *testing.T) {
	one := onnxio.Static(1)
	g := newGraph("calls", value("a", onnxio.Int64, one), value("b", onnxio.Int64, one))
	g.Graph().Nodes = []*onnxio.Node{{Name: "outer", Domain: "mine", Op: "Outer", Inputs: []string{"a", "b"}, Outputs: []string{"y"}}}
	m := g.model(value("y", onnxio.Int64, one))
	m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "mine", Version: 1})
	m.Functions = []*onnxio.Function{
		{Domain: "mine", Name: "Outer", Inputs: []string{"p", "q"}, Outputs: []string{"r"}, Opsets: m.Opsets,
			Nodes: []*onnxio.Node{{Name: "inner", Domain: "mine", Op: "Inner", Inputs: []string{"q", "p"}, Outputs: []string{"r"}}}},
		{Domain: "mine", Name: "Inner", Inputs: []string{"q", "p"}, Outputs: []string{"r"}, Opsets: m.Opsets,
			Nodes: []*onnxio.Node{{Name: "ratio", Op: "Div", Inputs: []string{"p", "q"}, Outputs: []string{"r"}}}},
	}
	s := openModel(t, m, exec.Options{})
	run := func(b int64) (map[string]*exec.Tensor, error) {
		return s.Run(tensors{"a": exec.NewTensor([]int64{1}, []int64{12}), "b": exec.NewTensor([]int64{1}, []int64{b})})
	}
	if y, err := run(4); err != nil || y["y"].Int64()[0] != 3 {
		t.Errorf("12 / 4: %v, %v", y, err)
	}
	of := new(exec.NodeError)
	if _, err := run(0); !errors.As(err, &of) || of.Node != "ratio" || !strings.Contains(err.Error(), "divided by zero") {
		t.Errorf("12 / 0 in a function: %v", err)
	}
	if len(m.Functions) != 2 || m.Graph.Nodes[0].Op != "Outer" {
		t.Error("the model that was opened has changed")
	}
}
