package lower_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// A fused operator of an optimised export becomes what it stands for, of which
// the gradients are known.
func ExampleModel() {
	b := onnxio.NewBuilder(&onnxio.Graph{
		Name:   "feed forward",
		Inputs: []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}}}},
	})
	bias := b.Initializer(onnxio.NewFloat32("bias", []int64{2}, []float32{1, -1}))
	g := b.Graph()
	g.Nodes = append(g.Nodes, &onnxio.Node{Domain: "com.microsoft", Op: "FastGelu", Inputs: []string{"x", bias}, Outputs: []string{"y"}})
	g.Outputs = []*onnxio.Value{{Name: "y", Type: onnxio.Float32}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}, {Domain: "com.microsoft", Version: 1}}, Graph: g}

	lowered, kept, err := lower.Model(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(kept), "nodes could not be rewritten")
	if err := onnxio.Print(os.Stdout, lowered); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0 nodes could not be rewritten
	// model  IR 8, ai.onnx 17, com.microsoft 1
	// graph "feed forward"
	// in   x           float32[N,2]
	// init bias        float32[2]    [1 -1]
	//   0  add         float32[N,2]  = Add(x, bias)
	//   1  mul         float32[N,2]  = Mul(add, add)
	//   2  mul_0       float32[N,2]  = Mul(mul, add)
	//   3  constant    float32[]     = Constant() {value=float32[] [0.044715]}
	//   4  mul_1       float32[N,2]  = Mul(mul_0, constant)
	//   5  add_0       float32[N,2]  = Add(add, mul_1)
	//   6  constant_0  float32[]     = Constant() {value=float32[] [0.7978846]}
	//   7  mul_2       float32[N,2]  = Mul(add_0, constant_0)
	//   8  constant_1  float32[]     = Constant() {value=float32[] [0.5]}
	//   9  mul_3       float32[N,2]  = Mul(add, constant_1)
	//  10  tanh        float32[N,2]  = Tanh(mul_2)
	//  11  constant_2  float32[]     = Constant() {value=float32[] [1]}
	//  12  add_1       float32[N,2]  = Add(tanh, constant_2)
	//  13  y           float32[N,2]  = Mul(mul_3, add_1)
	// out  y           float32[N,2]
}
