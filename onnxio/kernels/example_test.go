package kernels_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// ExampleRewrite lets kernels compute a graph that will be differentiated: a
// convolution with the Relu behind it becomes one of them, channels last.
func ExampleRewrite() {
	m := &onnxio.Model{
		IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}, {Domain: kernels.Domain, Version: kernels.Version}},
		Graph: &onnxio.Graph{
			Name: "g", Inputs: []*onnxio.Value{
				{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(8, 32, 16, 16)},
				{Name: "w", Type: onnxio.Float32, Shape: onnxio.Static(32, 32, 3, 3)},
			},
			Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Static(8, 32, 16, 16)}},
			Nodes: []*onnxio.Node{
				{Name: "conv", Op: "Conv", Inputs: []string{"x", "w"}, Outputs: []string{"c"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("pads", 1, 1, 1, 1)}},
				{Name: "relu", Op: "Relu", Inputs: []string{"c"}, Outputs: []string{"y"}},
			},
		},
	}
	types, err := onnxio.InferShapes(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	form := kernels.Best(kernels.All())
	for _, c := range kernels.Rewrite(onnxio.NewBuilder(m.Graph), types, kernels.Options{Form: form, Gradient: true, Opset: 17}) {
		fmt.Println(c.Node, c.Kernel)
	}
	for _, n := range m.Graph.Nodes {
		fmt.Println(n.OpName(), n.IntOr("relu", 0))
	}
	// Output:
	// conv true
	// Transpose 0
	// sharewise.kernels.Conv 1
	// Transpose 0
}

// ExampleParsePasses reads which passes a study asks for.
func ExampleParsePasses() {
	passes, err := kernels.ParsePasses("layout, norm")
	fmt.Println(passes, err)
	_, err = kernels.ParsePasses("layout,-norm")
	fmt.Println(err)
	// Output:
	// [layout norm] <nil>
	// passes "layout,-norm": name those to use, or those to leave out with - before each, not both
}
