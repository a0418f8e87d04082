package main

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestReadModel reads a file whose nodes a converter left out of order.
func TestReadModel(t *testing.T) {
	x := &onnxio.Value{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(2)}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "g", Inputs: []*onnxio.Value{x}, Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Static(2)}},
		Nodes: []*onnxio.Node{{Op: "Neg", Inputs: []string{"h"}, Outputs: []string{"y"}}, {Op: "Abs", Inputs: []string{"x"}, Outputs: []string{"h"}}},
	}}
	w := workshop{t, t.TempDir()}
	if err := onnxio.Save(w.path("m.onnx"), m); err != nil {
		t.Fatal(err)
	}
	if _, err := onnxio.Open(w.path("m.onnx"), nil); err != nil {
		t.Error(err)
	}
	if code, out := w.run("model", "inspect", w.path("m.onnx")); code != exitDone || !strings.Contains(out, "mended") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
