package training_test

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// fourRows is a trunk for four rows and no others: it multiplies two of them at a
// time by weights, and gives one row of features, or four.
func fourRows(one bool) *onnxio.Model {
	g := &onnxio.Graph{
		Name:    "four",
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(4, 2)}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
		Initializers: []*onnxio.Tensor{
			onnxio.NewFloat32("w", []int64{4, 4}, make([]float32, 16)), onnxio.NewInt64("pairs", []int64{2}, []int64{2, 4}), onnxio.NewInt64("rows", []int64{2}, []int64{4, 2}),
		},
		Nodes: []*onnxio.Node{
			{Op: "Reshape", Inputs: []string{"x", "pairs"}, Outputs: []string{"a"}},
			{Op: "MatMul", Inputs: []string{"a", "w"}, Outputs: []string{"b"}},
			{Op: "Reshape", Inputs: []string{"b", "rows"}, Outputs: []string{"y"}},
		},
	}
	if one {
		g.Nodes[2] = &onnxio.Node{Op: "ReduceMean", Inputs: []string{"b"}, Outputs: []string{"y"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("axes", 0)}}
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestOwnRows says the true reason where a model is bound to its rows: that it is,
// to those who need others, and to those who asked for the very number what is
// wrong with it.
func TestOwnRows(t *testing.T) {
	for _, test := range []struct {
		name  string
		one   bool
		own   bool
		batch int
		want  string
	}{
		{"its own", false, true, 4, ""},
		{"others", false, true, 8, "the model works for a batch of 4, not of 8"},
		{"in a study", false, false, 4, "the model works for 4 rows at a time and no others, and training takes other numbers of them too"},
		{"one row of features", true, true, 4, "the features have shape [1,4] for a batch of 4; the first dimension must be the batch"},
	} {
		_, err := training.Compile(training.Config{
			Trunk: fourRows(test.one), OwnInputs: test.own,
			Domains: []training.Domain{{Name: "a", Batch: test.batch, Loss: training.CrossEntropy, Outputs: 3}},
		})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
