package lower_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/reference"
)

func node(op string, in, out string, attrs ...*onnxio.Attribute) *onnxio.Node {
	return &onnxio.Node{Name: op + "_" + out, Op: op, Inputs: strings.Split(in, " "), Outputs: strings.Fields(out), Attrs: attrs}
}

func floats(name string, shape ...int64) *onnxio.Value {
	return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(shape...)}
}

func named(names string) []*onnxio.Value {
	var values []*onnxio.Value
	for _, name := range strings.Fields(names) {
		values = append(values, &onnxio.Value{Name: name})
	}
	return values
}

// graphs with an input x, [3,2], and an output y.
func graph(nodes ...*onnxio.Node) *onnxio.Model {
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "g", Nodes: nodes, Inputs: []*onnxio.Value{floats("x", 3, 2)}, Outputs: named("y"),
	}}
}

// evaluate lowers a model and gives its output y for x = 1, 2, …, 6.
func evaluate(t *testing.T, m *onnxio.Model) (*onnxio.Model, *exec.Tensor) {
	t.Helper()
	low, kept, err := lower.Model(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) > 0 {
		t.Fatalf("kept %v", kept[0])
	}
	out, err := reference.Eval(low, map[string]*exec.Tensor{"x": exec.NewTensor([]int64{3, 2}, []float32{1, 2, 3, 4, 5, 6})})
	if err != nil {
		t.Fatal(err)
	}
	return low, out["y"]
}

func want(t *testing.T, got *exec.Tensor, shape []int64, v ...float32) {
	t.Helper()
	if !slices.Equal(got.Shape, shape) || !slices.Equal(got.Float32(), v) {
		t.Errorf("got %v%v, want %v%v", got.Shape, got.Float32(), shape, v)
	}
}

// ifRank asks for the rank of x, as PyTorch's exporter does, in a condition
// that follows from shapes alone.
func ifRank(rank int64) *onnxio.Model {
	then := &onnxio.Graph{Name: "then", Nodes: []*onnxio.Node{node("Neg", "x", "inner")}, Outputs: named("inner")}
	otherwise := &onnxio.Graph{Name: "else", Outputs: named("twice"), Nodes: []*onnxio.Node{node("Mul", "x w", "inner"), node("Add", "inner x", "twice")},
		Initializers: []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{1}, []float32{10})}}
	m := graph(
		node("Shape", "x", "shape"), node("Size", "shape", "rank"), node("Equal", "rank wanted", "cond"),
		node("If", "cond", "y", onnxio.GraphAttr("then_branch", then), onnxio.GraphAttr("else_branch", otherwise)),
	)
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewInt64("wanted", nil, []int64{rank})}
	return m
}

func TestIf(t *testing.T) {
	_, y := evaluate(t, ifRank(2))
	want(t, y, []int64{3, 2}, -1, -2, -3, -4, -5, -6)
	low, y := evaluate(t, ifRank(1))
	want(t, y, []int64{3, 2}, 11, 22, 33, 44, 55, 66)
	if len(low.Graph.Initializers) == 0 || !slices.ContainsFunc(low.Graph.Initializers, func(w *onnxio.Tensor) bool { return w.Name == "w" }) {
		t.Error("the weight of the branch is no initializer")
	}
}

// loopOf runs y = v, with v ← 2·v + i, from v = x, and collects v.
func loopOf(trips int64, extra ...*onnxio.Node) *onnxio.Model {
	body := &onnxio.Graph{Name: "body", Inputs: named("i on v"), Outputs: named("go w copy"), Nodes: append([]*onnxio.Node{
		node("Identity", "on", "go"), node("Cast", "i", "number", onnxio.IntAttr("to", 1)),
		node("Add", "v v", "two"), node("Add", "two number", "w"), node("ReduceSum", "w", "copy", onnxio.IntAttr("keepdims", 0)),
	}, extra...)}
	body.Inputs[0].Type, body.Inputs[1].Type, body.Inputs[2].Type = onnxio.Int64, onnxio.Bool, onnxio.Float32
	m := graph(node("Loop", "n true x", "y sums", onnxio.GraphAttr("body", body)))
	m.Graph.Outputs = named("y sums")
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewInt64("n", nil, []int64{trips}), onnxio.NewBool("true", nil, []bool{true})}
	return m
}

func TestLoop(t *testing.T) {
	low, y := evaluate(t, loopOf(3))
	// 2·(2·(2·x + 0) + 1) + 2 = 8x + 4
	want(t, y, []int64{3, 2}, 12, 20, 28, 36, 44, 52)
	out, err := reference.Eval(low, map[string]*exec.Tensor{"x": exec.NewTensor([]int64{3, 2}, []float32{1, 2, 3, 4, 5, 6})})
	if err != nil {
		t.Fatal(err)
	}
	want(t, out["sums"], []int64{3}, 42, 90, 192)
}

// TestScan: the running sum of rows, forwards and backwards.
func TestScan(t *testing.T) {
	body := func() *onnxio.Graph {
		g := &onnxio.Graph{Name: "body", Inputs: []*onnxio.Value{floats("s", 2), floats("row", 2)}, Outputs: named("next copy"),
			Nodes: []*onnxio.Node{node("Add", "s row", "next"), node("Identity", "next", "copy")}}
		return g
	}
	zero := onnxio.NewFloat32("zero", []int64{2}, []float32{0, 0})
	m := graph(node("Scan", "zero x", "last y", onnxio.GraphAttr("body", body()), onnxio.IntAttr("num_scan_inputs", 1)))
	m.Graph.Initializers = []*onnxio.Tensor{zero}
	_, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, 1, 2, 4, 6, 9, 12)
	m = graph(node("Scan", "zero x", "last y", onnxio.GraphAttr("body", body()), onnxio.IntAttr("num_scan_inputs", 1),
		onnxio.IntsAttr("scan_input_directions", 1), onnxio.IntsAttr("scan_output_directions", 1), onnxio.IntsAttr("scan_output_axes", 1)))
	m.Graph.Initializers = []*onnxio.Tensor{zero}
	_, y = evaluate(t, m)
	want(t, y, []int64{2, 3}, 9, 8, 5, 12, 10, 6)
}

// TestKept: what is not known before the graph runs stays, and says why.
func TestKept(t *testing.T) {
	unknown := ifRank(2)
	unknown.Graph.Inputs = append(unknown.Graph.Inputs, &onnxio.Value{Name: "c", Type: onnxio.Bool, Shape: onnxio.Static()})
	unknown.Graph.Nodes[3].Inputs[0] = "c"
	open := loopOf(3)
	open.Graph.Initializers = open.Graph.Initializers[1:]
	open.Graph.Inputs = append(open.Graph.Inputs, &onnxio.Value{Name: "n", Type: onnxio.Int64, Shape: onnxio.Static()})
	sampled := ifRank(2)
	sampled.Graph.Nodes = slices.Insert(sampled.Graph.Nodes, 3, node("ReduceMax", "x", "m", onnxio.IntAttr("keepdims", 0)), node("Cast", "m", "c", onnxio.IntAttr("to", int64(onnxio.Bool))))
	sampled.Graph.Nodes[5].Inputs[0] = "c"
	stopping := loopOf(3, node("ReduceSum", "w", "sum", onnxio.IntAttr("keepdims", 0)), node("Less", "sum limit", "stop"))
	stopping.Graph.Nodes[0].Attrs[0].Graph.Outputs[0].Name = "stop"
	stopping.Graph.Initializers = append(stopping.Graph.Initializers, onnxio.NewFloat32("limit", nil, []float32{100}))
	long := graph(&onnxio.Node{Op: "RNN", Inputs: []string{"seq", "w", "r"}, Outputs: []string{"", "y"}})
	long.Graph.Inputs = append(long.Graph.Inputs, &onnxio.Value{Name: "seq", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("T"), {Size: 1}, {Size: 2}}})
	long.Graph.Initializers = []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{1, 1, 2}, []float32{1, 2}), onnxio.NewFloat32("r", []int64{1, 1, 1}, []float32{1})}
	for _, c := range []struct {
		model *onnxio.Model
		op    string
		says  string
	}{
		{unknown, "If", `condition, "c", is not known before the graph runs unless "c" is settled`},
		{sampled, "If", `condition, "c", is not known before the graph runs`},
		{open, "Loop", `trip count, "n", is not known before the graph runs unless "n" is settled`},
		{stopping, "Loop", "decides when to stop"},
		{loopOf(lower.MaxSteps + 1), "Loop", "4097 steps"},
		{long, "RNN", "is not known but T"},
	} {
		nodes := len(c.model.Graph.Nodes)
		low, kept, err := lower.Model(c.model)
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if len(kept) != 1 || kept[0].Op != c.op || !strings.Contains(kept[0].Error(), c.says) {
			t.Errorf("got %v, want %s", kept, c.says)
		}
		if c.model == sampled && strings.Contains(kept[0].Error(), "settled") {
			t.Errorf("%v: samples are not settled", kept[0])
		}
		if !slices.ContainsFunc(low.Graph.Nodes, func(n *onnxio.Node) bool { return n.Op == c.op }) || len(c.model.Graph.Nodes) != nodes {
			t.Errorf("%s: the node is gone, or the model was changed", c.says)
		}
	}
}

// TestFunctions: a function that calls another one, with an attribute.
func TestFunctions(t *testing.T) {
	opsets := []onnxio.Opset{{Version: 17}, {Domain: "local", Version: 1}}
	leaky := node("LeakyRelu", "a", "b", &onnxio.Attribute{Name: "alpha", Type: onnxio.AttrFloat, Ref: "slope"})
	inner := node("Bend", "p", "q", &onnxio.Attribute{Name: "slope", Type: onnxio.AttrFloat, Float: 0.5})
	inner.Domain = "local"
	call := node("Twice", "x", "y same")
	call.Domain = "local"
	m := graph(node("Neg", "x", "q"), call)
	m.Graph.Nodes[1].Inputs[0] = "q" // the name of a value inside the function
	m.Opsets = opsets
	m.Functions = []*onnxio.Function{
		{Name: "Bend", Domain: "local", Opsets: opsets[:1], Inputs: []string{"a"}, Outputs: []string{"b"}, Attrs: []string{"slope"}, Nodes: []*onnxio.Node{leaky}},
		{Name: "Twice", Domain: "local", Opsets: opsets, Inputs: []string{"p"}, Outputs: []string{"r", "p"}, Nodes: []*onnxio.Node{inner, node("Add", "q q", "r")}},
	}
	m.Graph.Outputs = named("y same")
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, -1, -2, -3, -4, -5, -6)
	if len(low.Functions) > 0 {
		t.Error("functions are left")
	}
	m.Functions[0].Opsets = []onnxio.Opset{{Version: 9}}
	if _, _, err := lower.Model(m); err == nil || !strings.Contains(err.Error(), "operator set") {
		t.Errorf("got %v", err)
	}
}

// TestHalf: a half-precision model becomes float32, under the same names.
func TestHalf(t *testing.T) {
	halves := func(v ...uint16) []byte {
		var b []byte
		for _, x := range v {
			b = binary.LittleEndian.AppendUint16(b, x)
		}
		return b
	}
	m := graph(
		node("Cast", "x", "h", onnxio.IntAttr("to", int64(onnxio.Float16))),
		node("Mul", "h w", "p"),
		node("Constant", "", "c", onnxio.TensorAttr("value", &onnxio.Tensor{Type: onnxio.Float16, Shape: []int64{}, Data: halves(0xc000)})), // -2
		node("Add", "p c", "y"),
	)
	m.Graph.Nodes[2].Inputs = nil
	m.Graph.Outputs[0].Type = onnxio.Float16
	m.Graph.Initializers = []*onnxio.Tensor{{Name: "w", Type: onnxio.Float16, Shape: []int64{2}, Data: halves(0x3800, 0x4200)}} // 0.5, 3
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, -1.5, 4, -0.5, 10, 0.5, 16)
	if w := low.Graph.Initializer("w"); w == nil || w.Type != onnxio.Float32 {
		t.Errorf("the weight is %v", w)
	}
	if m.Graph.Initializers[0].Type != onnxio.Float16 {
		t.Error("the model was changed")
	}
}

// TestDouble: a model that takes float64 becomes float32; one that only computes
// in float64 does not.
func TestDouble(t *testing.T) {
	double := func(name string, v ...float64) *onnxio.Tensor {
		return onnxio.NewFloat64(name, []int64{int64(len(v))}, v)
	}
	for _, from := range []onnxio.DataType{onnxio.Float64, onnxio.Float32} {
		m := graph(node("Cast", "x", "d", onnxio.IntAttr("to", int64(onnxio.Float64))), node("Mul", "d w", "p"), node("Cast", "p", "y", onnxio.IntAttr("to", int64(from))))
		m.Graph.Inputs[0].Type = from
		m.Graph.Initializers = []*onnxio.Tensor{double("w", 0.5, 3)}
		low, y := evaluate(t, m)
		want(t, y, []int64{3, 2}, 0.5, 6, 1.5, 12, 2.5, 18)
		if w := low.Graph.Initializer("w"); (w.Type == onnxio.Float32) != (from == onnxio.Float64) {
			t.Errorf("from %v: the weight is %v", from, w.Type)
		}
	}
	// A matrix is a weight, whatever the model takes: an encoder takes numbers of tokens.
	m := graph(node("Cast", "x", "d", onnxio.IntAttr("to", int64(onnxio.Float64))), node("MatMul", "d w", "y"))
	m.Graph.Outputs[0].Type = onnxio.Float64
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewFloat64("w", []int64{2, 1}, []float64{0.5, 3})}
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 1}, 6.5, 13.5, 20.5)
	if w := low.Graph.Initializer("w"); w.Type != onnxio.Float32 {
		t.Errorf("the matrix is %v", w.Type)
	}
}

// TestWeightsInConstants: what a product or a bias takes from Constant nodes
// becomes an initializer; other constants stay, and arithmetic on them goes.
func TestWeightsInConstants(t *testing.T) {
	constant := func(out string, tensor *onnxio.Tensor) *onnxio.Node {
		return &onnxio.Node{Op: "Constant", Outputs: []string{out}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", tensor)}}
	}
	m := graph(
		constant("w", onnxio.NewFloat32("", []int64{2, 2}, []float32{1, 2, 3, 4})),
		constant("b", onnxio.NewFloat32("", []int64{2}, []float32{10, 20})),
		constant("factor", onnxio.NewFloat32("", []int64{2}, []float32{1, -1})),
		node("Transpose", "w", "wt"), node("MatMul", "x wt", "p"), node("Add", "p b", "q"),
		node("Neg", "factor", "minus"), node("Mul", "q minus", "y"),
	)
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, -15, 31, -21, 45, -27, 59)
	var names []string
	for _, w := range low.Graph.Initializers {
		names = append(names, w.Name)
	}
	if !slices.Equal(names, []string{"w", "b"}) {
		t.Errorf("initializers %q", names)
	}
	if slices.ContainsFunc(low.Graph.Nodes, func(n *onnxio.Node) bool { return n.Op == "Neg" }) {
		t.Error("arithmetic on constants is left")
	}
}

// TestUnchanged: a model in which there is nothing to do is copied.
func TestUnchanged(t *testing.T) {
	m := graph(node("MatMul", "x w", "p"), node("Relu", "p", "y"))
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{2, 1}, []float32{1, float32(math.Pi)})}
	low, kept, err := lower.Model(m)
	if err != nil || len(kept) > 0 {
		t.Fatal(kept, err)
	}
	before, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	after, err := low.Marshal()
	if err != nil || !slices.Equal(before, after) {
		t.Error("the model was changed", err)
	}
	if _, _, err := lower.Model(&onnxio.Model{}); err == nil {
		t.Error("a model without graph gives no error")
	}
}
