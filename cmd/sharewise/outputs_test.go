package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/onnxio"
)

// outputsStudies are studies that between them have every key that names a file, with the files
// that they read. A name that ends with a slash is a folder, of which one file is tried.
var outputsStudies = []struct {
	file, text string
	reads      []string
}{
	{"study.yaml", "defaults: {columns: {label: class}}\ninput: table\nexclude: exclude.json\npolicy: rules.yaml\n" +
		"domains:\n  - {name: north, data: 'data/north*.csv', validation: val.csv, test: test.csv}\n  - {name: south, data: south.csv}\n",
		[]string{"study.yaml", "exclude.json", "rules.yaml", "data/north1.csv", "val.csv", "test.csv", "south.csv"}},
	{"study.json", "{version: 1, name: json, input: table, defaults: {columns: {label: class}}, domains: [{name: south, data: south.csv}]}", []string{"study.json", "south.csv"}},
	{"own.yaml", "defaults: {columns: {label: class}}\ninput: table\ndomains: [{name: south, data: south.csv}, {name: north, data: data/north1.csv}]\n" +
		"trainer: {command: [./train.sh, train.py, config], files: ['lib/*.py']}\n",
		[]string{"own.yaml", "train.sh", "train.py", "config/settings.ini", "lib/a.py"}},
	{"import.yaml", "defaults: {columns: {label: class}}\ninput: table\ndomains: [{name: south, data: south.csv}, {name: north, data: data/north1.csv}]\ntrainer: {import: 'losses*.csv'}\n",
		[]string{"losses-1.csv"}},
	{"model.yaml", "defaults: {columns: {label: class}}\ninput: table\nmodel: {files: [net.onnx]}\ndomains: [{name: south, data: south.csv}]\n",
		[]string{"net.onnx", "weights.bin"}},
	{"trunk.yaml", "defaults: {columns: {label: class}}\ninput: table\nmodel: {trunk: net.onnx}\ndomains: [{name: south, data: south.csv}]\n",
		[]string{"net.onnx", "weights.bin"}},
	{"texts.yaml", "input: {text: {tokenizer: tokenizer.json, length: 6}}\ndefaults: {columns: {text: [text], label: label}}\ndomains: [{name: a, data: texts.csv}]\n",
		[]string{"tokenizer.json", "texts.csv"}},
	{"series.yaml", "input: {series: {window: 16}}\ndomains: [{name: a, data: recordings, series: {type: csv, index: lists/index.csv}}]\n",
		[]string{"lists/index.csv", "recordings/r0.csv"}},
	{"images.yaml", "input: {image: [4, 4]}\ndefaults: {columns: {file: file, label: class}}\ndomains: [{name: a, data: {path: pictures, index: lists/pictures.csv}}]\n",
		[]string{"lists/pictures.csv", "pictures/p.png"}},
	{"arrays.yaml", "input: {array: [2]}\ndomains: [{name: a, data: {path: x.npy, labels: y.npy, groups: g.npy}}]\n",
		[]string{"x.npy", "y.npy", "g.npy"}},
	{"idx.yaml", "input: {image: [4, 4]}\ndomains: [{name: a, data: {images: i.idx, labels: l.idx}}]\n", []string{"i.idx", "l.idx"}},
}

// newOutputs is a folder with the studies, what they read, a model with weights in a file of
// their own, and a folder of results.
func newOutputs(t *testing.T) workshop {
	w := workshop{t, t.TempDir()}
	for _, dir := range []string{"data", "config", "lib", "lists", "recordings", "pictures", "out/runs/joint.s1", "out/tables", "photos/a/cat", "photos/a/dog"} {
		must(t, os.MkdirAll(w.path(dir), 0o755))
	}
	for _, s := range outputsStudies {
		text := s.text
		if strings.HasSuffix(s.file, ".yaml") {
			text = "version: 1\nname: outputs\n" + text
		}
		w.write(s.file, text)
		for _, file := range s.reads {
			if _, err := os.Stat(w.path(file)); err != nil {
				w.write(file, "content of "+file)
			}
		}
	}
	rows := table("a,b,class", 40, "good", "bad")
	for _, file := range []string{"data/north1.csv", "val.csv", "test.csv", "south.csv"} {
		w.write(file, rows)
	}
	w.write("exclude.json", `{"version": 1, "samples": [{"domain": "north", "sample": 1}]}`)
	w.write("rules.yaml", "rules: []\n")
	w.write("names.txt", "good\nbad\n")
	var picture bytes.Buffer
	must(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))))
	w.write("photos/a/cat/1.png", picture.String())
	w.write("photos/a/dog/1.png", picture.String())
	shape := onnxio.Shape{onnxio.Sym("N"), {Size: 2}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "net", Inputs: []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: shape}}, Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: shape}},
		Initializers: []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{2, 2}, []float32{1, 2, 3, 4})},
		Nodes:        []*onnxio.Node{{Name: "linear", Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}},
	}}
	must(t, onnxio.SaveOptions{ExternalData: "weights.bin", Threshold: 1}.Save(w.path("net.onnx"), m))
	w.write("out/plan.json", fmt.Sprintf(`{"version": 2, "study": "outputs", "file": %q, "randomness": "paired"}`, w.path("study.yaml")))
	for _, file := range outputsResults {
		if file != "out/plan.json" {
			w.write(file, "content of "+file)
		}
	}
	w.write("notes.txt", "nobody reads this")
	return w
}

// outputsResults are files of the folder of results.
var outputsResults = []string{
	"out/plan.json", "out/results.json", "out/groups.json", "out/provenance.json", "out/custody.json", "out/summary.json", "out/suspects.json",
	"out/SHA256SUMS", "out/runs/joint.s1/losses.parquet", "out/runs/joint.s1/done.json", "out/tables/matrix.parquet",
}

// here runs the command line of words in the folder.
func (w workshop) here(words ...string) (int, string) {
	w.t.Helper()
	cmd := sharewise(words...)
	cmd.Dir = w.dir
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// refuses makes sure that a command refuses an output because something would be lost, and that
// the file is what it was.
func (w workshop) refuses(file string, words ...string) {
	w.t.Helper()
	before, err := os.ReadFile(w.path(file))
	must(w.t, err)
	code, text := w.here(words...)
	after, err := os.ReadFile(w.path(file))
	if code != exitUsage || !strings.Contains(text, "would be lost") || !strings.Contains(text, "name") {
		w.t.Errorf("%s: exit code %d\n%s", strings.Join(words, " "), code, text)
	}
	if err != nil || string(after) != string(before) {
		w.t.Errorf("%s: %s is lost: %v", strings.Join(words, " "), file, err)
	}
}

// TestOutputsSpareStudies gives every command that reads a study, and writes where a flag says,
// each of the files that the study reads as its output.
func TestOutputsSpareStudies(t *testing.T) {
	w := newOutputs(t)
	commands := [][]string{
		{"dataset", "splits", "STUDY", "-o", "FILE"},
		{"dataset", "inspect", "STUDY", "-o", "FILE"},
		{"eval", "other.onnx", "--data", "STUDY", "-o", "FILE"},
		{"model", "train", "other.onnx", "--data", "STUDY", "-o", "FILE"},
		{"model", "train", "other.onnx", "--data", "STUDY", "-o", "new.onnx", "--table", "FILE"},
		{"model", "train", "other.onnx", "--data", "STUDY", "--keep-head", "--into", "FILE"},
	}
	w.write("other.onnx", "a model")
	for _, s := range outputsStudies {
		for i, file := range s.reads {
			for k, words := range commands {
				if i > 0 && k > 0 { // all ask one guard
					break
				}
				w.refuses(file, with(words, "STUDY", s.file, "FILE", file)...)
			}
		}
	}
}

// with puts words in the place of others.
func with(words []string, pairs ...string) []string {
	out := slices.Clone(words)
	for i, word := range out {
		for k := 0; k < len(pairs); k += 2 {
			if word == pairs[k] {
				out[i] = pairs[k+1]
			}
		}
	}
	return out
}

// TestOutputsSpareResults gives commands files of a folder of results as outputs, and to those
// that read the results also what their study reads.
func TestOutputsSpareResults(t *testing.T) {
	w := newOutputs(t)
	reading := [][]string{{"report", "out", "-o", "FILE"}, {"suspects", "out", "--list", "FILE"}}
	others := [][]string{
		{"dataset", "splits", "study.yaml", "-o", "FILE"},
		{"dataset", "inspect", "study.yaml", "-o", "FILE"},
		{"eval", "net.onnx", "--data", "study.yaml", "-o", "FILE"},
		{"model", "train", "net.onnx", "--data", "study.yaml", "--table", "FILE", "-o", "new.onnx"},
		{"model", "train", "net.onnx", "--data", "study.yaml", "-o", "FILE"},
		{"model", "new", "mlp", "--input", "2", "-o", "FILE"},
	}
	for _, words := range append(slices.Clone(reading), others...) {
		for _, file := range outputsResults {
			w.refuses(file, with(words, "FILE", file)...)
		}
	}
	w.write("out/report.html", "the report")
	for _, words := range append(slices.Clone(others), reading[1]) { // it belongs to 'report'
		w.refuses("out/report.html", with(words, "FILE", "out/report.html")...)
	}
	w.write("out/mine.html", "<html>a page of somebody's own</html>")
	w.refuses("out/mine.html", "report", "out", "-o", "out/mine.html")
	for _, words := range reading {
		for _, file := range outputsStudies[0].reads {
			if words[0] == "suspects" && file == "exclude.json" { // an earlier list
				continue
			}
			w.refuses(file, with(words, "FILE", file)...)
		}
	}
	// A study that cannot be read any more was planned with files that the plan lists.
	w.write("study.yaml", "version: 1\nname: [")
	w.write("out/plan.json", fmt.Sprintf(`{"version": 2, "study": "outputs", "file": %q, "randomness": "paired", "files": [{"what": "tokenizer", "path": "tokenizer.json", "sha256": ""}],
		"domains": [{"name": "south", "sources": [{"path": "south.csv", "sha256": ""}]}]}`, w.path("study.yaml")))
	for _, words := range reading {
		for _, file := range []string{"study.yaml", "tokenizer.json", "south.csv"} {
			w.refuses(file, with(words, "FILE", file)...)
		}
	}
	w.write("study.yaml", "version: 1\nname: outputs\n"+outputsStudies[0].text)
	// What is not there yet would be taken for a result.
	for _, words := range others {
		code, text := w.here(with(words, "FILE", "out/affinity.json")...)
		if code != exitUsage || !strings.Contains(text, "belongs to the results") {
			t.Errorf("%v: exit code %d\n%s", words, code, text)
		}
	}
	code, text := w.here("model", "train", "net.onnx", "--data", "study.yaml", "-o", "new.onnx", "--checkpoint", "out")
	if code != exitUsage || !strings.Contains(text, "belongs to the results") {
		t.Errorf("--checkpoint: exit code %d\n%s", code, text)
	}
}

// TestOutputsSpareInputs has what commands read beside studies and results.
func TestOutputsSpareInputs(t *testing.T) {
	w := newOutputs(t)
	must(t, os.MkdirAll(w.path("bundle"), 0o755))
	w.write("bundle/manifest.json", "{}")
	w.write("bundle/in.onnx", "a model")
	must(t, os.MkdirAll(w.path("deployed/out"), 0o755))
	w.write("deployed/manifest.json", "{}")
	w.write("deployed/out/plan.json", `{"version": 2, "study": "outputs", "randomness": "paired"}`)
	for _, c := range []struct {
		file string
		line string
	}{
		{"weights.bin", "eval net.onnx --data south.csv -o weights.bin"},
		{"net.onnx", "eval net.onnx --data south.csv -o net.onnx"},
		{"south.csv", "eval net.onnx --data south.csv -o south.csv"},
		{"names.txt", "eval net.onnx --data south.csv --labels names.txt -o names.txt"},
		{"photos/a/cat/1.png", "eval net.onnx --data photos -o photos/a/cat/1.png"},
		{"photos/a/cat/1.png", "dataset inspect photos -o photos/a/cat/1.png"},
		{"weights.bin", "model train net.onnx --data south.csv -o weights.bin"},
		{"net.onnx", "model train net.onnx --data south.csv -o net.onnx"},
		{"weights.bin", "model train net.onnx --data south.csv -o new.onnx --table weights.bin"},
		{"weights.bin", "model train net.onnx --data south.csv --keep-head --into weights.bin"},
		{"weights.bin", "model train net.onnx --data south.csv --keep-head --into weights.bin.onnx --table weights.bin"},
		{"names.txt", "model train net.onnx --data south.csv --labels names.txt -o names.txt"},
		{"bundle/in.onnx", "model gradient bundle/in.onnx --wrt x -o bundle --force"},
	} {
		w.refuses(c.file, strings.Fields(c.line)...)
	}
	// The weights beside --into are an output that no flag names.
	w.write("net2.data", "somebody's data")
	w.write("loose.yaml", "version: 1\nname: loose\ninput: table\ndefaults: {columns: {label: class}}\ntrainer: {command: [python3, net2.data]}\ndomains: [{name: south, data: south.csv}]\n")
	w.refuses("net2.data", strings.Fields("model train net.onnx --data loose.yaml --keep-head --into net2.onnx")...)
}

// TestOutputsKnowLinks names inputs by links, and outputs that data lead to by links.
func TestOutputsKnowLinks(t *testing.T) {
	w := newOutputs(t)
	must(t, os.Symlink("south.csv", w.path("symbolic.csv")))
	must(t, os.Link(w.path("south.csv"), w.path("hard.csv")))
	must(t, os.Symlink("out/results.json", w.path("results")))
	must(t, os.Link(w.path("out/results.json"), w.path("hard.json")))
	must(t, os.Symlink("out", w.path("elsewhere")))
	w.write("far.png", "a picture")
	must(t, os.Symlink("../../../far.png", w.path("photos/a/cat/2.png")))
	w.write("far2.png", "a picture")
	must(t, os.Link(w.path("far2.png"), w.path("photos/a/cat/3.png")))
	for file, line := range map[string]string{
		"symbolic.csv":           "dataset splits study.yaml -o symbolic.csv",
		"hard.csv":               "dataset splits study.yaml -o hard.csv",
		"south.csv":              "dataset splits study.yaml -o ./data/../south.csv",
		"results":                "dataset splits study.yaml -o results",
		"elsewhere/results.json": "dataset splits study.yaml -o elsewhere/results.json",
		"out/results.json":       "report elsewhere -o out/results.json",
		"hard.json":              "report out -o hard.json",
		"far.png":                "dataset inspect photos -o far.png",
		"far2.png":               "dataset inspect photos -o far2.png",
	} {
		w.refuses(file, strings.Fields(line)...)
	}
}

// TestOutputsAreTwo refuses one file for two outputs, however its name is spelled.
func TestOutputsAreTwo(t *testing.T) {
	w := newOutputs(t)
	must(t, os.Symlink("x.onnx", w.path("link.onnx")))
	for _, line := range []string{
		"model train net.onnx --data south.csv -o x.onnx --table x.onnx",
		"model train net.onnx --data south.csv -o x.onnx --table ./data/../x.onnx",
		"model train net.onnx --data south.csv -o x.onnx --table link.onnx",
		"model train net.onnx --data south.csv --keep-head --into x.onnx -o ./x.onnx",
		"model train net.onnx --data south.csv --keep-head --into x.onnx --table x.onnx",
		"model train net.onnx --data south.csv --keep-head --into x.onnx --table x.data",
	} {
		code, text := w.here(strings.Fields(line)...)
		if code != exitUsage || !strings.Contains(text, "name one file") || !strings.Contains(text, "name two files") {
			t.Errorf("%s: exit code %d\n%s", line, code, text)
		}
	}
	if _, err := os.Stat(w.path("x.onnx")); err == nil {
		t.Error("a model was written")
	}
}

// TestResultsSpareInputs refuses a folder for results where data stand in the place of results.
func TestResultsSpareInputs(t *testing.T) {
	requireRuntime(t)
	w := newWorkshop(t)
	must(t, os.Mkdir(w.path("tables"), 0o755))
	must(t, os.Rename(w.path("north.csv"), w.path("tables/north.csv")))
	w.write("study.yaml", strings.Replace(twoTables, "data: north.csv", "data: tables/north.csv", 1))
	for _, line := range []string{"run study.yaml -o .", "plan study.yaml -o . --write", "weightings study.yaml -o .", "mixtures study.yaml -o ."} {
		w.refuses("tables/north.csv", strings.Fields(line)...)
	}
	if code, text := w.here("plan", "study.yaml", "-o", "."); code != exitDone {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// TestOutputsMayReplace has outputs that replace what they may.
func TestOutputsMayReplace(t *testing.T) {
	w := newOutputs(t)
	for range 2 {
		for _, line := range []string{
			"dataset splits study.yaml -o notes.txt",
			"dataset splits study.yaml -o out/splits.csv",
			"dataset inspect study.yaml -o page.html",
			"model new mlp --input 2 -o new.onnx",
		} {
			if code, text := w.here(strings.Fields(line)...); code != exitDone {
				t.Errorf("%s: exit code %d\n%s", line, code, text)
			}
		}
	}
}

// TestReportsAndListsAgain writes reports and lists where there are earlier ones.
func TestReportsAndListsAgain(t *testing.T) {
	requireRuntime(t)
	w := newWorkshop(t)
	w.grouped()
	for range 2 {
		for _, line := range []string{
			"report out", "report out -o page.html", "report out -o out/report.html", "report out -o ./out/../out/report.html",
			"report out --lang ja -o out/report-ja.html", "report out -o out/report-ja.html", "report out -o page",
			"suspects out --list exclude.json", "suspects out --list out/exclude.json",
			"export out --models deployed --force", "export out --models out/deployed --force", "export out --models out/models --force", "export out --to csv -o csv --force",
		} {
			if code, text := w.here(strings.Fields(line)...); code != exitDone {
				t.Errorf("%s: exit code %d\n%s", line, code, text)
			}
		}
	}
	for _, file := range []string{"study.yaml", "south.csv", "out/results.json", "out/plan.json", "out/summary.json", "out/tables/exemplars.json"} {
		w.refuses(file, "report", "out", "-o", file)
		w.refuses(file, "suspects", "out", "--list", file)
	}
	must(t, os.MkdirAll(w.path("deployed/data"), 0o755))
	must(t, os.Rename(w.path("north.csv"), w.path("deployed/data/north.csv")))
	must(t, os.Symlink("deployed/data/north.csv", w.path("north.csv")))
	w.refuses("deployed/data/north.csv", strings.Fields("export out --models deployed --force")...)
	for _, dir := range []string{"out/runs", "out/refit", "out"} {
		if code, text := w.here("export", "out", "--models", dir, "--force"); code != exitUsage {
			t.Errorf("--models %s: exit code %d\n%s", dir, code, text)
		}
	}
	if code, text := w.here("check", "out"); code != exitDone {
		t.Errorf("the results are not what they were: exit code %d\n%s", code, text)
	}
}

// outputFlags are the flags that name what a command writes, with how the tests of this file, or
// the command itself, keep it off inputs.
var outputFlags = map[string]string{
	"sharewise dataset inspect -o":       "spare",
	"sharewise dataset splits -o":        "spare",
	"sharewise eval -o":                  "spare",
	"sharewise export --models":          "replacement, spare",
	"sharewise export -o":                "replacement, spare",
	"sharewise init -o":                  "never replaces, spare",
	"sharewise model gradient -o":        "replacement, spare",
	"sharewise model new -o":             "spare",
	"sharewise model train --checkpoint": "spare",
	"sharewise model train --into":       "spare",
	"sharewise model train --table":      "spare",
	"sharewise model train -o":           "spare",
	"sharewise report -o":                "spare",
	"sharewise suspects --list":          "spare",
	"sharewise run -o":                   "results, spareInputs",
	"sharewise plan -o":                  "results, spareInputs",
	"sharewise weightings -o":            "results, spareInputs",
	"sharewise mixtures -o":              "results, spareInputs",
	"sharewise demo -o":                  "results, spareInputs",
	"sharewise forget -o":                "results that are there",
	"sharewise decide -o":                "a study file that is never replaced, and results",
	"sharewise work --log":               "is recorded, and written by others",
}

// TestOutputFlags fails where a command has a flag for an output that outputFlags lacks: whoever
// adds one brings it under the guard.
func TestOutputFlags(t *testing.T) {
	found := map[string]bool{}
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			look(sub)
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			what, usage := pflag.UnquoteUsage(f)
			place := strings.Contains(what, "FILE") || strings.Contains(what, "FOLDER") || strings.Contains(what, "DIR")
			writes := strings.Contains(usage, "write") || strings.Contains(usage, "output goes to") || strings.HasPrefix(usage, "keep ")
			if !place || !writes && f.Shorthand != "o" {
				return
			}
			name := cmd.CommandPath() + " --" + f.Name
			if f.Shorthand != "" {
				name = cmd.CommandPath() + " -" + f.Shorthand
			}
			found[name] = true
			if outputFlags[name] == "" {
				t.Errorf("%s names an output: guard it by spare, and list it", name)
			}
		})
	}
	look(newRootCommand(&app{}))
	for name := range outputFlags {
		if !found[name] {
			t.Errorf("there is no flag %s", name)
		}
	}
}
