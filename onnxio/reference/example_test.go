package reference_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

func ExampleEval() {
	b := onnxio.NewBuilder(&onnxio.Graph{
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(3)}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
	})
	double := b.Op("Mul", []string{"x", b.Float(2)})
	b.OpNamed("y", "Relu", []string{double})
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: b.Graph()}

	x := exec.NewTensor([]int64{3}, []float32{-1, 0, 1})
	values, err := reference.Eval(m, map[string]*exec.Tensor{"x": x}, reference.Intermediates)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[double].Data, values["y"].Data)
	// Output: [-2 0 2] [0 0 2]
}
