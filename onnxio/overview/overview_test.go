package overview

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestOldFunction inspects a model of an old operator set that calls a function
// of the same: the call must be replaced before the model is upgraded.
func TestOldFunction(t *testing.T) {
	n := onnxio.Sym("N")
	m := &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: 11}, {Domain: "local", Version: 1}},
		Functions: []*onnxio.Function{{
			Name: "Layer", Domain: "local", Inputs: []string{"a", "b"}, Outputs: []string{"c"}, Opsets: []onnxio.Opset{{Version: 11}},
			Nodes: []*onnxio.Node{
				{Op: "MatMul", Inputs: []string{"a", "b"}, Outputs: []string{"product"}},
				{Op: "Unsqueeze", Inputs: []string{"product"}, Outputs: []string{"c"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("axes", 2)}},
			},
		}},
		Graph: &onnxio.Graph{
			Name:         "old",
			Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}}}},
			Initializers: []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{2, 3}, make([]float32, 6))},
			Nodes:        []*onnxio.Node{{Op: "Layer", Domain: "local", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}},
			Outputs:      []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 3}, {Size: 1}}}},
		},
	}
	r := TrainingOf(m)
	if r.Refused != "" || !slices.Equal(r.Trainable, []string{"w"}) || r.Upgraded != 17 {
		t.Errorf("%+v", r)
	}
}

// TestInspect reports on a model with two layers above a Loop that stops when an
// input says so, and a Resize whose scales are an initializer: one reason for
// all that is blocked, and no parameter that is a setting.
func TestInspect(t *testing.T) {
	float := func(name string, shape ...int64) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(shape...)}
	}
	branch := func(name, op string) *onnxio.Attribute {
		return onnxio.GraphAttr(name, &onnxio.Graph{Name: name, Outputs: []*onnxio.Value{{Name: name}},
			Nodes: []*onnxio.Node{{Op: op, Inputs: []string{"a", "b"}, Outputs: []string{name}}}})
	}
	m := &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name:   "g",
			Inputs: []*onnxio.Value{float("x", 2, 1, 3, 2), {Name: "rate", Type: onnxio.Bool, Shape: onnxio.Static()}},
			Initializers: []*onnxio.Tensor{
				onnxio.NewFloat32("scales", []int64{4}, []float32{1, 1, 2, 2}),
				onnxio.NewFloat32("w", []int64{4, 3}, make([]float32, 12)),
				onnxio.NewFloat32("v", []int64{4, 3}, make([]float32, 12)),
			},
			Nodes: []*onnxio.Node{
				{Op: "Resize", Inputs: []string{"x", "", "scales"}, Outputs: []string{"large"}},
				{Op: "MatMul", Inputs: []string{"large", "w"}, Outputs: []string{"a"}},
				{Op: "MatMul", Inputs: []string{"large", "v"}, Outputs: []string{"b"}},
				{Op: "If", Inputs: []string{"rate"}, Outputs: []string{"y"}, Attrs: []*onnxio.Attribute{branch("then_branch", "Add"), branch("else_branch", "Mul")}},
			},
			Outputs: []*onnxio.Value{float("y", 2, 1, 6, 3)},
		},
	}
	for _, test := range []struct {
		settings                    []string
		trainable, blocked, reasons int
	}{{nil, 0, 2, 1}, {[]string{"rate=1"}, 2, 0, 0}} {
		settled, err := onnxio.Specialise(m, test.settings)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Of(settled)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Training.Trainable) != test.trainable || len(r.Training.Blocked) != test.blocked || len(r.Training.Blocks) != test.reasons {
			t.Errorf("%v: %+v", test.settings, r.Training)
		}
		if r.Parameters != 24 || r.ParameterTensors != 2 {
			t.Errorf("%v: %d parameters in %d tensors", test.settings, r.Parameters, r.ParameterTensors)
		}
		for _, b := range r.Training.Blocks {
			if !slices.Equal(b.Parameters, []string{"w", "v"}) && !slices.Equal(b.Parameters, []string{"v", "w"}) || !strings.Contains(b.Reason, `unless "rate" is settled`) {
				t.Errorf("%+v", b)
			}
		}
	}
}
