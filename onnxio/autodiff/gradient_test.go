package autodiff

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A sketch is a small graph in the making; every input is float32.
type sketch struct {
	*onnxio.Builder
	p *problem
}

func newSketch() *sketch {
	redraw()
	g := &onnxio.Graph{Name: "sketch"}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	return &sketch{onnxio.NewBuilder(g), &problem{model: m, inputs: map[string]*exec.Tensor{}}}
}

// input declares an input with a value.
func (s *sketch) input(name string, x operand) string {
	g := s.Graph()
	v := &onnxio.Value{Name: s.Name(name), Type: onnxio.Float32, Shape: onnxio.Static(x.shape...)}
	s.p.inputs[name] = exec.NewTensor(x.shape, x.floats)
	if x.ints != nil {
		v.Type, s.p.inputs[name] = onnxio.Int64, exec.NewTensor(x.shape, x.ints)
	}
	g.Inputs = append(g.Inputs, v)
	return name
}

func (s *sketch) output(names ...string) {
	for _, name := range names {
		s.Graph().Outputs = append(s.Graph().Outputs, &onnxio.Value{Name: name})
	}
}

// check compares the gradients by wrt with central differences, for random
// cotangents of the outputs.
func (s *sketch) check(t *testing.T, wrt ...string) map[string][]float64 {
	t.Helper()
	return s.checkTo(t, tolerance, wrt...)
}

func (s *sketch) checkTo(t *testing.T, tolerance float64, wrt ...string) map[string][]float64 {
	t.Helper()
	var outputs []string
	for _, out := range s.Graph().Outputs {
		outputs = append(outputs, out.Name)
	}
	s.p.wrt = wrt
	s.p.seed(t, rand.New(rand.NewPCG(5, 6)), outputs...)
	got := s.p.gradients(t)
	compare(t, got, s.p.differences(t), tolerance)
	return got
}

// count is how many nodes the gradient by wrt appends, by operator.
func (s *sketch) count(t *testing.T) map[string]int {
	t.Helper()
	m, _, err := s.p.differentiated(t)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, node := range m.Graph.Nodes[len(s.p.model.Graph.Nodes):] {
		n[node.Op]++
	}
	return n
}

func list(names ...string) []string { return names }

// TestFanOut: a value that is used several times, also twice by one node.
func TestFanOut(t *testing.T) {
	s := newSketch()
	x, w := s.input("x", apart(2, 3)), s.input("w", apart(3, 2))
	h := s.Op("MatMul", list(x, w))
	square := s.Op("Mul", list(h, h))
	sum := s.Op("Add", list(square, s.Op("Tanh", list(h))))
	s.output(s.Op("Sub", list(sum, h)), h)
	s.check(t, x, w)
}

// TestSeveralSeeds: outputs of which one lies above the other.
func TestSeveralSeeds(t *testing.T) {
	s := newSketch()
	x := s.input("x", apart(2, 3))
	h := s.Op("Sigmoid", list(x))
	s.output(h, s.Op("Exp", list(h)), x)
	s.check(t, x)
}

// TestIndependent: the gradient by something that no seed depends on is zero.
func TestIndependent(t *testing.T) {
	s := newSketch()
	x, w := s.input("x", apart(2, 3)), s.input("w", apart(4))
	s.Op("Exp", list(w))
	step := s.Op("Round", list(w))
	s.output(s.Op("Exp", list(x)), step)
	got := s.check(t, x, w)
	if !slices.Equal(got[w], make([]float64, 4)) {
		t.Errorf("gradient by w is %v", got[w])
	}
}

// TestNothingForData: no gradient is computed for what it is not asked by.
func TestNothingForData(t *testing.T) {
	s := newSketch()
	x, w, b := s.input("x", apart(2, 4, 5, 5)), s.input("w", apart(4, 4, 3, 3)), s.input("b", apart(4))
	s.output(s.Op("Conv", list(x, w, b)))
	s.check(t, w, b)
	if n := s.count(t); n["Conv"] != 1 || n["Slice"] != 0 {
		t.Errorf("emitted %v: one Conv should do, without a flipped weight", n)
	}
	s.check(t, b)
	if n := s.count(t); n["Conv"] != 0 {
		t.Errorf("emitted %v: the bias needs no Conv", n)
	}
}

// TestIntermediate: wrt may name values inside the graph.
func TestIntermediate(t *testing.T) {
	s := newSketch()
	x, w := s.input("x", apart(2, 3)), s.input("w", apart(3, 3))
	h := s.Op("MatMul", list(x, w))
	s.output(s.Op("Tanh", list(s.Op("MatMul", list(h, w)))))
	s.p.wrt = list(h, w)
	s.p.seed(t, rand.New(rand.NewPCG(5, 6)), s.Graph().Outputs[0].Name)
	m, names, err := s.p.differentiated(t)
	if err != nil {
		t.Fatal(err)
	}
	s.p.inputs["d_"+s.Graph().Outputs[0].Name] = s.p.seeds[s.Graph().Outputs[0].Name]
	values, err := reference.Eval(m, s.p.inputs, reference.Float64, reference.Intermediates)
	if err != nil {
		t.Fatal(err)
	}
	// dh = (dy·(1−y²))·wᵀ and dw = hᵀ·(…) + xᵀ·dh.
	delete(s.p.inputs, "d_"+s.Graph().Outputs[0].Name)
	s.p.wrt = list(w)
	compare(t, map[string][]float64{w: values[names[w]].Float64()}, s.p.differences(t), tolerance)
	dx := newSketch()
	dx.input("h", operand{shape: values[h].Shape, floats: values[h].Float64()})
	dx.input("w", operand{shape: values[w].Shape, floats: values[w].Float64()})
	dx.output(dx.Op("Tanh", list(dx.Op("MatMul", list("h", "w")))))
	dx.p.wrt, dx.p.seeds = list("h"), map[string]*exec.Tensor{dx.Graph().Outputs[0].Name: s.p.seeds[s.Graph().Outputs[0].Name]}
	compare(t, map[string][]float64{"h": values[names[h]].Float64()}, dx.p.differences(t), tolerance)
}

// TestSeveralCalls: gradients of two objectives on one graph do not disturb
// each other.
func TestSeveralCalls(t *testing.T) {
	s := newSketch()
	x, w := s.input("x", apart(2, 3)), s.input("w", apart(3, 4))
	h := s.Op("Relu", list(s.Op("MatMul", list(x, w))))
	first, second := s.Op("Exp", list(h)), s.Op("Mul", list(h, h))
	s.output(first, second)
	types, err := onnxio.InferShapes(s.p.model)
	if err != nil {
		t.Fatal(err)
	}
	m := s.p.model.Clone()
	b := onnxio.NewBuilder(m.Graph)
	m.Graph.Outputs = nil
	ones := b.Initializer(onnxio.NewFloat32("ones", dims(2, 4), []float32{1, 1, 1, 1, 1, 1, 1, 1}))
	var names []string
	for _, out := range list(first, second) {
		gradients, err := Gradient(b, 17, types, map[string]string{out: ones}, list(w))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, gradients[w])
		m.Graph.Outputs = append(m.Graph.Outputs, &onnxio.Value{Name: gradients[w]})
	}
	if err := onnxio.Check(m); err != nil {
		t.Fatal(err)
	}
	values, err := reference.Eval(m, s.p.inputs, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	s.p.wrt = list(w)
	one := exec.NewTensor(dims(2, 4), []float64{1, 1, 1, 1, 1, 1, 1, 1})
	for i, out := range list(first, second) {
		s.p.seeds = map[string]*exec.Tensor{out: one}
		compare(t, map[string][]float64{w: values[names[i]].Float64()}, s.p.differences(t), tolerance)
	}
}

// TestPoolAfterRelu: the mask of a Relu moves behind the pooling only where
// nobody sees it.
func TestPoolAfterRelu(t *testing.T) {
	build := func() (s *sketch, relu string) {
		s = newSketch()
		relu = s.Op("Relu", list(s.input("x", apart(2, 2, 4, 4))))
		s.output(s.Op("MaxPool", list(relu), intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2)))
		return s, relu
	}
	s, _ := build()
	s.check(t, "x")
	if n := s.count(t); n["HardSigmoid"] != 1 {
		t.Errorf("emitted %v, want one mask", n)
	}
	s, relu := build()
	s.output(s.Op("Exp", list(relu)))
	s.check(t, "x")
	// By the output of Relu itself the derivative exists where that is 0 and
	// the only maximum; a mask would lose it.
	s = newSketch()
	h := s.input("h", numbers(dims(1, 1, 2, 2), 0, -1, -2, -3))
	s.output(s.Op("MaxPool", list(h), intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2)))
	s.p.seeds = map[string]*exec.Tensor{s.Graph().Outputs[0].Name: exec.NewTensor(dims(1, 1, 1, 1), []float64{1})}
	s.p.wrt = list(h)
	if got := s.p.gradients(t)[h]; !slices.Equal(got, []float64{1, 0, 0, 0}) {
		t.Errorf("gradient by h is %v", got)
	}
}

// TestTies: how elements that are equally large share, as the package
// documentation says.
func TestTies(t *testing.T) {
	two, stride := intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2)
	ties := numbers(dims(1, 1, 2, 2), 3, 1, 3, 3)
	third := 1. / 3
	for _, e := range []struct {
		op    string
		attrs []*onnxio.Attribute
		in    []operand
		want  []float64
	}{
		{"MaxPool", attrs(two, stride), []operand{ties}, []float64{third, 0, third, third}},
		{"MaxPool", attrs(two), []operand{ties}, []float64{1, 0, 0, 0}},
		{"GlobalMaxPool", nil, []operand{ties}, []float64{third, 0, third, third}},
		{"ReduceMax", attrs(intAttr("keepdims", 0)), []operand{ties}, []float64{third, 0, third, third}},
		{"Max", nil, []operand{numbers(dims(), 2), fixed(numbers(dims(), 2)), fixed(numbers(dims(), 2))}, []float64{third}},
		{"Relu", nil, []operand{numbers(dims(2), 0, 1.2e-38)}, []float64{0, 1}},
		{"Clip", nil, []operand{numbers(dims(3), -1, 1, 2), fixed(numbers(dims(), -1)), fixed(numbers(dims(), 1))}, []float64{1, 1, 0}},
		{"Abs", nil, []operand{numbers(dims(1), 0)}, []float64{0}},
		{"ReduceL2", attrs(intAttr("keepdims", 0)), []operand{numbers(dims(2), 0, 0)}, []float64{0, 0}},
	} {
		m, inputs, wrt := example{op: e.op, attrs: e.attrs, in: e.in}.model(onnxio.Float32)
		p := &problem{model: m, inputs: inputs, wrt: wrt}
		p.seed(t, rand.New(rand.NewPCG(0, 0)), "out0")
		for i := range p.seeds["out0"].Float64() {
			p.seeds["out0"].Float64()[i] = 1
		}
		compare(t, p.gradients(t), map[string][]float64{"in0": e.want}, tolerance)
	}
}

func TestErrors(t *testing.T) {
	build := func(op string, attrs ...*onnxio.Attribute) *sketch {
		s := newSketch()
		h := s.Op("Exp", list(s.input("x", apart(2, 3))))
		s.output(s.Op(op, list(h), attrs...))
		s.p.seeds = map[string]*exec.Tensor{s.Graph().Outputs[0].Name: exec.Zeros(onnxio.Float64, 2, 3)}
		s.p.wrt = list("x")
		return s
	}
	s := build("Hardmax")
	_, _, err := s.p.differentiated(t)
	var missing *NoRuleError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v, want a NoRuleError", err)
	}
	if missing.Op != "Hardmax" || missing.Node != "hardmax" || missing.Index != 1 || missing.Value != "exp" || missing.Opset != 17 {
		t.Errorf("got %+v", missing)
	}
	for _, part := range []string{"Hardmax", `"hardmax"`, `"exp"`, "freeze", "choose an output"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}

	// Nothing to be trained lies above the operator: no error.
	s = build("Hardmax")
	s.input("w", apart(2, 3))
	out := s.Op("Mul", list(s.Graph().Outputs[0].Name, "w"))
	s.Graph().Outputs = nil
	s.output(out)
	s.check(t, "w")

	t.Run("use", func(t *testing.T) {
		s := newSketch()
		x := s.input("x", apart(3, 3))
		s.output(s.Op("Einsum", list(x), stringA("equation", "ii->i")))
		s.p.wrt = list(x)
		s.p.seed(t, rand.New(rand.NewPCG(0, 0)), s.Graph().Outputs[0].Name)
		_, _, err := s.p.differentiated(t)
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), "is repeated") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("shape", func(t *testing.T) {
		s := build("Tanh")
		types := map[string]*onnxio.Value{}
		b := onnxio.NewBuilder(s.Graph())
		seed := b.Initializer(onnxio.NewFloat32("seed", dims(2, 3), make([]float32, 6)))
		_, err := Gradient(b, 17, types, map[string]string{s.Graph().Outputs[0].Name: seed}, list("x"))
		var node *onnxio.NodeError
		if !errors.Is(err, ErrShape) || !errors.As(err, &node) || node.Op != "Tanh" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("names", func(t *testing.T) {
		s := build("Tanh")
		s.input("i", indices(dims(1), 0))
		types, err := onnxio.InferShapes(s.p.model)
		if err != nil {
			t.Fatal(err)
		}
		b := onnxio.NewBuilder(s.Graph())
		for _, wrt := range list("nowhere", "i") {
			if _, err := Gradient(b, 17, types, nil, list(wrt)); !errors.Is(err, ErrName) {
				t.Errorf("by %q: got %v", wrt, err)
			}
		}
		if _, err := Gradient(b, 17, types, map[string]string{"x": "nowhere"}, list("x")); !errors.Is(err, ErrName) {
			t.Errorf("got %v", err)
		}
		for _, opset := range []int64{12, 99} {
			if _, err := Gradient(b, opset, types, nil, list("x")); !errors.Is(err, ErrOpset) {
				t.Errorf("opset %d: got %v", opset, err)
			}
		}
	})
}

// TestSubgraph: a value that a subgraph uses cannot be differentiated by, and
// says so rather than giving half of the gradient.
func TestSubgraph(t *testing.T) {
	branch := func(op string) *onnxio.Graph {
		return &onnxio.Graph{Name: op,
			Nodes:   []*onnxio.Node{{Op: op, Inputs: list("h"), Outputs: list("r")}},
			Outputs: []*onnxio.Value{{Name: "r", Type: onnxio.Float32, Shape: onnxio.Static(2)}}}
	}
	s := newSketch()
	s.input("x", apart(2))
	s.OpNamed("h", "Exp", list("x"))
	cond := s.Initializer(onnxio.NewBool("cond", dims(), []bool{true}))
	y := s.Op("If", list(cond), onnxio.GraphAttr("then_branch", branch("Exp")), onnxio.GraphAttr("else_branch", branch("Neg")))
	s.output(y)
	types := map[string]*onnxio.Value{}
	seed := s.Initializer(onnxio.NewFloat32("seed", dims(2), make([]float32, 2)))
	_, err := Gradient(s.Builder, 17, types, map[string]string{y: seed}, list("x"))
	var missing *NoRuleError
	if !errors.As(err, &missing) || missing.Op != "If" || missing.Value != "h" {
		t.Errorf("got %v", err)
	}
}

// TestStops: a gradient ends at random numbers that take only their shape from
// a value, and does not complain.
func TestStops(t *testing.T) {
	s := newSketch()
	x := s.input("x", apart(2, 3))
	y := s.Op("Add", list(x, s.Op("RandomNormalLike", list(s.Op("Exp", list(x))))))
	types, err := onnxio.InferShapes(s.p.model)
	if err != nil {
		t.Fatal(err)
	}
	seed := s.Initializer(onnxio.NewFloat32("seed", dims(2, 3), make([]float32, 6)))
	gradients, err := Gradient(s.Builder, 17, types, map[string]string{y: seed}, list(x))
	if err != nil || gradients[x] != seed {
		t.Errorf("got %v, %v, want the seed itself", gradients, err)
	}
}
