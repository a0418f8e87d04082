package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
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
			var result trainResult
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
	code, out := w.run("model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "--keep-head", "--epochs", "1", "--into", w.path("net.onnx"))
	if code != exitDone || !strings.Contains(out, "Written: "+w.path("net.onnx")+", net.onnx as it was given, with 4 tensors trained; it takes inputs less [") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
