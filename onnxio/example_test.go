package onnxio_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/onnxio"
)

// Build a model from nothing, check it, and look at it.
func Example() {
	g := &onnxio.Graph{
		Name: "classifier",
		Inputs: []*onnxio.Value{
			{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 4}}},
		},
		Outputs: []*onnxio.Value{{Name: "p"}},
	}
	b := onnxio.NewBuilder(g)
	w := b.Initializer(onnxio.NewFloat32("w", []int64{2, 4}, make([]float32, 8)))
	scores := b.Op("Gemm", []string{"x", w}, onnxio.IntAttr("transB", 1))
	b.OpNamed("p", "Softmax", []string{scores}, onnxio.IntAttr("axis", -1))

	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	if err := onnxio.Check(m); err != nil {
		fmt.Println(err)
		return
	}
	if err := onnxio.Print(os.Stdout, m); err != nil {
		fmt.Println(err)
	}
	// Output:
	// model  IR 8, ai.onnx 17
	// graph "classifier"
	// in   x     float32[N,4]
	// init w     float32[2,4]  [0 0 0 0 0 0 0 0]
	//   0  gemm  float32[N,2]  = Gemm(x, w) {transB=1}
	//   1  p     float32[N,2]  = Softmax(gemm) {axis=-1}
	// out  p     float32[N,2]
}

func ExampleCheck() {
	m := &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name:    "g",
			Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(2, 3)}},
			Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Static(2, 2)}},
			Nodes:   []*onnxio.Node{{Op: "MatMul", Inputs: []string{"x", "x"}, Outputs: []string{"y"}}},
		},
	}
	fmt.Println(onnxio.Check(m))
	// Output: check: graph "g": node 0 (MatMul): shapes [2,3] and [2,3] do not multiply: 3 against 2
}

func ExampleInferShapes() {
	g := &onnxio.Graph{
		Inputs: []*onnxio.Value{
			{Name: "images", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 16}, {Size: 7}, {Size: 7}}},
		},
	}
	// What PyTorch writes for images.view(images.size(0), -1).
	b := onnxio.NewBuilder(g)
	n := b.Op("Gather", []string{b.Op("Shape", []string{"images"}), b.Int64s(0)}, onnxio.IntAttr("axis", 0))
	shape := b.Op("Concat", []string{n, b.Int64s(-1)}, onnxio.IntAttr("axis", 0))
	flat := b.Op("Reshape", []string{"images", shape})

	values, err := onnxio.InferShapes(&onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[flat].Type, values[flat].Shape)
	// Output: float32 [N,784]
}
