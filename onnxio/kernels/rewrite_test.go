package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// graph is a model under construction whose input is x.
type graph struct {
	*onnxio.Builder
	model *onnxio.Model
}

func newGraph(opset int64, x ...int64) *graph {
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: opset}, {Domain: kernels.Domain, Version: kernels.Version}}, Graph: &onnxio.Graph{Name: "g"}}
	m.Graph.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: append(onnxio.Shape{onnxio.Sym("N")}, onnxio.Static(x...)...)}}
	m.Graph.Outputs = []*onnxio.Value{{Name: "y"}}
	return &graph{onnxio.NewBuilder(m.Graph), m}
}

var rng = rand.New(rand.NewPCG(1, 2))

func random(shape ...int64) []float32 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func (g *graph) weight(shape ...int64) string {
	return g.Initializer(onnxio.NewFloat32("w", shape, random(shape...)))
}

func (g *graph) conv(x string, out, in, kernel int64, attrs ...*onnxio.Attribute) string {
	pad := (kernel - 1) / 2
	attrs = append(attrs, onnxio.IntsAttr("pads", pad, pad, pad, pad))
	return g.Op("Conv", []string{x, g.weight(out, in, kernel, kernel), g.weight(out)}, attrs...)
}

// attention ends the graph with softmax(q·k)·v, brought back to tokens.
func (g *graph) attention(q, k, v string) {
	w := g.Op("Softmax", []string{g.Op("MatMul", []string{q, k})}, onnxio.IntAttr("axis", -1))
	g.end(g.Op("Transpose", []string{g.Op("MatMul", []string{w, v})}, onnxio.IntsAttr("perm", 0, 2, 1, 3)))
}

// end makes a value the output.
func (g *graph) end(value string) { g.OpNamed("y", "Identity", []string{value}) }

// rewrite returns a copy with the passes of a form, checked, and the choices.
func (g *graph) rewrite(t *testing.T, f kernels.Form) (*onnxio.Model, []kernels.Choice) {
	t.Helper()
	m := g.model.Clone()
	types, err := onnxio.InferShapes(m)
	if err != nil {
		t.Fatal(err)
	}
	choices := kernels.Rewrite(onnxio.NewBuilder(m.Graph), types, kernels.Options{Form: f, Keep: []string{"y"}, Gradient: true, Opset: m.Opset("")})
	if err := onnxio.Check(m); err != nil {
		t.Fatalf("%v\n%s", err, describe(m))
	}
	return m, choices
}

// describe lists the operators of a model in order.
func describe(m *onnxio.Model) string {
	var ops []string
	for _, n := range m.Graph.Nodes {
		op := n.Op
		if n.Domain == kernels.Domain {
			op = "*" + op
			if n.IntOr("relu", 0) != 0 {
				op += "+Relu"
			}
			if n.IntOr("pool", 0) != 0 {
				op += "+Pool"
			}
		}
		ops = append(ops, op)
	}
	return strings.Join(ops, " ")
}

// same compares the output of two models on random data.
func (g *graph) same(t *testing.T, m *onnxio.Model) {
	t.Helper()
	shape := []int64{2}
	for _, d := range g.model.Graph.Inputs[0].Shape[1:] {
		shape = append(shape, d.Size)
	}
	x := map[string]*exec.Tensor{"x": exec.NewTensor(shape, random(shape...))}
	want, err := reference.Eval(g.model, x, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reference.Eval(m, x, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	a, b := got["y"], want["y"]
	if !slices.Equal(a.Shape, b.Shape) {
		t.Fatalf("the result has shape %v, want %v\n%s", a.Shape, b.Shape, describe(m))
	}
	for i, v := range b.Float64() {
		if math.Abs(a.Float64()[i]-v) > 1e-6*max(1, math.Abs(v)) {
			t.Fatalf("element %d is %g, want %g\n%s", i, a.Float64()[i], v, describe(m))
		}
	}
}

func everywhere() kernels.Form {
	f := kernels.Best(kernels.All())
	f.Everywhere = true
	return f
}

// TestRewrite: what becomes of graphs, and that they compute the same.
func TestRewrite(t *testing.T) {
	tests := []struct {
		name  string
		build func(g *graph)
		want  string
	}{
		{"one convolution between reshapes", func(g *graph) {
			g.end(g.conv(g.Op("Reshape", []string{"x", g.Int64s(-1, 4, 6, 8)}), 3, 4, 3))
		}, "Reshape Transpose *Conv Transpose Identity"},
		{"a residual block", func(g *graph) {
			y := g.conv(g.Op("Relu", []string{g.conv("x", 4, 4, 3)}), 4, 4, 3)
			g.end(g.Op("GlobalAveragePool", []string{g.Op("Relu", []string{g.Op("Add", []string{"x", y})})}))
		}, "Transpose *Conv+Relu *Conv+Relu ReduceMean Reshape Identity"},
		{"two that are added", func(g *graph) {
			g.end(g.Op("Add", []string{g.conv("x", 4, 4, 3), g.conv("x", 4, 4, 1)}))
		}, "Transpose *Conv *Conv Transpose Identity"},
		{"a convolution that two read", func(g *graph) {
			c := g.conv("x", 4, 4, 3)
			g.end(g.Op("Mul", []string{g.Op("Relu", []string{c}), g.Op("Tanh", []string{c})}))
		}, "Transpose *Conv Relu Tanh Mul Transpose Identity"},
		{"dense connections", func(g *graph) {
			g.end(g.conv(g.Op("Concat", []string{"x", g.conv("x", 2, 4, 3)}, onnxio.IntAttr("axis", 1)), 3, 6, 3))
		}, "Transpose *Conv Concat *Conv Transpose Identity"},
		{"channels cut and filled", func(g *graph) {
			a := g.Ops("Split", 2, []string{g.conv("x", 4, 4, 3), g.Int64s(1, 3)}, onnxio.IntAttr("axis", 1))
			b := g.Op("Slice", []string{a[1], g.Int64s(0, 1), g.Int64s(99, 3), g.Int64s(-2, 1), g.Int64s(2, 1)})
			g.end(g.conv(g.Op("Pad", []string{b, g.Int64s(0, 1, 0, 0, 0, 0, 1, 2)}), 3, 3, 3))
		}, "Transpose *Conv Split Slice Pad *Conv Transpose Identity"},
		{"scales by channel", func(g *graph) {
			a := g.Op("Mul", []string{g.conv("x", 4, 4, 3), g.weight(4, 1, 1)})
			b := g.Op("Sigmoid", []string{g.conv(g.Op("GlobalAveragePool", []string{a}), 4, 4, 1)})
			g.end(g.conv(g.Op("Mul", []string{g.Op("Add", []string{a, g.Float(2)}), b}), 2, 4, 3))
		}, "Transpose *Conv Reshape Mul ReduceMean *Conv Sigmoid Add Mul *Conv Transpose Identity"},
		{"groups, dilation, automatic pads, pooling", func(g *graph) {
			c := g.Op("Conv", []string{"x", g.weight(4, 2, 3, 2)}, onnxio.IntAttr("group", 2), onnxio.IntsAttr("dilations", 1, 2), onnxio.StringAttr("auto_pad", "SAME_LOWER"))
			p := g.Op("MaxPool", []string{g.Op("Relu", []string{c})}, onnxio.IntsAttr("kernel_shape", 3, 3), onnxio.IntsAttr("strides", 2, 2), onnxio.IntAttr("ceil_mode", 1))
			g.end(p)
		}, "Transpose *Conv+Relu *MaxPool+Relu Transpose Identity"},
		{"channels wanted last", func(g *graph) {
			g.end(g.Op("Transpose", []string{g.conv("x", 3, 4, 3)}, onnxio.IntsAttr("perm", 0, 2, 3, 1)))
		}, "Transpose *Conv Identity Identity"},
		{"means over positions", func(g *graph) {
			g.end(g.Op("ReduceMean", []string{g.conv("x", 3, 4, 3)}, onnxio.IntsAttr("axes", -1, 2), onnxio.IntAttr("keepdims", 0)))
		}, "Transpose *Conv ReduceMean Identity"},
		{"stored statistics", func(g *graph) {
			variance := g.Op("Abs", []string{g.weight(3)})
			n := g.Op("BatchNormalization", []string{g.conv("x", 3, 4, 3), g.weight(3), g.weight(3), g.weight(3), variance})
			g.end(g.Op("Relu", []string{n}))
		}, "Abs Add Sqrt Div Reshape Mul Sub Mul Add Transpose *Conv+Relu Transpose Identity"},
		{"attention of joint heads", func(g *graph) {
			x := g.Op("Transpose", []string{g.Op("Reshape", []string{"x", g.Int64s(-1, 4, 6, 8)})}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
			h := g.Ops("Split", 3, []string{x, g.Int64s(2, 2, 2)}, onnxio.IntAttr("axis", 1))
			g.attention(g.Op("Mul", []string{h[0], g.Float(0.5)}), g.Op("Transpose", []string{h[1]}, onnxio.IntsAttr("perm", 0, 1, 3, 2)), h[2])
		}, "Reshape Transpose Split Mul Transpose MatMul Softmax MatMul *Attention Identity"},
		{"attention of three projections", func(g *graph) {
			heads := func(perm ...int64) string {
				y := g.Op("Reshape", []string{g.Op("MatMul", []string{"x", g.weight(8, 8)}), g.Int64s(-1, 6, 2, 16)})
				return g.Op("Transpose", []string{y}, onnxio.IntsAttr("perm", perm...))
			}
			g.attention(heads(0, 2, 1, 3), g.Op("Div", []string{heads(0, 2, 3, 1), g.Float(4)}), heads(0, 2, 1, 3))
		}, "MatMul Reshape Transpose MatMul Reshape Transpose Div MatMul Reshape Transpose MatMul Softmax MatMul *Attention Identity"},
		{"scores that others read", func(g *graph) {
			x := g.Op("Transpose", []string{g.Op("Reshape", []string{"x", g.Int64s(-1, 4, 6, 8)})}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
			w := g.Op("Softmax", []string{g.Op("MatMul", []string{x, g.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", 0, 1, 3, 2))})}, onnxio.IntAttr("axis", 3))
			y := g.Op("Transpose", []string{g.Op("MatMul", []string{w, x})}, onnxio.IntsAttr("perm", 0, 2, 1, 3))
			g.end(g.Op("Add", []string{y, g.Op("ReduceSum", []string{w})}))
		}, "Reshape Transpose Transpose MatMul Softmax MatMul Transpose ReduceSum Add Identity"},
		{"GELU as exporters write it", func(g *graph) {
			c := g.conv("x", 3, 4, 3)
			e := g.Op("Add", []string{g.Op("Erf", []string{g.Op("Div", []string{c, g.Float(math.Sqrt2)})}), g.Float(1)})
			g.end(g.Op("Mul", []string{g.Op("Mul", []string{c, e}), g.Float(0.5)}))
		}, "Transpose *Conv Div Erf Add Mul Transpose *Gelu Identity"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGraph(17, 4, 6, 8)
			test.build(g)
			m, _ := g.rewrite(t, everywhere())
			if got := describe(m); got != test.want {
				t.Errorf("it becomes\n%s, want\n%s", got, test.want)
			}
			g.same(t, m)
		})
	}
}

// TestPooledConvolutions: where no gradient is taken, convolutions do the pooling that
// follows them, if it is one that they have.
func TestPooledConvolutions(t *testing.T) {
	halves := []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", 2, 2), onnxio.IntsAttr("strides", 2, 2)}
	for _, test := range []struct {
		name  string
		build func(g *graph)
		want  string
	}{
		{"Relu before and after", func(g *graph) {
			p := g.Op("MaxPool", []string{g.Op("Relu", []string{g.conv("x", 3, 4, 3)})}, halves...)
			g.end(g.Op("Relu", []string{g.Op("MaxPool", []string{g.conv(p, 16, 3, 3)}, halves...)}))
		}, "Transpose *Conv+Relu+Pool *Conv+Relu+Pool Transpose Identity"},
		{"a convolution that two read", func(g *graph) {
			c := g.conv("x", 3, 4, 3)
			g.end(g.Op("Concat", []string{g.Op("GlobalMaxPool", []string{c}), g.Op("GlobalAveragePool", []string{g.Op("MaxPool", []string{c}, halves...)})}, onnxio.IntAttr("axis", 1)))
		}, "Transpose *Conv ReduceMax *MaxPool ReduceMean Concat Reshape Identity"},
		{"a sum", func(g *graph) {
			a := g.Op("Add", []string{g.conv("x", 4, 4, 3), "x"})
			g.end(g.Op("MaxPool", []string{a}, halves...))
		}, "Transpose *Conv *MaxPool Transpose Identity"},
		{"windows that overlap", func(g *graph) {
			g.end(g.Op("MaxPool", []string{g.conv("x", 3, 4, 3)}, onnxio.IntsAttr("kernel_shape", 2, 2)))
		}, "Transpose *Conv *MaxPool Transpose Identity"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGraph(17, 4, 7, 8)
			test.build(g)
			form := everywhere()
			m, _ := kernels.Faster(g.model, form)
			if err := onnxio.Check(m); err != nil {
				t.Fatal(err)
			}
			if got := describe(m); got != test.want {
				t.Errorf("it becomes\n%s, want\n%s", got, test.want)
			}
			g.same(t, m)
		})
	}
}

// TestCosts: a convolution becomes a kernel where it saves more than the
// transpositions cost, and the choice says why.
func TestCosts(t *testing.T) {
	for _, test := range []struct {
		channels, kernel int64
		want             bool
	}{{64, 3, true}, {4, 1, false}} {
		g := newGraph(17, test.channels, 16, 16)
		// What is before and after wants channels in the second dimension.
		a := g.Op("InstanceNormalization", []string{"x", g.weight(test.channels), g.weight(test.channels)})
		b := g.conv(a, test.channels, test.channels, test.kernel)
		g.end(g.Op("InstanceNormalization", []string{b, g.weight(test.channels), g.weight(test.channels)}))
		m, choices := g.rewrite(t, kernels.Best(kernels.All()))
		if len(choices) != 1 || choices[0].Op != "Conv" || choices[0].Kernel != test.want || !strings.Contains(choices[0].Why, "µs a sample") {
			t.Errorf("%+v: choices %+v", test, choices)
		}
		if got := strings.Contains(describe(m), "*Conv"); got != test.want {
			t.Errorf("%+v: %s", test, describe(m))
		}
	}
}

// TestMissingKernels: without those of its gradient, a convolution that trains
// stays what it is.
func TestMissingKernels(t *testing.T) {
	g := newGraph(17, 64, 16, 16)
	g.end(g.conv("x", 64, 64, 3))
	m, choices := g.rewrite(t, kernels.Best(kernels.Of(kernels.Conv, kernels.ConvGradInput)))
	if got := describe(m); got != "Conv Identity" {
		t.Errorf("it becomes %s", got)
	}
	if len(choices) != 1 || choices[0].Kernel || !strings.Contains(choices[0].Why, "layout is off, or its kernels are not there") {
		t.Errorf("choices %+v", choices)
	}
}

func TestParsePasses(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", fmt.Sprint(kernels.Passes())},
		{"all", fmt.Sprint(kernels.Passes())},
		{"none", "[]"},
		{"norm, fold", "[norm fold]"},
		{"-fold,-layout,-winograd,-norm,-pool,-fuse,-mask,-matrix,-rows,-attention,-gelu,-steps", "[update]"},
	} {
		got, err := kernels.ParsePasses(test.text)
		if err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("%q gives %v, %v, want %s", test.text, got, err, test.want)
		}
	}
}
