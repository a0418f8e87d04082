package study_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestReads has every key of a study under which files stand.
func TestReads(t *testing.T) {
	t.Setenv("SHAREWISE_TEST_RULES", "rules.yaml")
	const tables = "input: table\ndefaults: {columns: {label: y}}\n"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"tables", tables + "exclude: list.json\npolicy: ${SHAREWISE_TEST_RULES}\ndomains: [{name: a, data: 'a*.csv', validation: val.csv, test: test.csv}]\n",
			[]string{"the study file: study.yaml", "data of domain a: a1.csv", "data of domain a: a2.csv", "data of domain a: val.csv", "data of domain a: test.csv", "exclude: list.json", "policy.file: rules.yaml"}},
		{"nothing there", tables + "domains: [{name: a, data: gone.csv}]\n", []string{"the study file: study.yaml", "data of domain a: gone.csv"}},
		{"models", tables + "model: {files: [a.onnx, b.onnx]}\ndomains: [{name: a, data: a1.csv}]\n", []string{"the study file: study.yaml", "data of domain a: a1.csv", "model: a.onnx", "model: b.onnx"}},
		{"trunk", tables + "model: {trunk: a.onnx}\ndomains: [{name: a, data: a1.csv}]\n", []string{"the study file: study.yaml", "data of domain a: a1.csv", "model: a.onnx"}},
		{"named trunk", tables + "model: {trunk: mlp}\ndomains: [{name: a, data: a1.csv}]\n", []string{"the study file: study.yaml", "data of domain a: a1.csv"}},
		{"trainer", tables + "trainer: {command: [./go.sh, train.py, --fast, gone.py, ., lib], files: ['lib/*.py']}\ndomains: [{name: a, data: a1.csv}]\n",
			[]string{"the study file: study.yaml", "data of domain a: a1.csv", "trainer.command: go.sh", "trainer.command: train.py", "trainer.command: lib", "trainer.files: lib/m.py"}},
		{"program in PATH", tables + "trainer: {command: [train.py, train.py]}\ndomains: [{name: a, data: a1.csv}]\n",
			[]string{"the study file: study.yaml", "data of domain a: a1.csv", "trainer.command: train.py"}},
		{"import", tables + "trainer: {import: 'a*.csv'}\ndomains: [{name: a, data: a1.csv}]\n",
			[]string{"the study file: study.yaml", "data of domain a: a1.csv", "trainer.import: a1.csv", "trainer.import: a2.csv"}},
		{"texts", "input: {text: {tokenizer: tok.json, length: 4}}\ndefaults: {columns: {text: [t], label: y}}\ndomains: [{name: a, data: a1.csv}]\n",
			[]string{"the study file: study.yaml", "data of domain a: a1.csv", "input.text.tokenizer: tok.json"}},
		{"series", "input: {series: {window: 8}}\ndomains: [{name: a, data: lib, series: {type: csv, index: list.json}}]\n",
			[]string{"the study file: study.yaml", "data of domain a: lib", "data of domain a: list.json"}},
		{"images", "input: {image: [4, 4]}\ndefaults: {columns: {file: f, label: y}}\ndomains: [{name: a, data: {path: lib, index: a1.csv}}]\n",
			[]string{"the study file: study.yaml", "data of domain a: lib", "data of domain a: a1.csv"}},
		{"idx", "input: {image: [4, 4]}\ndomains: [{name: a, data: {images: i.idx, labels: l.idx}}]\n",
			[]string{"the study file: study.yaml", "data of domain a: i.idx", "data of domain a: l.idx"}},
		{"arrays", "input: {array: [2]}\ndomains: [{name: a, data: {path: x.npy, inputs: i, targets: t.npy, groups: g.npy}}]\n",
			[]string{"the study file: study.yaml", "data of domain a: x.npy", "data of domain a: i", "data of domain a: t.npy", "data of domain a: g.npy"}},
	} {
		dir := t.TempDir()
		for _, file := range []string{"a1.csv", "a2.csv", "train.py", "go.sh", "lib/m.py", "rules.yaml", "study.yaml"} {
			path := filepath.Join(dir, file)
			text := map[string]string{"rules.yaml": "rules: []\n", "study.yaml": "version: 1\nname: reads\n" + test.text}[file]
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, err := study.Parse(filepath.Join(dir, "study.yaml"))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for _, r := range s.Reads() {
			rel, err := filepath.Rel(dir, r.Path)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimPrefix(r.String(), "what the study names under ")+": "+filepath.ToSlash(rel))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}
