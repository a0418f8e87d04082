package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// contents maps the files below a folder, and behind links in it, to their SHA-256; locks are
// left out.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".lock" {
			return err
		}
		sum, err := layout.HashFile(path)
		if err != nil {
			sum = "no file"
		}
		out[strings.TrimPrefix(path, dir)] = sum
		return nil
	})
	must(t, err)
	return out
}

// TestForce gives every command that replaces folders those that it must not replace, and
// those that it may.
func TestForce(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	must(t, os.MkdirAll(w.path("data"), 0o755))
	tinyStudy(t, w.path("data"), 3, 2, 1, true)
	run := func(line string) (int, string) {
		t.Helper()
		cmd := sharewise(strings.Fields(line)...)
		cmd.Dir = w.dir
		text, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(text)
	}
	done := func(line string) {
		t.Helper()
		if code, text := run(line); code != exitDone {
			t.Fatalf("%s: exit code %d\n%s", line, code, text)
		}
	}
	for _, line := range []string{
		"run data/study.yaml -o out --jobs 1 -q", "analyze out", "group out", "model new mlp --input 2 -o data/m.onnx",
		"export out --models deployed", "export out --models added", "export out --models out/deployed", "export out --to csv -o csv", "export out --to mlflow -o mlflow", "export out --to tensorboard -o tensorboard",
		"model gradient data/m.onnx --loss cross_entropy --optimizer sgd --outputs 2 -o trainable", "model gradient data/m.onnx --loss cross_entropy --optimizer sgd --outputs 2 -o data/in",
	} {
		done(line)
	}
	const foreign = `{"dataset":"plants"}`
	for _, dir := range []string{"proj/src", "noted"} {
		must(t, os.MkdirAll(w.path(dir), 0o755))
	}
	for name, text := range map[string]string{
		"data/manifest.json": foreign, "proj/manifest.json": `{"version":2,"models":[]}`, "proj/src/app.js": "app", "manifest.json": foreign, "out/runs/manifest.json": foreign,
		"out/manifest.json": foreign, "added/notes.txt": "mine", "csv/notes.txt": "mine", "mlflow/1/notes.txt": "mine", "tensorboard/manifest.json": `{"version":1}`,
		"data/in/notes.txt": "mine", "noted/manifest.json": "not JSON",
	} {
		w.write(name, text)
	}
	must(t, os.Symlink("out", w.path("link")))
	must(t, os.Symlink("data", w.path("samples")))

	export, gradient := "export out --models %s --force", "model gradient data/m.onnx --loss cross_entropy --optimizer sgd --outputs 2 -o %s --force"
	refused := []struct{ line, dir, says string }{
		{export, "data", "data"}, {export, "proj", "not by 'sharewise export --models'"}, {export, "noted", "not by"}, {export, "out", "out"}, {export, "link", "link"},
		{export, "out/runs", "runs"}, {export, "link/runs", "runs"}, {export, "out/tables", "tables"}, {export, ".", "lost"}, {export, w.dir, "lost"}, {export, "samples", "samples"},
		{export, "added", "notes.txt"}, {export, "trainable", "not by"}, {export, "csv", "not by"},
		{"export out --models %s --refit --force", "data", "data"},
		{gradient, "data", "m.onnx"}, {gradient, "samples", "m.onnx"}, {gradient, "out/runs", "runs"}, {gradient, "out", "out"}, {gradient, "data/in", "notes.txt"}, {gradient, "deployed", "not by"},
		{"model gradient trainable/model.onnx --wrt x -o %s --force", "trainable", "model.onnx"},
	}
	for _, format := range []string{"csv", "tensorboard", "mlflow"} {
		to := "export out --to " + format + " -o %s --force"
		refused = append(refused, []struct{ line, dir, says string }{
			{to, "data", "data"}, {to, "out", "out"}, {to, "out/runs", "runs"}, {to, "csv", "notes.txt"}, {to, "mlflow", "1/notes.txt"}, {to, "tensorboard", "not by"}, {to, "deployed", "not by"},
		}...)
	}
	before := contents(t, w.dir)
	for _, test := range refused {
		line := fmt.Sprintf(test.line, test.dir)
		if code, text := run(line); code != exitUsage || !strings.Contains(text, test.says) || !strings.Contains(text, "--force replaces nothing but what this command wrote") {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", line, code, exitUsage, test.says, text)
		}
		if after := contents(t, w.dir); !maps.Equal(before, after) {
			t.Fatalf("%s changed something", line)
		}
	}

	for _, name := range []string{"added/notes.txt", "csv/notes.txt", "mlflow/1/notes.txt", "data/in/notes.txt", "out/manifest.json", "out/runs/manifest.json"} {
		must(t, os.Remove(w.path(name)))
	}
	must(t, os.Symlink("added", w.path("current")))
	for _, line := range []string{
		fmt.Sprintf(export, "deployed"), fmt.Sprintf(export, "current"), fmt.Sprintf(export, "out/deployed"), fmt.Sprintf(gradient, "trainable"), fmt.Sprintf(gradient, "data/in"),
		"export out --to csv -o csv --force", "export out --to mlflow -o mlflow --force", "export out --to tensorboard -o csv --force",
	} {
		done(line)
	}
	if to, err := os.Readlink(w.path("current")); err != nil || to != "added" {
		t.Errorf("a link to an export: %q, %v", to, err)
	}
	// The study lies behind a link.
	must(t, os.Rename(w.path("data/study.yaml"), w.path("deployed/study.yaml")))
	must(t, os.Symlink("../deployed/study.yaml", w.path("data/study.yaml")))
	if code, text := run(fmt.Sprintf(export, "deployed")); code != exitUsage || !exists(w.path("deployed/study.yaml")) {
		t.Errorf("the study in an export: exit code %d\n%s", code, text)
	}
}
