package autodiff_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// The derivative of y = tanh(w·x) by w, for one x.
func ExampleGradient() {
	b := onnxio.NewBuilder(&onnxio.Graph{
		Inputs: []*onnxio.Value{
			{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(1, 2)},
			{Name: "w", Type: onnxio.Float32, Shape: onnxio.Static(2, 1)},
		},
	})
	g := b.Graph()
	y := b.Op("Tanh", []string{b.Op("Gemm", []string{"x", "w"})})
	g.Outputs = []*onnxio.Value{{Name: y, Type: onnxio.Float32}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}

	types, err := onnxio.InferShapes(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	seed := b.Initializer(onnxio.NewFloat32("seed", []int64{1, 1}, []float32{1}))
	gradients, err := autodiff.Gradient(b, m.Opset(""), types, map[string]string{y: seed}, []string{"w"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range g.Nodes[2:] {
		fmt.Println(n.Op, n.Inputs, n.Outputs)
	}
	g.Outputs = []*onnxio.Value{{Name: gradients["w"], Type: onnxio.Float32}}
	values, err := reference.Eval(m, map[string]*exec.Tensor{
		"x": exec.NewTensor([]int64{1, 2}, []float32{1, -2}),
		"w": exec.NewTensor([]int64{2, 1}, []float32{0.5, 0.25}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[gradients["w"]].Data)
	// Output:
	// Mul [tanh tanh] [mul]
	// Sub [const mul] [sub]
	// Mul [seed sub] [mul_0]
	// Gemm [x mul_0] [gemm_0]
	// [1 -2]
}
