package training_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// Two domains share a small trunk: one has ten classes, the other two
// measurements to predict.
func ExampleCompile() {
	trunk, err := zoo.Build("mlp", zoo.Config{Input: []int{16}, Width: 0.125})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := training.Compile(training.Config{
		Trunk: trunk,
		Domains: []training.Domain{
			{Name: "digits", Batch: 48, Loss: training.CrossEntropy, Outputs: 10},
			{Name: "turbine", Batch: 16, Loss: training.SquaredError, Outputs: 2},
		},
		Optimizer: training.Optimizer{Kind: training.SGD, Momentum: 0.9},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range p.Step.Graph.Inputs[:1] {
		fmt.Println("a step reads", v.Name, v.Shape)
	}
	for _, v := range p.Params {
		fmt.Println(v.Name, v.Shape, "starts by", v.Init)
	}
	fmt.Println(len(p.State), "tensors of state, the first", p.State[0].Name)
	// Output:
	// a step reads x [64,16]
	// fc1.weight [32 16] starts by he_uniform fan_in=16
	// fc1.bias [32] starts by zeros
	// fc2.weight [32 32] starts by he_uniform fan_in=32
	// fc2.bias [32] starts by zeros
	// head/digits/weight [10 32] starts by uniform bound=0.17677669529663687
	// head/digits/bias [10] starts by uniform bound=0.17677669529663687
	// head/turbine/weight [2 32] starts by uniform bound=0.17677669529663687
	// head/turbine/bias [2] starts by uniform bound=0.17677669529663687
	// 8 tensors of state, the first state/velocity/fc1.weight
}
