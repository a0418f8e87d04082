package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/onnxio"
)

// TestModelTrainInto puts trained weights back into exports of several forms:
// what comes out has their nodes, types and operator set, and judges samples as
// training left it.
func TestModelTrainInto(t *testing.T) {
	requireRuntime(t)
	for name, test := range map[string]struct {
		export   export
		external bool
		args     []string
		within   float32 // of losses
	}{
		"float32":                    {export{last: "Softmax"}, false, nil, 1e-4},
		"external data":              {export{last: "LogSoftmax"}, true, nil, 1e-4},
		"Constant nodes":             {export{constant: true, last: "Softmax"}, false, nil, 1e-4},
		"16 bits":                    {export{half: true, last: "Softmax"}, false, nil, 2e-2},
		"16 bits in Constant nodes":  {export{half: true, constant: true, last: "Softmax"}, false, nil, 2e-2},
		"first layer frozen":         {export{last: "Softmax"}, false, []string{"--freeze", "fc1.*"}, 1e-4},
		"adapters":                   {export{last: "Softmax"}, false, []string{"--adapters", "1"}, 1e-4},
		"raw inputs, beside another": {export{last: "Softmax"}, false, []string{"--scale", "1", "-o", "OUT"}, 1e-4},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			w := workshop{t, t.TempDir()}
			w.write("parts.csv", clusters(240))
			w.write("parts.yaml", trainStudy)
			net := w.path("net.onnx")
			test.export.save(t, net)
			if test.external {
				m, err := onnxio.Load(net)
				if err != nil {
					t.Fatal(err)
				}
				if err := (onnxio.SaveOptions{ExternalData: "weights.bin", Threshold: 1}).Save(net, m); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"--json", "model", "train", net, "--data", w.path("parts.yaml"), "--domain", "kinds", "--keep-head", "--into", w.path("into.onnx"), "--table", w.path("own.parquet")}
			for _, a := range test.args {
				args = append(args, strings.Replace(a, "OUT", w.path("out.onnx"), 1))
			}
			code, out := w.run(args...)
			var result retrain.Result
			if err := json.Unmarshal([]byte(out), &result); code != exitDone || err != nil {
				t.Fatalf("exit code %d, %v\n%s", code, err, out)
			}
			if (result.Into.Data != "") != test.external || result.Into.Tensors == 0 {
				t.Errorf("%+v", result.Into)
			}
			given, err := onnxio.Load(net)
			if err != nil {
				t.Fatal(err)
			}
			got, err := onnxio.Load(w.path("into.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b *onnxio.Tensor) bool {
				return a.Name == b.Name && a.Type == b.Type && slices.Equal(a.Shape, b.Shape)
			}
			if !slices.EqualFunc(got.Graph.Initializers, given.Graph.Initializers, same) || got.Opset("") != given.Opset("") || got.IRVersion != given.IRVersion || len(got.Metadata) != len(given.Metadata) ||
				!slices.EqualFunc(got.Graph.Nodes, given.Graph.Nodes, func(a, b *onnxio.Node) bool {
					return a.Name == b.Name && a.Op == b.Op && slices.Equal(a.Inputs, b.Inputs)
				}) {
				t.Error("the model has other nodes or tensors")
			}
			eval := []string{"eval", w.path("into.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "-o", w.path("eval.parquet")}
			if slices.Contains(test.args, "--scale") {
				eval = append(eval, "--scale", "1")
			}
			if code, out := w.run(eval...); code != exitDone {
				t.Fatalf("eval: exit code %d\n%s", code, out)
			}
			after, err := losses.ReadFile(w.path("eval.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := losses.ReadFile(w.path("own.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Len() {
				if d := after.Loss[i] - want.Loss[i]; d > test.within*max(1, want.Loss[i]) || d < -test.within*max(1, want.Loss[i]) {
					t.Errorf("sample %d: loss %g, training wrote %g", i, after.Loss[i], want.Loss[i])
				}
			}
			if left, _ := filepath.Glob(w.path("*.training")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(60))
	w.write("parts.yaml", trainStudy)
	export{last: "Softmax"}.save(t, w.path("net.onnx"))
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"--into", w.path("into.onnx")}, "--into goes with --keep-head"},
		{[]string{"--into", w.path("into.onnx"), "--keep-head", "--features", "hidden"}, "--features has nothing to say"},
		{[]string{"--into", w.path("a.onnx"), "--keep-head", "-o", w.path("a.onnx")}, "name one file"},
		{[]string{"--into", w.dir, "--keep-head"}, "is a folder"},
	} {
		code, out := w.run(append([]string{"model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds"}, test.args...)...)
		if code != exitUsage || !strings.Contains(out, test.says) {
			t.Errorf("%v: exit code %d\n%s", test.args, code, out)
		}
	}
	saveQuantized(t, w.path("quantized.onnx"))
	code, out := w.run("model", "train", w.path("quantized.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "--keep-head", "--into", w.path("into.onnx"))
	if code != exitInput || !strings.Contains(out, `no place in the model for "w": it stands as integers with a scale`) || strings.Contains(out, "epoch 1") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	code, out = w.run("model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "--keep-head", "--epochs", "1", "--into", w.path("net.onnx"))
	if code != exitDone || !strings.Contains(out, "Written: "+w.path("net.onnx")+", net.onnx as it was given, with 4 tensors trained; it takes inputs less [") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// saveQuantized writes a classifier of two numbers and three classes with weights
// and probabilities of 8 bits.
func saveQuantized(t *testing.T, path string) {
	t.Helper()
	n := onnxio.Sym("N")
	scale := func(name string, v float32) *onnxio.Tensor { return onnxio.NewFloat32(name, nil, []float32{v}) }
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:    "quantized",
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 3}}}},
		Initializers: []*onnxio.Tensor{
			{Name: "w8", Type: onnxio.Int8, Shape: []int64{2, 3}, Data: []byte{10, 246, 5, 20, 3, 250}}, scale("ws", 1.0/16),
			{Name: "none", Type: onnxio.Uint8, Data: []byte{0}}, scale("share", 1.0/256),
		},
		Nodes: []*onnxio.Node{
			{Op: "DequantizeLinear", Inputs: []string{"w8", "ws"}, Outputs: []string{"w"}},
			{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"scores"}},
			{Op: "Softmax", Inputs: []string{"scores"}, Outputs: []string{"p"}},
			{Op: "QuantizeLinear", Inputs: []string{"p", "share", "none"}, Outputs: []string{"q"}},
			{Op: "DequantizeLinear", Inputs: []string{"q", "share", "none"}, Outputs: []string{"y"}},
		},
	}}
	if err := onnxio.Save(path, m); err != nil {
		t.Fatal(err)
	}
}

// TestModelTrainQuantized keeps the head of a quantized classifier: training goes
// on scores, not on what a softmax and eight bits leave of them, and learns.
func TestModelTrainQuantized(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(240))
	w.write("parts.yaml", trainStudy)
	saveQuantized(t, w.path("net.onnx"))
	code, out := w.run("--json", "model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "--keep-head", "--rate", "0.1", "--epochs", "30", "-o", w.path("out.onnx"))
	var result retrain.Result
	if err := json.Unmarshal([]byte(out), &result); code != exitDone || err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, out)
	}
	if result.Trunk.Cut != "Softmax" || result.Test.Accuracy.Value < 0.8 || result.Test.Loss.Value > 0.5 {
		t.Errorf("left out %q; accuracy %.3f, loss %.3f", result.Trunk.Cut, result.Test.Accuracy.Value, result.Test.Loss.Value)
	}
	// The same with the softmax as an operator on integers, and with integers as
	// the output: eval sees probabilities in each, and the same losses.
	m, err := onnxio.Load(w.path("net.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	g := m.Graph
	m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1})
	g.Initializers = append(g.Initializers, onnxio.NewFloat32("step", nil, []float32{1.0 / 16}), &onnxio.Tensor{Name: "middle", Type: onnxio.Uint8, Data: []byte{128}})
	g.Nodes = slices.Concat(g.Nodes[:2], []*onnxio.Node{
		{Op: "QuantizeLinear", Inputs: []string{"scores", "step", "middle"}, Outputs: []string{"s"}},
		{Op: "QLinearSoftmax", Domain: "com.microsoft", Inputs: []string{"s", "step", "middle", "share", "none"}, Outputs: []string{"q"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("opset", 13), onnxio.IntAttr("axis", -1)}},
	}, g.Nodes[4:])
	if err := onnxio.Save(w.path("operator.onnx"), m); err != nil {
		t.Fatal(err)
	}
	g.Nodes, g.Outputs[0].Name, g.Outputs[0].Type = g.Nodes[:4], "q", onnxio.Uint8
	if err := onnxio.Save(w.path("bare.onnx"), m); err != nil {
		t.Fatal(err)
	}
	var first float64
	for _, net := range []string{"net.onnx", "operator.onnx", "bare.onnx"} {
		code, out = w.run("--json", "eval", w.path(net), "--data", w.path("parts.yaml"), "--domain", "kinds")
		var results []evalResult
		if err := json.Unmarshal([]byte(out), &results); code != exitDone || err != nil {
			t.Fatalf("%s: exit code %d, %v\n%s", net, code, err, out)
		}
		r := results[0]
		if first == 0 {
			first = r.Score.Loss.Value
		}
		if d := math.Abs(r.Score.Loss.Value - first); r.Used.Gives != "probabilities" || d > 0.05*first {
			t.Errorf("%s: gives %s, loss %g, that of the first model is %g", net, r.Used.Gives, r.Score.Loss.Value, first)
		}
	}
}
