package zoo_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio/zoo"
)

func ExampleBuild() {
	m, err := zoo.Build("mlp", zoo.Config{Input: []int{1, 28, 28}, Width: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, in := range m.Graph.Inputs[1:] {
		rule, _ := m.Property("sharewise.init/" + in.Name)
		fmt.Println(in.Name, in.Shape, rule)
	}
	// Output:
	// fc1.weight [128,784] he_uniform fan_in=784
	// fc1.bias [128] zeros
	// fc2.weight [128,128] he_uniform fan_in=128
	// fc2.bias [128] zeros
}
