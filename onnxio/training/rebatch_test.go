package training_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// fixedBatch is a trunk exported for one row: x [1,6] becomes [1,2,3], is
// multiplied by w [3,3], and flattened by a target that names the batch.
func fixedBatch(flat ...int64) *onnxio.Model {
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:    "fixed",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Static(1, 6)}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32}},
		Initializers: []*onnxio.Tensor{
			onnxio.NewFloat32("w", []int64{3, 3}, []float32{1, 2, 3, 0, 1, -1, 2, 0, 1}),
			onnxio.NewInt64("wide", []int64{3}, []int64{1, 2, 3}), onnxio.NewInt64("flat", []int64{int64(len(flat))}, flat),
		},
		Nodes: []*onnxio.Node{
			{Op: "Reshape", Inputs: []string{"in", "wide"}, Outputs: []string{"a"}},
			{Op: "MatMul", Inputs: []string{"a", "w"}, Outputs: []string{"b"}},
			{Op: "Reshape", Inputs: []string{"b", "flat"}, Outputs: []string{"out"}},
		},
	}}
}

// TestWrittenBatch: a trunk that was exported for one row takes any number, and
// treats each as it treated the one, with the batch first whatever the features
// of the one were.
func TestWrittenBatch(t *testing.T) {
	cfg := training.Config{Domains: []training.Domain{{Name: "a", Batch: 5, Loss: training.CrossEntropy, Outputs: 3}}}
	for _, flat := range [][]int64{{1, -1}, {1, 6}, {2, 3}, {6}} {
		cfg.Trunk = fixedBatch(flat...)
		r := newRig(t, cfg)
		whole := r.run(t, r.program.Predict[0])[training.OutputScores].Float64()
		all := r.values[training.InputX]
		for i := range 5 {
			r.values[training.InputX] = r.rows(i, i+1)
			one := r.run(t, r.program.Predict[0])[training.OutputScores]
			if d := distance(one.Float64(), whole[i*3:(i+1)*3]); d > 1e-12 {
				t.Errorf("target %v: row %d alone differs by %g", flat, i, d)
			}
			r.values[training.InputX] = exec.NewTensor(all.Shape, all.Float64())
		}
	}
}

// TestRowsInside: a trunk that declares any number of rows and has one written
// down takes any, and so does one with the rows in the second dimension.
func TestRowsInside(t *testing.T) {
	cfg := training.Config{Domains: []training.Domain{{Name: "a", Batch: 5, Loss: training.CrossEntropy, Outputs: 3}}, OwnInputs: true}
	for rows, flat := range map[int64][]int64{1: {1, 6}, 4: {4, 6}} {
		cfg.Trunk = fixedBatch(flat...)
		cfg.Trunk.Graph.Initializer("wide").Data = onnxio.NewInt64("", []int64{3}, []int64{rows, 2, 3}).Data
		cfg.Trunk.Graph.Inputs[0].Shape[0] = onnxio.Sym("rows")
		p, err := training.Compile(cfg)
		if err != nil {
			t.Fatalf("%d rows inside: %v", rows, err)
		}
		if got := p.Predict[0].Graph.Inputs[0].Shape.String(); got != "[N,6]" {
			t.Errorf("%d rows inside: the input takes %s", rows, got)
		}
		for _, batch := range []int64{1, 7} {
			fixed, err := training.FixInputs(cfg.Trunk, batch, nil)
			if err != nil {
				t.Fatal(err)
			}
			types, err := onnxio.InferShapes(fixed)
			if err != nil {
				t.Fatal(err)
			}
			if got := types["out"].Shape; got.String() != onnxio.Static(batch, 6).String() {
				t.Errorf("%d rows inside: the output is %v for %d", rows, got, batch)
			}
		}
	}
	second := fixedBatch(-1, 3)
	g := second.Graph
	g.Inputs[0].Shape = onnxio.Shape{{Size: 2}, onnxio.Sym("rows"), {Size: 3}}
	g.Nodes = []*onnxio.Node{
		{Op: "MatMul", Inputs: []string{"in", "w"}, Outputs: []string{"a"}},
		{Op: "ReduceMean", Inputs: []string{"a"}, Outputs: []string{"out"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("axes", 0), onnxio.IntAttr("keepdims", 0)}},
	}
	cfg.Trunk = second
	p, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Predict[0].Graph.Inputs[0].Shape.String(); got != "[N,2,3]" {
		t.Errorf("rows second: the input takes %s", got)
	}
	fixed, err := training.FixInputs(second, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fixed.Graph.Inputs[0].Shape.String(); got != "[5,2,3]" {
		t.Errorf("rows second: the input is fixed to %s", got)
	}
}

// TestZeroState: initial states of zeros that an exporter wrote down are no
// parameters.
func TestZeroState(t *testing.T) {
	floats := func(name string, first float32, shape ...int64) *onnxio.Tensor {
		v := make([]float32, product(shape))
		v[0] = first
		return onnxio.NewFloat32(name, shape, v)
	}
	for first, want := range map[float32]int{0: 2, 1: 3} {
		trunk := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
			Name:         "recurrent",
			Inputs:       []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Static(3, 2, 4)}},
			Outputs:      []*onnxio.Value{{Name: "out", Type: onnxio.Float32}},
			Initializers: []*onnxio.Tensor{floats("w", 1, 1, 6, 4), floats("r", 1, 1, 6, 2), floats("h", first, 1, 2, 2)},
			Nodes:        []*onnxio.Node{{Op: "GRU", Inputs: []string{"in", "w", "r", "", "", "h"}, Outputs: []string{"", "out"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("hidden_size", 2)}}},
		}}
		if first != 0 {
			trunk.Graph.Initializers[2] = onnxio.NewFloat32("h", []int64{1, 2, 2}, []float32{1, 0, 1, 0})
		}
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: []training.Domain{classes("a", 5, 3)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(p.Params) - 2; got != want { // of the head
			t.Errorf("state of %g: %d parameters, want %d", first, got, want)
		}
	}
}
