package finetune_test

import (
	"fmt"
	"log"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
)

// A classifier of three kinds becomes a trunk: its last layer goes, and the
// layer before it gets an adapter.
func ExampleApply() {
	g := &onnxio.Graph{
		Name:   "classifier",
		Inputs: []*onnxio.Value{{Name: "image", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 64}}}},
		Initializers: []*onnxio.Tensor{
			onnxio.NewFloat32("fc1", []int64{64, 32}, make([]float32, 64*32)),
			onnxio.NewFloat32("fc2", []int64{32, 3}, make([]float32, 32*3)),
		},
		Nodes: []*onnxio.Node{
			{Op: "MatMul", Inputs: []string{"image", "fc1"}, Outputs: []string{"hidden"}},
			{Op: "Relu", Inputs: []string{"hidden"}, Outputs: []string{"rectified"}},
			{Op: "MatMul", Inputs: []string{"rectified", "fc2"}, Outputs: []string{"logits"}},
			{Op: "Softmax", Inputs: []string{"logits"}, Outputs: []string{"kinds"}},
		},
		Outputs: []*onnxio.Value{{Name: "kinds", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 3}}}},
	}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	trunk, report, err := finetune.Apply(m, finetune.Config{
		Sample:   []int64{1, 8, 8},
		Features: finetune.Auto,
		Adapters: finetune.Adapters{Rank: 4},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Input)
	fmt.Printf("left out: %s %s, then %s\n", report.Cut.Op, report.Cut.Weight, report.Cut.After)
	fmt.Println("adapted:", report.Adapted)
	fmt.Println("features:", trunk.Graph.Outputs[0].Name, trunk.Graph.Outputs[0].Shape)
	// Output:
	// samples of shape [1 8 8] are reshaped to [64]
	// left out: MatMul fc2, then [Softmax]
	// adapted: [fc1]
	// features: rectified [N,32]
}
