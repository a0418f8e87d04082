package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/onnxio"
)

// circleClasses stand around a circle, in the order of numbers; textClasses is how
// torchvision numbers their folders.
var (
	circleClasses = []string{"0", "1", "2", "10", "11", "20"}
	textClasses   = []string{"0", "1", "10", "11", "2", "20"}
)

func circlePoint(class string) (a, b float64) {
	turn := 2 * math.Pi * float64(slices.Index(circleClasses, class)) / float64(len(circleClasses))
	return math.Cos(turn), math.Sin(turn)
}

// saveCircle writes a model that knows all classes, with outputs in the given
// order.
func saveCircle(t *testing.T, path string, order []string, metadata string) {
	t.Helper()
	w := make([]float32, 2*len(order))
	for k, class := range order {
		a, b := circlePoint(class)
		w[k], w[len(order)+k] = float32(8*a), float32(8*b)
	}
	n, outputs := onnxio.Sym("N"), int64(len(order))
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:         "circle",
		Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}}}},
		Outputs:      []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: outputs}}}},
		Initializers: []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{2, outputs}, w), onnxio.NewFloat32("b", []int64{outputs}, make([]float32, outputs))},
		Nodes:        []*onnxio.Node{{Op: "Gemm", Inputs: []string{"x", "w", "b"}, Outputs: []string{"y"}}},
	}}
	if metadata != "" {
		m.SetProperty("names", metadata)
	}
	if err := onnxio.Save(path, m); err != nil {
		t.Fatal(err)
	}
}

// TestClassOrder judges, and goes on training, a perfect model whose classes are
// sorted as text. Taken as numbers it is right for half of the classes; that is
// said, with what the other order gives, and every way to say the order works.
func TestClassOrder(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	rng := rand.New(rand.NewPCG(1, 1))
	rows := "a,b,class\n"
	for i := range 240 {
		class := circleClasses[i%len(circleClasses)]
		a, b := circlePoint(class)
		rows += fmt.Sprintf("%.3f,%.3f,%s\n", a+0.1*rng.NormFloat64(), b+0.1*rng.NormFloat64(), class)
	}
	w.write("parts.csv", rows)
	study := func(name, task string) string {
		w.write(name, "version: 1\nname: parts\ninput: {scale: 1}\ndomains: [{name: kinds, data: parts.csv, columns: {label: class}"+task+"}]\ntraining: {epochs: 1, batch: 8, rate: 0.00001, select: last}\n")
		return w.path(name)
	}
	plain := study("plain.yaml", "")
	saveCircle(t, w.path("text.onnx"), textClasses, "")
	saveCircle(t, w.path("says.onnx"), textClasses, "{0: '0', 1: '1', 2: '10', 3: '11', 4: '2', 5: '20'}")
	saveCircle(t, w.path("numbers.onnx"), circleClasses, "")
	for _, test := range []struct {
		model, data string
		args        []string
		accuracy    float64
		from, note  string
	}{
		{"text.onnx", plain, nil, 0.5, "data", "By numbers 0.500 of the samples are right, by text 1.000: the model was probably trained with the latter"},
		{"numbers.onnx", plain, nil, 1, "data", "By numbers 1.000 of the samples are right, by text 0.500."},
		{"says.onnx", plain, nil, 1, "model", ""},
		{"text.onnx", plain, []string{"--class-order", "text"}, 1, "study", ""},
		{"text.onnx", plain, []string{"--class-order", "numbers"}, 0.5, "study", ""},
		{"text.onnx", plain, []string{"--labels", strings.Join(textClasses, ",")}, 1, "caller", ""},
		{"text.onnx", study("text.yaml", ", task: {class_order: text}"), nil, 1, "study", ""},
		{"text.onnx", study("list.yaml", ", task: {classes: ["+strings.Join(textClasses, ",")+"]}"), nil, 1, "study", ""},
	} {
		what := fmt.Sprint(test.model, test.args, test.data)
		code, out := w.run(append([]string{"--json", "eval", w.path(test.model), "--data", test.data}, test.args...)...)
		var results []evalResult
		if err := json.Unmarshal([]byte(out), &results); code != exitDone || err != nil {
			t.Fatalf("%s: exit code %d, %v\n%s", what, code, err, out)
		}
		r := results[0]
		if math.Abs(r.Score.Accuracy.Value-test.accuracy) > 0.04 || string(r.Used.NamesFrom) != test.from {
			t.Errorf("%s: accuracy %.3f, names from %s", what, r.Score.Accuracy.Value, r.Used.NamesFrom)
		}
		if said := strings.Join(r.Notes, "\n"); (said != "") != (test.note != "") {
			t.Errorf("%s: %q, want %q", what, said, test.note)
		}
		if test.from == "caller" {
			continue // model train takes it as the study's list
		}
		args := append([]string{"--json", "model", "train", w.path(test.model), "--data", test.data, "--keep-head", "-o", w.path("out.onnx")}, test.args...)
		code, out = w.run(args...)
		var trained retrain.Result
		if err := json.Unmarshal([]byte(out), &trained); code != exitDone || err != nil {
			t.Fatalf("%v: exit code %d, %v\n%s", args, code, err, out)
		}
		said := strings.Join(trained.Notes, "\n")
		if math.Abs(trained.Test.Accuracy.Value-test.accuracy) > 0.04 || (test.note != "") != strings.Contains(said, "of the samples are right") {
			t.Errorf("%v: accuracy %.3f, notes %q", args, trained.Test.Accuracy.Value, said)
		}
		if (test.from == "model") != strings.Contains(said, "in the order that the model states") {
			t.Errorf("%v: notes %q", args, said)
		}
	}
	for _, args := range [][]string{
		{"eval", w.path("text.onnx"), "--data", w.path("list.yaml"), "--class-order", "text"},
		{"eval", w.path("text.onnx"), "--data", plain, "--class-order", "words"},
		{"model", "train", w.path("text.onnx"), "--data", plain, "-o", w.path("out.onnx"), "--class-order", "text"},
	} {
		if code, out := w.run(args...); code != exitUsage || !strings.Contains(out, "class-order") {
			t.Errorf("%v: exit code %d\n%s", args, code, out)
		}
	}
	if code, out := w.run("plan", study("both.yaml", ", task: {class_order: text, classes: ['0', '1']}")); code != exitInput || !strings.Contains(out, "task.class_order: task.classes lists the classes in their order") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
