package reference_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// value declares a float32 value.
func value(name string, shape ...int64) *onnxio.Value {
	return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(shape...)}
}

// single is a model of one node with inputs a, b, … and output y.
func single(opset int64, node *onnxio.Node, inputs ...*onnxio.Value) *onnxio.Model {
	for _, in := range inputs {
		node.Inputs = append(node.Inputs, in.Name)
	}
	node.Outputs = []string{"y"}
	return &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: opset}, {Domain: "com.microsoft", Version: 1}},
		Graph: &onnxio.Graph{
			Name: "g", Nodes: []*onnxio.Node{node}, Inputs: inputs,
			Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
		},
	}
}

func double(shape []int64, v ...float64) *exec.Tensor { return exec.NewTensor(shape, v) }

// TestKnownAnswers covers operators that the conformance cases do not have.
func TestKnownAnswers(t *testing.T) {
	x := []int64{1, 2, 2}
	v := []float64{1, -2, 3, 5}
	for _, c := range []struct {
		node   *onnxio.Node
		opset  int64
		inputs []*exec.Tensor
		want   []float64
	}{
		// Φ(1) = 0.8413447460685429, Φ(2) = 0.9772498680518208.
		{&onnxio.Node{Op: "Gelu"}, 20, []*exec.Tensor{double([]int64{2}, 1, -2)}, []float64{0.8413447460685429, -2 * (1 - 0.9772498680518208)}},
		{&onnxio.Node{Op: "Gelu", Domain: "com.microsoft"}, 17, []*exec.Tensor{double([]int64{1}, 1)}, []float64{0.8413447460685429}},
		{&onnxio.Node{Op: "Gelu", Attrs: []*onnxio.Attribute{onnxio.StringAttr("approximate", "tanh")}}, 20,
			[]*exec.Tensor{double([]int64{1}, 1)}, []float64{0.8411919906082768}},
		{&onnxio.Node{Op: "QuickGelu", Domain: "com.microsoft", Attrs: []*onnxio.Attribute{onnxio.FloatAttr("alpha", 1)}}, 17,
			[]*exec.Tensor{double([]int64{1}, 2)}, []float64{2 / (1 + math.Exp(-2))}},
		{&onnxio.Node{Op: "Mish"}, 18, []*exec.Tensor{double([]int64{1}, 1)}, []float64{math.Tanh(math.Log(1 + math.E))}},
		// One group of both channels: mean 1.75, variance 6.6875.
		{&onnxio.Node{Op: "GroupNormalization", Attrs: []*onnxio.Attribute{onnxio.IntAttr("num_groups", 1), onnxio.FloatAttr("epsilon", 0)}}, 21,
			[]*exec.Tensor{double(x, v...), double([]int64{2}, 1, 2), double([]int64{2}, 0, 1)},
			[]float64{-0.75 / math.Sqrt(6.6875), -3.75 / math.Sqrt(6.6875), 1 + 2*1.25/math.Sqrt(6.6875), 1 + 2*3.25/math.Sqrt(6.6875)}},
		{&onnxio.Node{Op: "RMSNormalization", Attrs: []*onnxio.Attribute{onnxio.FloatAttr("epsilon", 0)}}, 23,
			[]*exec.Tensor{double(x, v...), double([]int64{2}, 1, 10)},
			[]float64{1 / math.Sqrt(2.5), -20 / math.Sqrt(2.5), 3 / math.Sqrt(17), 50 / math.Sqrt(17)}},
		// Since version 18 reductions take their axes as an input.
		{&onnxio.Node{Op: "ReduceMean", Attrs: []*onnxio.Attribute{onnxio.IntAttr("keepdims", 0)}}, 18,
			[]*exec.Tensor{double(x, v...), exec.NewTensor([]int64{1}, []int64{-1})}, []float64{-0.5, 4}},
		{&onnxio.Node{Op: "Pad", Attrs: []*onnxio.Attribute{onnxio.StringAttr("mode", "wrap")}}, 19,
			[]*exec.Tensor{double([]int64{3}, 1, 2, 3), exec.NewTensor([]int64{2}, []int64{2, 1})}, []float64{2, 3, 1, 2, 3, 1}},
		{&onnxio.Node{Op: "ScatterElements", Attrs: []*onnxio.Attribute{onnxio.StringAttr("reduction", "max")}}, 18,
			[]*exec.Tensor{double([]int64{3}, 1, 2, 3), exec.NewTensor([]int64{2}, []int64{0, -1}), double([]int64{2}, 5, 1)}, []float64{5, 2, 3}},
		// The last window of ceil_mode hangs over; it counts what is there.
		{&onnxio.Node{Op: "AveragePool", Attrs: []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", 2), onnxio.IntsAttr("strides", 2),
			onnxio.IntAttr("ceil_mode", 1), onnxio.IntAttr("count_include_pad", 1)}}, 17,
			[]*exec.Tensor{double([]int64{1, 1, 3}, 1, 2, 6)}, []float64{1.5, 6}},
		// No window may start in the end padding.
		{&onnxio.Node{Op: "MaxPool", Attrs: []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", 1), onnxio.IntsAttr("strides", 2),
			onnxio.IntsAttr("pads", 0, 0), onnxio.IntAttr("ceil_mode", 1)}}, 17,
			[]*exec.Tensor{double([]int64{1, 1, 4}, 1, 2, 6, 3)}, []float64{1, 6}},
		{&onnxio.Node{Op: "Einsum", Attrs: []*onnxio.Attribute{onnxio.StringAttr("equation", "ii->i")}}, 17,
			[]*exec.Tensor{double([]int64{2, 2}, 1, 2, 3, 4)}, []float64{1, 4}},
		{&onnxio.Node{Op: "CumSum"}, 17, []*exec.Tensor{double([]int64{0}), exec.Scalar(int64(0))}, nil},
	} {
		var inputs []*onnxio.Value
		given := map[string]*exec.Tensor{}
		for i, x := range c.inputs {
			name := string(rune('a' + i))
			dt := onnxio.Float32
			if x.Type() != onnxio.Float64 {
				dt = x.Type()
			}
			inputs = append(inputs, &onnxio.Value{Name: name, Type: dt})
			given[name] = x
		}
		got, err := reference.Eval(single(c.opset, c.node, inputs...), given, reference.Float64)
		if err != nil {
			t.Errorf("%s: %v", c.node.Op, err)
			continue
		}
		y := got["y"].Float64()
		if len(y) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.node.Op, y, c.want)
			continue
		}
		for i := range y {
			if math.Abs(y[i]-c.want[i]) > 1e-7 {
				t.Errorf("%s: got %v, want %v", c.node.Op, y, c.want)
				break
			}
		}
	}
}

// TestPrecision: the declared type rounds outputs, once; Float64 does not.
func TestPrecision(t *testing.T) {
	m := single(17, &onnxio.Node{Op: "Add"}, value("a", 1), value("b", 1))
	inputs := map[string]*exec.Tensor{"a": double([]int64{1}, 1), "b": double([]int64{1}, 1e-12)}
	rounded, err := reference.Eval(m, inputs)
	if err != nil {
		t.Fatal(err)
	}
	if got := rounded["y"].Float32(); !slices.Equal(got, []float32{1}) {
		t.Errorf("got %v", got)
	}
	exact, err := reference.Eval(m, inputs, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	if got := exact["y"].Float64(); !slices.Equal(got, []float64{1 + 1e-12}) {
		t.Errorf("got %v", got)
	}
	all, err := reference.Eval(m, inputs, reference.Float64, reference.Intermediates)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all["b"].Float64()[0] != 1e-12 {
		t.Errorf("got %v", all)
	}
}

func TestEvalErrors(t *testing.T) {
	a, b := value("a", 2), value("b", 3)
	two, three := double([]int64{2}, 1, 2), double([]int64{3}, 1, 2, 3)
	both := map[string]*exec.Tensor{"a": two, "b": three}
	for _, c := range []struct {
		about  string
		model  *onnxio.Model
		inputs map[string]*exec.Tensor
		is     error
		says   string
	}{
		{"unknown operator", single(17, &onnxio.Node{Name: "n", Op: "TfIdfVectorizer"}, a), both, reference.ErrUnsupported, "TfIdfVectorizer"},
		{"operator of the future", single(17, &onnxio.Node{Op: "Gelu"}, a), both, reference.ErrUnsupported, "version 17"},
		{"opset of the future", single(1000, &onnxio.Node{Op: "Relu"}, a), both, reference.ErrUnsupported, "version 1000"},
		{"operands", single(17, &onnxio.Node{Op: "Add"}, a, b), both, reference.ErrOperand, "broadcast"},
		{"missing operand", single(17, &onnxio.Node{Op: "Add"}, a), map[string]*exec.Tensor{"a": two}, reference.ErrOperand, "input 1"},
		{"missing input", single(17, &onnxio.Node{Op: "Add"}, a, b), map[string]*exec.Tensor{"a": two}, exec.ErrName, `"b"`},
		{"unknown input", single(17, &onnxio.Node{Op: "Neg"}, a), both, exec.ErrName, `"b"`},
		{"shape", single(17, &onnxio.Node{Op: "Neg"}, a), map[string]*exec.Tensor{"a": three}, exec.ErrTensor, "[2]"},
		{"type", single(17, &onnxio.Node{Op: "Neg"}, a), map[string]*exec.Tensor{"a": exec.NewTensor([]int64{2}, []int64{1, 2})}, exec.ErrTensor, "int64"},
		{"not a tensor", single(17, &onnxio.Node{Op: "Neg"}, a), map[string]*exec.Tensor{"a": {Shape: []int64{2}}}, exec.ErrTensor, `"a"`},
		{"huge", single(17, &onnxio.Node{Op: "Expand"}, a, &onnxio.Value{Name: "b", Type: onnxio.Int64}),
			map[string]*exec.Tensor{"a": two, "b": exec.NewTensor([]int64{3}, []int64{1 << 40, 1 << 40, 2})}, reference.ErrOperand, "shape"},
		{"axis", single(17, &onnxio.Node{Op: "Concat", Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1)}}, a), map[string]*exec.Tensor{"a": two}, reference.ErrOperand, "axis 1"},
		{"random numbers", single(17, &onnxio.Node{Op: "Dropout"}, a, &onnxio.Value{Name: "r", Type: onnxio.Float32}, &onnxio.Value{Name: "t", Type: onnxio.Bool}),
			map[string]*exec.Tensor{"a": two, "r": exec.Scalar(float32(0.5)), "t": exec.Scalar(true)}, reference.ErrUnsupported, "random"},
		{"no graph", &onnxio.Model{}, nil, reference.ErrOperand, "graph"},
	} {
		if len(c.inputs) == 2 && c.model.Graph != nil && len(c.model.Graph.Inputs) == 1 && c.about != "unknown input" {
			c.inputs = map[string]*exec.Tensor{"a": two}
		}
		_, err := reference.Eval(c.model, c.inputs)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v", c.about, err)
		}
	}
	// Errors of a node say where it is.
	_, err := reference.Eval(single(17, &onnxio.Node{Name: "sum", Op: "Add"}, a, b), both)
	var node *onnxio.NodeError
	if !errors.As(err, &node) || node.Node != "sum" || node.Op != "Add" || node.Index != 0 || node.Graph != "g" {
		t.Errorf("got %#v", err)
	}
}

func TestSession(t *testing.T) {
	m := single(17, &onnxio.Node{Op: "Mul"}, value("a", 2), value("b", 2))
	s, err := reference.Backend().Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Nodes[0].Op = "Add" // the model is not retained
	a, b, y := exec.NewTensor([]int64{2}, []float32{2, 3}), exec.NewTensor([]int64{2}, []float32{5, 7}), exec.Zeros(onnxio.Float32, 2)
	inputs := map[string]*exec.Tensor{"a": a, "b": b}
	got, err := s.Run(inputs)
	if err != nil || !slices.Equal(got["y"].Float32(), []float32{10, 21}) {
		t.Fatalf("got %v, %v", got, err)
	}
	binding, err := s.Bind(inputs, map[string]*exec.Tensor{"y": y})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := binding.Run(); err != nil {
			t.Fatal(err)
		}
		want := []float32{a.Float32()[0] * 5, 21}
		if !slices.Equal(y.Float32(), want) {
			t.Errorf("got %v, want %v", y.Float32(), want)
		}
		a.Float32()[0] = 11
	}
	for name, bad := range map[string]map[string]*exec.Tensor{
		"no such output":  {"z": y},
		"input as output": {"y": a},
		"no elements":     {"y": {Shape: []int64{2}}},
	} {
		if _, err := s.Bind(inputs, bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	wrong, err := s.Bind(inputs, map[string]*exec.Tensor{"y": exec.Zeros(onnxio.Float32, 3)})
	if err == nil {
		err = wrong.Run()
	}
	if !errors.Is(err, exec.ErrTensor) {
		t.Errorf("got %v", err)
	}
	if err := binding.Close(); err != nil {
		t.Error(err)
	}
	if err := binding.Run(); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Run(inputs); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Bind(inputs, nil); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
