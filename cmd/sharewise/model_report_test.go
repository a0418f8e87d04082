package main

import (
	"slices"
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
	r := reportTraining(m)
	if r.Refused != "" || !slices.Equal(r.Trainable, []string{"w"}) || r.Upgraded != 17 {
		t.Errorf("%+v", r)
	}
}
