package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGradientNotes says that a loss wants logits, and says nothing where it
// gets them.
func TestGradientNotes(t *testing.T) {
	for _, test := range []struct {
		op   string
		args []string
		note string
	}{
		{"Softmax", []string{"--loss", "cross_entropy", "--optimizer", "sgd"}, `"features" comes out of a Softmax`},
		{"Softmax", []string{"--loss", "cross_entropy", "--wrt", "x"}, "'--of h'"},
		{"Sigmoid", []string{"--loss", "binary_cross_entropy", "--optimizer", "sgd"}, `"features" comes out of a Sigmoid`},
		{"Softmax", []string{"--loss", "cross_entropy", "--optimizer", "sgd", "--of", "h"}, ""},
		{"Softmax", []string{"--loss", "cross_entropy", "--optimizer", "sgd", "--outputs", "3"}, ""},
		{"Softmax", []string{"--loss", "squared_error", "--optimizer", "sgd"}, ""},
		{"Sigmoid", []string{"--wrt", "x"}, ""},
		{"LogSoftmax", []string{"--loss", "cross_entropy", "--optimizer", "sgd"}, ""},
		{"Softmax", []string{"--loss", "cross_entropy", "--optimizer", "sgd", "--quiet"}, ""},
	} {
		w := workshop{t, t.TempDir()}
		w.model("m.onnx", test.op)
		code, out := w.run(append([]string{"model", "gradient", w.path("m.onnx"), "-o", w.path("out")}, test.args...)...)
		if code != exitDone || !strings.Contains(out, test.note) || strings.Contains(out, "note:") != (test.note != "") {
			t.Errorf("%s %v: exit code %d, %s", test.op, test.args, code, out)
		}
	}
}

// TestGradientLeavesNothing looks at what is there after a failure, and after
// one on a full disk.
func TestGradientLeavesNothing(t *testing.T) {
	w := workshop{t, t.TempDir()}
	w.model("stuck.onnx", "IsNaN")
	w.model("round.onnx", "Round")
	w.model("fine.onnx", "Relu")
	for _, test := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"stuck.onnx", "--wrt", "x"}, exitInput, []string{"stuck.onnx", `"features"`}},
		{[]string{"round.onnx", "--wrt", "x"}, exitUsage, []string{"round.onnx", `"x"`, `"odd" (Round)`}},
		{[]string{"fine.onnx", "--wrt", "h2"}, exitUsage, []string{"fine.onnx", `"h2"`, "did you mean"}},
		{[]string{"fine.onnx", "--loss", "cross_entropy", "--optimizer", "sgd", "--outputs", "1"}, exitUsage, []string{"at least 2 outputs"}},
		{[]string{"fine.onnx", "--loss", "huber", "--optimizer", "sgd", "--shape", "x=2x"}, exitUsage, []string{"--shape x"}},
	} {
		test.args[0] = w.path(test.args[0])
		code, out := w.run(append([]string{"model", "gradient", "-o", w.path("out")}, test.args...)...)
		if code != test.code {
			t.Errorf("%v: exit code %d, want %d", test.args, code, test.code)
		}
		for _, s := range test.says {
			if !strings.Contains(out, s) {
				t.Errorf("%v: %q lacks %q", test.args, out, s)
			}
		}
	}
	left, _ := filepath.Glob(w.path("*"))
	hidden, _ := filepath.Glob(w.path(".*"))
	if len(left) != 3 || len(hidden) > 0 {
		t.Errorf("left: %v %v", left, hidden)
	}

	full := w.fullDisk()
	code, out := w.run("model", "gradient", w.path("fine.onnx"), "--loss", "squared_error", "--optimizer", "sgd", "--outputs", "4000", "-o", full)
	if code != exitFailure || !strings.Contains(out, "no space left") {
		t.Errorf("full disk: exit code %d, %s", code, out)
	}
	if entries, _ := os.ReadDir(filepath.Dir(full)); len(entries) > 0 {
		t.Errorf("left on the full disk: %v", entries)
	}
}
