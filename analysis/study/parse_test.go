package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const minimal = `version: 1
name: digits
input: {image: [28, 28]}
domains:
  - name: mnist
    data: {images: a.gz, labels: b.gz}
  - name: usps
    data: {images: c.gz, labels: d.gz}
`

func mustParse(t testing.TB, text string) *Study {
	t.Helper()
	s, err := ParseBytes([]byte(text), "study.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseFillsDefaults(t *testing.T) {
	domain := func(name, images, labels string) Domain {
		return Domain{
			Name: name, Format: IDX, Files: Files{Images: images, Labels: labels},
			Task: Task{Kind: Classification, Loss: CrossEntropy, ClassWeights: ClassWeights{Rule: "none"}}, Split: Split{Val: 0.1, Test: 0.2, By: ByRandom}, Value: 1,
		}
	}
	want := &Study{
		Version: 1, Name: "digits", Title: "digits", Seed: 1, Seeds: 5, Randomness: Paired,
		Input:   Input{Kind: Image, Size: []int{28, 28}, Channels: 1, Fit: "resize", Normalize: "standard"},
		Domains: []Domain{domain("mnist", "a.gz", "b.gz"), domain("usps", "c.gz", "d.gz")},
		Model:   Model{Trunk: "cnn", Init: "keep", Widths: []float64{1}, Rungs: []Rung{{Name: "w1", Width: 1}}},
		Training: Training{
			Epochs: 20, Batch: 64, Sampling: Proportional, Temperature: 2,
			Optimizer: Optimizer{Name: "adamw", Momentum: 0.9, Nesterov: true, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.0005},
			Rate:      0.001, Schedule: Schedule{Kind: "cosine", Warmup: 0.05, Final: 0.01},
			Select: "last", Threads: 1, CheckpointEvery: 1, Passes: "all",
		},
		Weightings: []Weighting{{Name: "equal"}},
		Arms:       Arms{Joint: true},
		Baseline:   LinearBaseline,
		Analysis:   Analysis{Level: 0.95, Alpha: 0.05, Exemplars: 12, LossCap: 1},
		Grouping:   Grouping{Tolerance: 0.02},
	}
	if diff := cmp.Diff(want, mustParse(t, minimal), cmpopts.IgnoreUnexported(Study{})); diff != "" {
		t.Error(diff)
	}
}

// TestShortForms compares a value that stands alone with the mapping that it
// stands for.
func TestShortForms(t *testing.T) {
	table := func(rest string) string {
		return "version: 1\nname: plants\ndefaults: {columns: {label: ok}}\ndomains:\n" +
			"  - {name: a, data: a.csv}\n  - {name: b, data: b.csv}\n" + rest
	}
	for _, c := range []struct{ short, long string }{
		{table(""), strings.ReplaceAll(table(""), "data: a.csv", "data: {path: a.csv}")},
		{table("input: table\n"), table("input: {kind: table}\n")},
		{table("training: {optimizer: sgd}\n"), table("training: {optimizer: {name: sgd}, rate: 0.05}\n")},
		{table("training: {schedule: linear}\n"), table("training: {schedule: {kind: linear}}\n")},
		{table("weightings: [equal, dwa]\n"), table("weightings: [{name: equal}, {name: dwa, temperature: 2}]\n")},
		{table("weightings: [uncertainty]\n"), table("weightings:\n- name: uncertainty\n  rate: 1e-2\n")},
		{table("model: mlp\n"), table("model: {trunk: mlp, widths: [1]}\n")},
		{table("training:\ngrouping:\n"), table("")},
		{strings.Replace(table(""), "{name: a,", "{name: a, split: time, limit: 10,", 1),
			strings.Replace(table(""), "{name: a,", "{name: a, split: {by: time}, limit: {train: 10},", 1)},
	} {
		if short, long := mustParse(t, c.short), mustParse(t, c.long); !short.Equal(long) {
			t.Errorf("differ:\n%s\n%s\n%s", c.short, c.long, cmp.Diff(short, long, cmpopts.IgnoreUnexported(Study{})))
		}
	}
}

func TestDefaultsApplyToAllDomains(t *testing.T) {
	s := mustParse(t, `version: 1
name: plants
x-parts:
  north: &north {path: north.csv}
defaults:
  columns: {label: ok, group: lot, missing: [x]}
  split: {test: 0.3}
  task: {classes: [010, no, 1.0]}
  skip_bad: true
domains:
  - {name: a, data: *north}
  - name: b
    data: b.csv
    columns: {label: fine}
    split: {validation: 0}
    task: {classes: ["yes", "no"]}
    skip_bad: false
  - <<: {data: c.csv, value: 3}
    name: c
`)
	a, b, c := s.Domains[0], s.Domains[1], s.Domains[2]
	if want := (Columns{Label: "ok", Group: "lot", MissingLabels: "error", Missing: []string{"x"}, Impute: Median, Indicators: true}); !cmp.Equal(*a.Columns, want) {
		t.Errorf("columns of a: %+v", *a.Columns)
	}
	if a.Files.Path != "north.csv" || !a.SkipBad || a.Split != (Split{Val: 0.1, Test: 0.3, By: ByGroup}) {
		t.Errorf("a: %+v", a)
	}
	// Classes are texts, as they are written.
	if !cmp.Equal(a.Task.Classes, []string{"010", "no", "1.0"}) {
		t.Errorf("classes of a: %q", a.Task.Classes)
	}
	if b.Columns.Label != "fine" || b.Columns.Group != "lot" || b.SkipBad || b.Split != (Split{Val: 0, Test: 0.3, By: ByGroup}) || len(b.Task.Classes) != 2 {
		t.Errorf("b: %+v, columns %+v", b, *b.Columns)
	}
	if c.Files.Path != "c.csv" || c.Value != 3 || c.Columns == a.Columns {
		t.Errorf("c: %+v", c)
	}
	// The order of keys does not matter.
	if len(mustParse(t, "domains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\ndefaults: {columns: {label: y}}\nname: n\nversion: 1\n").Domains) != 2 {
		t.Error("defaults after domains are not read")
	}
}

func TestEnvironmentAndPaths(t *testing.T) {
	t.Setenv("DATA_OF_TEST", "/srv/data")
	dir := t.TempDir()
	file := filepath.Join(dir, "study.yaml")
	text := strings.Replace(minimal, "images: a.gz", "images: '${DATA_OF_TEST}/a.gz'", 1)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Path(s.Domains[0].Files.Images); got != filepath.FromSlash("/srv/data/a.gz") {
		t.Errorf("absolute path became %s", got)
	}
	if got := s.Path(s.Domains[1].Files.Images); got != filepath.Join(dir, "c.gz") {
		t.Errorf("relative path became %s", got)
	}
	if _, err := Parse(dir); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Parse(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestRungs(t *testing.T) {
	for _, c := range []struct {
		model string
		want  []Rung
	}{
		{"model: {widths: [0.25, 1, 2.5]}", []Rung{{Name: "w0.25", Width: 0.25}, {Name: "w1", Width: 1}, {Name: "w2.5", Width: 2.5}}},
		{"model: nets/tiny.onnx", []Rung{{Name: "tiny", Path: "nets/tiny.onnx"}}},
		{"model: {files: [s.onnx, l.onnx]}", []Rung{{Name: "s", Path: "s.onnx"}, {Name: "l", Path: "l.onnx"}}},
	} {
		if got := mustParse(t, minimal+c.model+"\n").Model.Rungs; !cmp.Equal(got, c.want) {
			t.Errorf("%s: %+v", c.model, got)
		}
	}
}

func TestWarnings(t *testing.T) {
	three := minimal + "  - {name: third, data: {images: e, labels: f}}\n"
	for _, c := range []struct{ text, want string }{
		{minimal + "seeds: 1\n", "no effect can be told from chance"},
		{minimal + "seeds: 2\n", "results hold for these trainings only"},
		{three + "arms: {pairs: false}\n", "groups cannot be chosen"},
		{minimal + "training: {temperature: 3}\n", "sampling is proportional"},
		{minimal + "model: {trunk: mlp, freeze: ['*']}\nweightings: [equal, mgda]\n", "nothing for mgda to weigh"},
	} {
		got := mustParse(t, c.text).Warnings
		if len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("warnings %q, want one with %q", got, c.want)
		}
	}
	if w := mustParse(t, three).Warnings; len(w) > 0 {
		t.Errorf("unasked warnings: %q", w)
	}
}

func ExampleParseBytes() {
	_, err := ParseBytes([]byte(`version: 1
name: digits
input: {image: [28, 28]}
seeds: many
domains:
  - name: mnist
    data: {images: a.gz, labels: b.gz}
  - nams: usps
    data: {images: c.gz, labels: d.gz}
`), "study.yaml", "")
	fmt.Println(err)
	// Output:
	// study.yaml:4:8: seeds: "many" is not a whole number from 1 to 1000
	//     seeds: many
	//            ^
	// study.yaml:8:5: domains[1].nams: unknown key; did you mean "name"?
	//       - nams: usps
	//         ^
	// study.yaml:8:5: domains[1]: the key "name" is missing: name of the domain: letters, digits, '-', '_' and '.'.
	//       - nams: usps
	//         ^
}

// TestPathOfAnotherEncoding refuses a study whose path no plan can hold.
func TestPathOfAnotherEncoding(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "caf\xe9")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skip("the file system wants names in UTF-8: ", err)
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nname: s\ndomains: [{name: a, data: a.csv}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(file); err == nil || !strings.Contains(err.Error(), `caf\xe9/study.yaml" is not UTF-8`) {
		t.Errorf("%v", err)
	}
}
