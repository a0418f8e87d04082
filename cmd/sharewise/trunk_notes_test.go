package main

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// saveDoubtful writes a network of two numbers and three scores whose first layer
// is binary, and whose two scales, all ones, an exporter has merged.
func saveDoubtful(t *testing.T, path string) {
	t.Helper()
	n := onnxio.Sym("N")
	g := &onnxio.Graph{
		Name:    "doubtful",
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 3}}}},
		Initializers: []*onnxio.Tensor{
			onnxio.NewFloat32("w", []int64{2, 2}, []float32{1, -2, 3, 4}), onnxio.NewFloat32("v", []int64{2, 3}, []float32{1, 2, -3, 4, 5, 6}),
			onnxio.NewFloat32("scale1", []int64{2}, []float32{1, 1}),
		},
		Nodes: []*onnxio.Node{
			{Op: "Identity", Inputs: []string{"scale1"}, Outputs: []string{"scale2"}},
			{Op: "Sign", Name: "binary", Inputs: []string{"w"}, Outputs: []string{"b"}},
			{Op: "MatMul", Inputs: []string{"x", "b"}, Outputs: []string{"p"}},
			{Op: "Mul", Inputs: []string{"p", "scale1"}, Outputs: []string{"q"}},
			{Op: "Tanh", Inputs: []string{"q"}, Outputs: []string{"r"}},
			{Op: "Mul", Inputs: []string{"r", "scale2"}, Outputs: []string{"s"}},
			{Op: "MatMul", Name: "last", Inputs: []string{"s", "v"}, Outputs: []string{"y"}},
		},
	}
	if err := onnxio.Save(path, &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}); err != nil {
		t.Fatal(err)
	}
}

// TestTrunkNotes: whoever plans, trains or asks for graphs hears which weights no
// gradient reaches and which train apart although the file has one tensor.
func TestTrunkNotes(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(60))
	w.write("study.yaml", strings.Replace(trainStudy, "epochs: 12", "epochs: 1", 1)+"model: {trunk: net.onnx, features: auto}\nseeds: 1\n")
	saveDoubtful(t, w.path("net.onnx"))
	const stuck = `no gradient reaches 1 tensor (w), where training changes nothing, weight decay apart`
	const merged = `1 parameter (scale2) trained apart although the file has one initializer for several`
	for _, test := range []struct {
		args []string
		says []string
	}{
		{[]string{"plan", w.path("study.yaml")}, []string{stuck, `"binary" (Sign): its derivative is 0`, merged, "Model net: 4 of 8 parameters of the trunk train"}},
		{[]string{"model", "train", w.path("net.onnx"), "--data", w.path("study.yaml"), "--domain", "kinds", "--keep-head", "-o", w.path("out.onnx")}, []string{stuck, merged}},
		{[]string{"model", "gradient", w.path("net.onnx"), "--loss", "cross_entropy", "--optimizer", "sgd", "-o", w.path("dir")}, []string{stuck, merged, "trains 10 in 3 tensors"}},
		{[]string{"model", "inspect", w.path("net.onnx")}, []string{"3 tensors trainable, 1 that no gradient reaches", "where gradients end", `"binary" (Sign)`, merged}},
	} {
		code, out := w.run(test.args...)
		if code != exitDone {
			t.Errorf("%v: exit code %d\n%s", test.args, code, out)
		}
		for _, s := range test.says {
			if !strings.Contains(out, s) {
				t.Errorf("%v: lacks %q\n%s", test.args[:2], s, out)
			}
		}
	}
}
