package reference

import (
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
)

// TestHugeBesideEmpty follows constants without elements that have a huge dimension: nothing
// walks through it.
func TestHugeBesideEmpty(t *testing.T) {
	const huge = maxSize
	if at := strided([]int{huge, 0}, []int{0, 1}, 0); len(at) != 0 {
		t.Errorf("%d positions of nothing", len(at))
	}
	for _, n := range []*onnxio.Node{
		{Op: "Neg", Inputs: []string{"c"}},
		{Op: "Equal", Inputs: []string{"c", "c"}},
		{Op: "Softmax", Inputs: []string{"c"}},
		{Op: "Gather", Inputs: []string{"c", "none"}},
		{Op: "Concat", Inputs: []string{"c", "c"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1)}},
		{Op: "CumSum", Inputs: []string{"c", "axis"}},
	} {
		n.Outputs = []string{"y"}
		m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
			Name: "g", Nodes: []*onnxio.Node{n}, Outputs: []*onnxio.Value{{Name: "y"}},
			Initializers: []*onnxio.Tensor{
				{Name: "c", Type: onnxio.Float32, Shape: []int64{huge, 0}},
				{Name: "none", Type: onnxio.Int64, Shape: []int64{0}},
				onnxio.NewInt64("axis", nil, []int64{1}),
			},
		}}
		start := time.Now()
		if _, err := onnxio.Infer(m, Evaluate); err != nil {
			t.Errorf("%s: %v", n.Op, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", n.Op, took)
		}
	}
}
