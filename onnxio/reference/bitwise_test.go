package reference_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestBitwise compares operators on bits, which have no gradient and of which the
// conformance data know none, with ONNX Runtime.
func TestBitwise(t *testing.T) {
	backend := orttest.Backend(t)
	a, b := exec.NewTensor([]int64{2, 3}, []int64{0, 1, -1, 1 << 40, -12345, 6}), exec.NewTensor([]int64{3}, []int64{3, -2, 1<<62 + 5})
	value := func(name string, shape ...int64) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Int64, Shape: onnxio.Static(shape...)}
	}
	for _, op := range []string{"BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"} {
		m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 18}}, Graph: &onnxio.Graph{
			Name: "bits", Inputs: []*onnxio.Value{value("a", 2, 3), value("b", 3)}, Outputs: []*onnxio.Value{value("y", 2, 3)},
			Nodes: []*onnxio.Node{{Op: op, Inputs: []string{"a", "b"}, Outputs: []string{"y"}}},
		}}
		inputs := map[string]*exec.Tensor{"a": a, "b": b}
		if op == "BitwiseNot" {
			m.Graph.Inputs, m.Graph.Nodes[0].Inputs = m.Graph.Inputs[:1], []string{"a"}
			delete(inputs, "b")
		}
		got, err := reference.Eval(m, inputs)
		if err != nil {
			t.Fatal(err)
		}
		session, err := backend.Open(m, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := session.Run(inputs)
		session.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got["y"].Int64(), want["y"].Int64()) || fmt.Sprint(got["y"].Shape) != fmt.Sprint(want["y"].Shape) {
			t.Errorf("%s gives %v, ONNX Runtime %v", op, got["y"].Int64(), want["y"].Int64())
		}
	}
}
