package rebatch_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// An exporter wrote the batch of its example, 4, into the target of a Reshape.
func ExampleModel() {
	b := onnxio.NewBuilder(&onnxio.Graph{
		Name:   "classifier",
		Inputs: []*onnxio.Value{{Name: "image", Type: onnxio.Float32, Shape: onnxio.Static(4, 1, 2, 3)}},
	})
	flat := b.Op("Reshape", []string{"image", b.Int64s(4, 6)})
	w := b.Initializer(onnxio.NewFloat32("w", []int64{6, 2}, make([]float32, 12)))
	b.OpNamed("scores", "MatMul", []string{flat, w})
	g := b.Graph()
	g.Outputs = []*onnxio.Value{{Name: "scores", Type: onnxio.Float32}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}

	free, err := rebatch.Model(m, []string{"image"}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := onnxio.Print(os.Stdout, free); err != nil {
		fmt.Println(err)
	}
	// Output:
	// model  IR 8, ai.onnx 17
	// graph "classifier"
	// in   image    float32[N,1,2,3]
	// init const    int64[2]          [4 6]
	// init w        float32[6,2]      48 bytes
	// init const_0  int64[2]          [0 6]
	//   0  reshape  float32[N,6]      = Reshape(image, const_0)
	//   1  scores   float32[N,2]      = MatMul(reshape, w)
	// out  scores   float32[N,2]
}
