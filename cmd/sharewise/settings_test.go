package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/onnxio/artifacts"
)

// TestSettings gives a number to a further input of a model, in every command
// that trains or differentiates it.
func TestSettings(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(60))
	net := w.path("net.onnx")
	export{last: "Softmax", gain: true}.save(t, net)
	study := func(file, model string) string {
		w.write(file, trainStudy+"model: "+model+"\nseeds: 1\narms: {pairs: false}\n")
		return w.path(file)
	}
	plain := study("plain.yaml", "{trunk: net.onnx, features: auto}")
	train := []string{"model", "train", net, "--domain", "kinds", "--epochs", "1", "-o", w.path("out.onnx"), "--data"}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"plan", plain}, exitInput, "give each other one a number (model.set)"},
		{append(train, plain), exitInput, "--set NAME=VALUE"},
		{append(train, plain, "--set", "gain=0.5"), exitDone, "Written"},
		{[]string{"plan", study("misspelt.yaml", "{trunk: net.onnx, features: auto, set: {gian: 1}}")}, exitInput, "gian=1: there is no input and no symbolic dimension of that name; there are data [batch,columns], gain [1]"},
		{[]string{"plan", study("named.yaml", "{trunk: mlp, set: {gain: 1}}")}, exitInput, "model.set: the trunk mlp is built for the samples"},
		{[]string{"model", "gradient", net, "--wrt", "data", "--shape", "data=2", "--set", "gain=much", "-o", w.path("bad")}, exitInput, "gain=much"},
		{[]string{"model", "gradient", net, "--wrt", "data", "--shape", "data=2", "--set", "gain=0.5", "-o", w.path("wrt")}, exitDone, "with respect to data"},
		{[]string{"model", "gradient", net, "--loss", "cross_entropy", "--of", "logits", "--optimizer", "sgd", "--set", "gain=0.5", "--set", "columns=2", "-o", w.path("sgd")}, exitDone, "trains 99 in 4 tensors"},
	} {
		if code, out := w.run(test.args...); code != test.code || !strings.Contains(out, test.says) {
			t.Errorf("%v: exit code %d, want %d and %q\n%s", test.args, code, test.code, test.says, out)
		}
	}
	for _, dir := range []string{"wrt", "sgd"} {
		var m artifacts.Manifest
		data, err := os.ReadFile(w.path(dir + "/manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"gain"`) {
			t.Errorf("%s: the manifest names gain: %s", dir, data)
		}
	}
	// Another number is another model, and so another run.
	ids := map[string]bool{}
	for _, set := range []string{"1", "1.0", "2"} {
		code, out := w.run("plan", study("set.yaml", "{trunk: net.onnx, features: auto, set: {gain: "+set+"}}"), "--json")
		if code != exitDone {
			t.Fatalf("gain %s: exit code %d\n%s", set, code, out)
		}
		var f project.Forecast
		if err := json.Unmarshal([]byte(out), &f); err != nil {
			t.Fatal(err)
		}
		ids[f.Runs[0].ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("runs %v", ids)
	}
}
