package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestRandomStudies runs studies with settings drawn at random from their first
// command to the last: every combination that plan accepts must train, and
// whatever was trained must be analysed. SHAREWISE_RANDOM_STUDIES is how many,
// 6 without it; the seed of each is its number.
func TestRandomStudies(t *testing.T) {
	n := 6
	if text := os.Getenv("SHAREWISE_RANDOM_STUDIES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range n {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { randomStudy(t, uint64(seed)) })
	}
}

func randomStudy(t *testing.T, seed uint64) {
	r := &drawing{Rand: rand.New(rand.NewPCG(seed, 7))}
	r.count = 2 + r.IntN(2)
	dir := t.TempDir()
	file := filepath.Join(dir, "study.yaml")
	domains := r.domains(t, dir)
	text := "version: 1\nname: drawn\nseeds: " + r.of("1", "2", "3", "4") + "\n" + domains + r.settings()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	for _, c := range []struct {
		line  string
		codes string // of exit that are in order
	}{
		{"dataset inspect " + file + " -o " + filepath.Join(dir, "data.html"), "0"},
		{"plan " + file, "0"}, {"run " + file + " -o " + out, "0"}, {"status " + out, "0"},
		{"analyze " + out, "0"}, {"analyze " + out + " --json", "0"},
		{"group " + out, "03"}, // a domain without error has no gains
		{"report " + out, "0"}, {"cross " + out, "03"},
	} {
		var output bytes.Buffer
		a := &app{stdin: os.Stdin, stdout: &output, stderr: &output}
		if code := a.main(strings.Fields(c.line)); !strings.Contains(c.codes, strconv.Itoa(code)) {
			t.Fatalf("%s: exit code %d\n%s\n%s", c.line, code, output.String(), text)
		}
	}
	models, err := filepath.Glob(filepath.Join(out, "runs", "*", "model.onnx"))
	if err != nil || len(models) == 0 {
		t.Fatalf("models %v, %v", models, err)
	}
}

// drawing draws the parts of a study.
type drawing struct {
	*rand.Rand
	count int // of domains
}

func (r *drawing) of(choices ...string) string { return choices[r.IntN(len(choices))] }

// domains writes data and returns the study's input and domains.
func (r *drawing) domains(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	series := r.IntN(4) == 0
	if series {
		b.WriteString("input: {series: {window: 16}}\n")
	}
	b.WriteString("domains:\n")
	words := r.of("", ", categorical: [word]")
	for k := range r.count {
		name := fmt.Sprintf("d%d", k)
		if series {
			for _, class := range []string{"a", "b"} {
				r.write(t, filepath.Join(dir, name, class, "1.csv"), r.signal(class))
			}
			fmt.Fprintf(&b, "  - {name: %s, data: %s, format: series, series: {stride: %s}, split: {by: %s}, columns: {features: [v]}}\n", name, name, r.of("8", "16"), r.of("time", "random"))
			continue
		}
		r.write(t, filepath.Join(dir, name+".csv"), r.table(k))
		task := r.of("task: classification, columns: {label: class", "task: {kind: classification, class_weights: balanced, label_smoothing: 0.1}, columns: {label: class",
			"task: binary, columns: {label: answer", "task: {kind: classification, measure: loss}, columns: {label: class",
			"task: regression, columns: {targets: [t1, t2]", "task: {kind: regression, loss: huber, delta: 0.7}, columns: {targets: [t2]",
			"task: multilabel, columns: {labels: [l1, l2]")
		group := r.of("", "", ", group: lot")
		split := ""
		if group == "" {
			split = r.of("", ", split: {by: content}", ", split: {by: time}")
		}
		fmt.Fprintf(&b, "  - {name: %s, data: %s.csv, %s, features: [x1, x2, x3], missing_labels: drop%s%s}%s}\n", name, name, task, words, group, split)
	}
	trunk := "mlp"
	if series {
		trunk = r.of("tcn", "transformer")
	}
	fmt.Fprintf(&b, "model: {trunk: %s, widths: [0.25]}\n", trunk)
	return b.String()
}

// settings returns how the study trains.
func (r *drawing) settings() string {
	weights := "d0: 1, d1: 2"
	if r.count > 2 {
		weights += ", d2: 0.5"
	}
	return fmt.Sprintf("training: {epochs: %s, batch: %s, optimizer: %s, sampling: %s, conflict: %s, select: %s, augment: {%s}}\nweightings: %s\narms: %s\n",
		r.of("1", "2"), r.of("4", "16", "64"), r.of("adamw", "sgd", "{name: sgd, momentum: 0}", "adam", "adagrad"),
		r.of("proportional", "balanced", "temperature"), r.of("true", "false"), r.of("last", "best"), r.of("noise: 0", "noise: 0.1", "scaling: 0.2"),
		r.of("[equal]", "[equal, size]", "[dwa]", "[uncertainty, equal]", "[{name: static, weights: {"+weights+"}}]"),
		r.of("{joint: true, pairs: true}", "{joint: true, pairs: false}", "{pairs: false, pools: [[d0, d1]]}"))
}

// table is rows with every kind of column; where many of 10 labels are missing.
func (r *drawing) table(k int) string {
	var b strings.Builder
	b.WriteString("x1,x2,x3,word,lot,class,answer,t1,t2,l1,l2\n")
	gaps := r.of("", "gaps")
	known := func(format string, v any) string {
		if gaps != "" && r.IntN(10) == 0 {
			return ""
		}
		return fmt.Sprintf(format, v)
	}
	for i := range []int{50, 90, 150}[r.IntN(3)] {
		x := []float64{r.NormFloat64() + float64(k)/3, r.NormFloat64(), r.NormFloat64()}
		class := "p"
		if x[0] < 0 {
			class = r.of("p", "q")
		}
		fmt.Fprintf(&b, "%.4g,%.4g,%.4g,%s,lot%d,%s,%s,%s,%s,%s,%s\n", x[0], x[1], x[2], r.of("a", "b", "c", ""), i/3,
			known("%s", class), known("%t", x[1] > 0), known("%.4g", 3*x[0]), known("%.4g", x[1]+x[2]), known("%t", x[0] > 0), known("%t", x[2] > 0.5))
	}
	return b.String()
}

func (r *drawing) signal(class string) string {
	var b strings.Builder
	b.WriteString("v\n")
	for i := range 600 {
		fmt.Fprintf(&b, "%.4g\n", math.Sin(float64(i)*map[string]float64{"a": 0.1, "b": 0.2}[class])+0.3*r.NormFloat64())
	}
	return b.String()
}

func (r *drawing) write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
