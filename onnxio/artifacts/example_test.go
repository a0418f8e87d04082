package artifacts_test

import (
	"fmt"
	"log"
	"os"

	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

func ExampleTraining() {
	trunk, err := zoo.Build("mlp", zoo.Config{Input: []int{4}, Width: 0.05})
	if err != nil {
		log.Fatal(err)
	}
	cfg := training.Config{
		Trunk: trunk, OwnInputs: true,
		Domains:   []training.Domain{{Name: "task", Batch: 8, Loss: training.CrossEntropy, Outputs: 3}},
		Optimizer: training.Optimizer{Momentum: 0.9},
	}
	program, err := training.Compile(cfg)
	if err != nil {
		log.Fatal(err)
	}
	bundle, err := artifacts.Training(program, cfg, artifacts.Model{File: "mlp.onnx"}, 1)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "artifacts")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := bundle.WriteTo(dir); err != nil {
		log.Fatal(err)
	}
	for _, t := range bundle.Tensors[:3] {
		fmt.Printf("%s %v at byte %d of %s, then %s\n", t.Name, t.Shape, t.Offset, t.File, t.Next)
	}
	for _, in := range bundle.Train.Inputs {
		if in.Role == artifacts.RoleData || in.Role == artifacts.RoleTarget {
			fmt.Printf("%s: %s %s%v\n", in.Role, in.Name, in.DType, in.Shape)
		}
	}
	// Output:
	// fc1.weight [12 4] at byte 0 of parameters.bin, then next/fc1.weight
	// fc1.bias [12] at byte 192 of parameters.bin, then next/fc1.bias
	// fc2.weight [12 12] at byte 256 of parameters.bin, then next/fc2.weight
	// data: x float32[8 4]
	// target: target/task int64[8]
}

func ExampleGradient() {
	m, err := training.FixInputs(twoLayers(), 2, map[string][]int64{"x": {3}})
	if err != nil {
		log.Fatal(err)
	}
	cfg := training.Derivative{Model: m, Wrt: []string{"x", "hidden"}}
	d, err := training.Differentiate(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range artifacts.Gradient(d, cfg, artifacts.Model{File: "m.onnx"}).Gradient.Outputs {
		fmt.Printf("%s %s%v of %q\n", o.Role, o.Name, o.Shape, o.Wrt)
	}
	// Output:
	// output y[2 3] of ""
	// output class[2] of ""
	// gradient gradient/x[2 3] of "x"
	// gradient gradient/hidden[2 4] of "hidden"
}

// A model is made trainable with one call, and may be differentiated by its input
// with another.
func ExampleMake() {
	m := twoLayers()
	source := artifacts.Model{File: "m.onnx"}
	trained, err := artifacts.Make(m, source, artifacts.Config{
		Task:      training.Domain{Loss: training.CrossEntropy, Outputs: 5, Batch: 4},
		Optimizer: training.Optimizer{Kind: training.AdamW},
		Of:        []string{"hidden"},
		Samples:   map[string][]int64{"x": {3}},
	})
	if err != nil {
		log.Fatal(err)
	}
	c := trained.Count()
	fmt.Println(trained.Kind, "of", c.Trained, "tensors with", c.Elements, "elements in batches of", trained.Batch)

	saliency, err := artifacts.Make(m, source, artifacts.Config{Of: []string{"y"}, Wrt: []string{"x"}, Samples: map[string][]int64{"x": {3}}})
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range saliency.Gradient.Outputs {
		fmt.Println(o.Role, o.Name, o.Shape)
	}
	// Output:
	// training of 5 tensors with 45 elements in batches of 4
	// output y [1 3]
	// output class [1]
	// gradient gradient/x [1 3]
}
