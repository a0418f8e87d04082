package onnxio_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// general is a model with open sizes and a setting among its inputs: y is x
// plus rate plus the sum over the columns of h, [?,C].
func general() *onnxio.Model {
	unknown := onnxio.Dim{Size: -1}
	value := func(name string, dt onnxio.DataType, shape ...onnxio.Dim) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: dt, Shape: append(onnxio.Shape{}, shape...)}
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "general",
		Inputs: []*onnxio.Value{
			value("x", onnxio.Float32, onnxio.Sym("N"), onnxio.Sym("C")), value("rate", onnxio.Int64),
			value("h", onnxio.Float32, unknown, onnxio.Sym("C")),
		},
		Outputs:      []*onnxio.Value{value("y", onnxio.Float32, onnxio.Sym("N"), onnxio.Sym("C"))},
		Initializers: []*onnxio.Tensor{onnxio.NewInt64("axes", []int64{1}, []int64{0})},
		Nodes: []*onnxio.Node{
			{Op: "Cast", Inputs: []string{"rate"}, Outputs: []string{"r"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}},
			{Op: "ReduceSum", Inputs: []string{"h", "axes"}, Outputs: []string{"s"}},
			{Op: "Sum", Inputs: []string{"x", "r", "s"}, Outputs: []string{"y"}},
		},
	}}
}

func TestSpecialise(t *testing.T) {
	x := exec.NewTensor([]int64{1, 2}, []float32{1, 2})
	for _, test := range []struct {
		settings []string
		inputs   string // that are left
		want     []float32
	}{
		{[]string{"rate=100", "h=[3,C]", "h=0.5"}, "x [N,C]", []float32{102.5, 103.5}},
		{[]string{"h=0.5", "C=2", "h=[N,C]", "rate=-1"}, "x [N,2]", []float32{0.5, 1.5}},
		{[]string{"x=[1,2]", "h=[4,2]", "rate=0", "h=1e1"}, "x [1,2]", []float32{41, 42}},
	} {
		m, err := onnxio.Specialise(general(), test.settings)
		if err != nil {
			t.Errorf("%q: %v", test.settings, err)
			continue
		}
		var left []string
		for _, v := range m.Graph.Inputs {
			left = append(left, v.Name+" "+v.Shape.String())
		}
		if got := strings.Join(left, ", "); got != test.inputs {
			t.Errorf("%q leaves %s, want %s", test.settings, got, test.inputs)
		}
		out, err := reference.Eval(m, map[string]*exec.Tensor{"x": x})
		if err != nil || !slices.Equal(out["y"].Float32(), test.want) {
			t.Errorf("%q gives %v, want %v (%v)", test.settings, out["y"], test.want, err)
		}
	}
	m, err := onnxio.Specialise(general(), nil)
	if err != nil || m.Graph.Outputs[0].Shape == nil {
		t.Errorf("without settings: %v", err)
	}
}

func TestSpecialiseErrors(t *testing.T) {
	for _, test := range []struct{ setting, want string }{
		{"rate", "NAME=VALUE"},
		{"=3", "NAME=VALUE"},
		{"rate=", "NAME=VALUE"},
		{"speed=3", "x [N,C]"},
		{"speed=[3]", "there is no input"},
		{"rate=fast", "invalid syntax"},
		{"rate=1.5", "invalid syntax"},
		{"N=0", "from 1 up"},
		{"N=many", "from 1 up"},
		{"x=[2", "not closed"},
		{"x=[2,0]", "neither a size"},
		{"x=[2,]", "neither a size"},
		{"x=[2]", "has shape [N,C]"},
		{"x=[99999999999,99999999999]", "has shape"},
		{"h=1", "no other input has ?"},
	} {
		_, err := onnxio.Specialise(general(), []string{test.setting})
		if !errors.Is(err, onnxio.ErrSetting) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error with %q", test.setting, err, test.want)
		}
	}
	if _, err := onnxio.Specialise(&onnxio.Model{}, nil); !errors.Is(err, onnxio.ErrFormat) {
		t.Errorf("a model without graph: %v", err)
	}
}
