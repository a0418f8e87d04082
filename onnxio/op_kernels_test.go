package onnxio

import (
	"strings"
	"testing"
)

// TestKernelShapes: what operators of the kernel library give, and what they
// refuse.
func TestKernelShapes(t *testing.T) {
	window := func(n int64) []*Attribute {
		pads := make([]int64, 2*n)
		ones := make([]int64, n)
		for i := range ones {
			ones[i] = 1
			pads[i], pads[int(n)+i] = 1, 1
		}
		return []*Attribute{IntsAttr("strides", ones...), IntsAttr("dilations", ones...), IntsAttr("pads", pads...)}
	}
	conv := func(n, group int64, more ...*Attribute) []*Attribute {
		return append(append(window(n), IntAttr("group", group)), more...)
	}
	relu := IntAttr("relu", 1)
	dense := func(rows ...int64) []*Attribute {
		attrs := []*Attribute{IntsAttr("rows", rows...), IntAttr("features", 4), IntAttr("rule", 0), FloatAttr("clip", 0)}
		for _, name := range []string{"units", "relu", "turned", "biased", "outputs", "losses", "masked"} {
			attrs = append(attrs, IntsAttr(name, 1))
		}
		return attrs
	}
	sgd := []*Attribute{IntAttr("count", 2), FloatAttr("momentum", 0.9), FloatAttr("decay", 0), IntAttr("nesterov", 0)}
	tests := []struct {
		op      string
		inputs  []Shape
		attrs   []*Attribute
		outputs string // shapes, or the error
	}{
		{"Conv", []Shape{{Sym("N"), {Size: 7}, {Size: 5}, {Size: 4}}, Static(8, 2, 3, 3), Static(8), nil}, conv(2, 2, relu), "[N,7,5,8]"},
		{"Conv", []Shape{Static(2, 9, 4), Static(8, 4, 5)}, conv(1, 1, relu), "[2,7,8]"},
		{"Conv", []Shape{Static(2, 9, 4), Static(8, 4, 5), Static(7)}, conv(1, 1, relu), "error: bias has shape [7]"},
		{"Conv", []Shape{Static(2, 9, 3), Static(8, 4, 5)}, conv(1, 1, relu), "error: input has 3 channels"},
		{"Conv", []Shape{Static(2, 9, 4), Static(8, 4, 5), nil, Static(2, 9, 8)}, conv(1, 1, relu), "error: add has shape [2,9,8]"},
		{"Conv", []Shape{Static(2, 9, 4), Static(8, 4, 5)}, conv(1, 1), "error: attribute relu is missing"},
		{"ConvGradInput", []Shape{Static(2, 7, 5, 8), Static(8, 2, 3, 3)}, conv(2, 2, IntAttr("height", 14), IntAttr("width", 10)), "[2,14,10,4]"},
		{"ConvGradInput", []Shape{Static(2, 7, 8), Static(8, 4, 5)}, conv(1, 1, IntAttr("width", 9)), "[2,9,4]"},
		{"ConvGradWeight", []Shape{Static(2, 7, 5, 4), Static(2, 7, 5, 8)}, conv(2, 2, IntsAttr("kernel", 3, 3)), "[8,2,3,3] [8]"},
		{"ConvGradWeight", []Shape{Static(2, 7, 5, 4), Static(2, 7, 5, 8)}, conv(2, 2, IntsAttr("kernel", 3)), "error: kernel [3]"},
		{"BatchNorm", []Shape{Static(2, 7, 4), Static(4), Static(4), Static(2, 7, 4)}, []*Attribute{FloatAttr("epsilon", 1e-5), relu}, "[2,7,4] [4] [4] [4]"},
		{"BatchNorm", []Shape{Static(2, 7, 4), Static(7), Static(4)}, []*Attribute{FloatAttr("epsilon", 1e-5), relu}, "error: scale has shape [7]"},
		{"BatchNormGrad", []Shape{Static(2, 7, 4), Static(2, 7, 4), Static(2, 7, 4), Static(4), Static(4), Static(4)}, []*Attribute{relu}, "[2,7,4] [4] [4] [2,7,4]"},
		{"BatchNormGrad", []Shape{Static(2, 7, 4), Static(2, 7, 3), nil, Static(4), Static(4), Static(4)}, []*Attribute{relu}, "error: input 1 has shape [2,7,3]"},
		{"MaxPool", []Shape{Static(2, 8, 6, 4)}, append(window(2), IntsAttr("kernel", 3, 3), IntAttr("ties", 0)), "[2,8,6,4] uint8[2,8,6,4]"},
		{"MaxPool", []Shape{Static(8, 4)}, append(window(2), IntsAttr("kernel", 3, 3), IntAttr("ties", 0)), "error: input 0 has shape [8,4]"},
		{"MaxPoolGrad", []Shape{Static(2, 4, 3, 4), Static(2, 4, 3, 4)}, append(window(2), IntsAttr("kernel", 3, 3), IntAttr("ties", 0), IntAttr("height", 8), IntAttr("width", 6)), "[2,8,6,4]"},
		{"ReluGrad", []Shape{Static(2, 3), Static(2, 3)}, nil, "[2,3]"},
		{"SGD", []Shape{{}, Static(1), Static(3), Static(2, 2), Static(3), Static(2, 2), Static(3), Static(2, 2)}, sgd, "[1] [3] [2,2] [3] [2,2]"},
		{"SGD", []Shape{{}, Static(1), Static(3), Static(2, 2), Static(3), Static(2, 3), Static(3), Static(2, 2)}, sgd, "error: input 5 has shape [2,3], but its parameter has [2,2]"},
		{"SGD", []Shape{{}, Static(1), Static(3), Static(2, 2), Static(3)}, sgd, "error: 5 inputs"},
		{"DenseSteps", []Shape{{Sym("k")}, {Sym("k")}, {}, {}, {}, {}, {}, Static(3, 4), Static(4)}, dense(3, 5), "[k,2] [k,8] [k,1] [3,4] [4]"},
		{"DenseSteps", []Shape{{Sym("k")}, {Sym("k")}, {}, {}, {}, {}, {}, Static(3, 4)}, dense(3, -5), "error: rows [3 -5]"},
		{"SumSquares", []Shape{Static(3), Static(2)}, nil, "[1]"},
		{"Pool", []Shape{Static(3)}, nil, "error: unknown operator of sharewise.kernels"},
	}
	for _, test := range tests {
		n := &Node{Op: test.op, Domain: KernelDomain, Attrs: test.attrs}
		g := &Graph{Name: "g", Nodes: []*Node{n}}
		for i, s := range test.inputs {
			if s == nil {
				n.Inputs = append(n.Inputs, "")
				continue
			}
			name := string(rune('a' + i))
			n.Inputs = append(n.Inputs, name)
			v := &Value{Name: name, Type: Float32, Shape: s}
			if test.op == "MaxPoolGrad" && i == 1 {
				v.Type = Uint8
			}
			g.Inputs = append(g.Inputs, v)
		}
		want, refuse := strings.CutPrefix(test.outputs, "error: ")
		for i := range strings.Fields(test.outputs) {
			if !refuse {
				n.Outputs = append(n.Outputs, string(rune('A'+i)))
			}
		}
		if refuse {
			n.Outputs = []string{"A", "B", "C", "D", "E"}
			if s := lookup(KernelDomain, test.op, 1); s != nil && test.op != "SGD" {
				n.Outputs = n.Outputs[:s.minOutputs]
			}
		}
		m := &Model{IRVersion: 8, Opsets: []Opset{{Version: 17}, {Domain: KernelDomain, Version: 1}}, Graph: g}
		err := Check(m)
		if refuse {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s%v: error %v, want one that says %s", test.op, test.inputs, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s%v: %v", test.op, test.inputs, err)
			continue
		}
		values, err := InferShapes(m)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, name := range n.Outputs {
			s := values[name].Shape.String()
			if values[name].Type == Uint8 {
				s = "uint8" + s
			} else if values[name].Type != Float32 {
				s = values[name].Type.String() + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s%v gives %s, want %s", test.op, test.inputs, s, want)
		}
	}
}
