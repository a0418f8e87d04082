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
