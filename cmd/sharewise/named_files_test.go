package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamedFiles changes the files that a study names beside its data, after its runs: check and verify
// find each of them, what computes with a model again refuses it, and what is derived says so where the study itself
// was edited.
func TestNamedFiles(t *testing.T) {
	dir := t.TempDir()
	file := tinyStudy(t, dir, 3, 2, 2, true)
	trunk, exclude, rules := filepath.Join(dir, "trunk.onnx"), filepath.Join(dir, "exclude.json"), filepath.Join(dir, "rules.yaml")
	mustRun(t, "model", "new", "mlp", "--input", "2", "--width", "0.1", "-o", trunk)
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	write(exclude, `{"version": 1, "samples": [{"domain": "d00", "sample": 1}]}`)
	write(rules, "rules: []\n")
	text := strings.Replace(read(file), "model: {trunk: mlp, widths: [0.05]}", "model: {trunk: trunk.onnx}\nexclude: exclude.json\npolicy: {file: rules.yaml}", 1)
	write(file, text)
	out := filepath.Join(dir, "out")
	mustRun(t, "run", file, "-o", out, "--report", "--quiet")
	whole := func(when string) {
		t.Helper()
		if code, found, _ := checkOf(t, out); code != 0 {
			t.Fatalf("%s: %v", when, found)
		}
		mustRun(t, "verify", out)
	}
	whole("after the run")
	other := filepath.Join(dir, "other.onnx")
	mustRun(t, "model", "new", "mlp", "--input", "2", "--width", "0.2", "-o", other)
	for _, c := range []struct{ what, path, name, text string }{
		{"model of rung trunk: trunk.onnx", trunk, "trunk.onnx", read(other)},
		{"list of samples to leave out: exclude.json", exclude, "exclude.json", `{"version": 1, "samples": []}`},
		{"rules: rules.yaml", rules, "rules.yaml", "rules: []\n# none\n"},
	} {
		was := read(c.path)
		write(c.path, c.text)
		if code, found, _ := checkOf(t, out); code != 1 || found[c.what] != "stale" {
			t.Errorf("check after another %s: code %d, %v", c.name, code, found)
		}
		cmd := sharewise("verify", out, "--json")
		told, err := cmd.Output()
		var report struct {
			Findings []struct{ What, State string }
		}
		if jsonErr := json.Unmarshal(told, &report); jsonErr != nil {
			t.Fatalf("%v, %v: %s", err, jsonErr, told)
		}
		differs := false
		for _, f := range report.Findings {
			differs = differs || f.What == c.what && f.State == "differs"
		}
		if cmd.ProcessState.ExitCode() != 1 || !differs {
			t.Errorf("verify after another %s: code %d, %s", c.name, cmd.ProcessState.ExitCode(), told)
		}
		if c.path == trunk {
			told, err := sharewise("similarity", out).CombinedOutput()
			if err == nil || !strings.Contains(string(told), "trunk.onnx, model of rung trunk, has changed since the runs") {
				t.Errorf("similarity with another trunk: %v, %s", err, told)
			}
		}
		write(c.path, was)
		whole("with " + c.name + " put back")
	}
	if err := os.Remove(trunk); err != nil {
		t.Fatal(err)
	}
	if code, found, _ := checkOf(t, out); code != 0 || found["model of rung trunk: trunk.onnx"] != "unverified" {
		t.Errorf("check without the trunk: code %d, %v", code, found)
	}

	for _, c := range []struct{ path, edit, want string }{
		{file, text + "grouping: {cannot_link: [[d00, d01]]}\n", "study file study.yaml: it has been edited since the runs were planned, with other settings of grouping; what follows"},
		{file, "{{{", "study file study.yaml: it has been edited since the runs were planned; what follows"},
		{rules, "rules: []\n# none\n", "study file rules.yaml: it has been edited since"},
	} {
		was := read(c.path)
		write(c.path, c.edit)
		for _, command := range []string{"analyze", "group", "report"} {
			if told := mustRun(t, command, out); !strings.Contains(told, c.want) {
				t.Errorf("%s after an edit says\n%s\nwant %s", command, told, c.want)
			}
		}
		if told := mustRun(t, "status", out); !strings.Contains(told, "it has been edited since the runs were planned") {
			t.Errorf("status after an edit says\n%s", told)
		}
		write(c.path, was)
		for _, command := range []string{"analyze", "group", "report", "status"} {
			if told := mustRun(t, command, out); strings.Contains(told, "edited") {
				t.Errorf("%s without an edit says\n%s", command, told)
			}
		}
	}
}
