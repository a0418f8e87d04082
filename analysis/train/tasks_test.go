package train

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// everyKind is a study of one table with a domain of each kind of task; some
// labels and targets are missing.
const everyKind = `version: 1
name: kinds
defaults: {data: a.csv}
domains:
  - {name: classes, task: {class_weights: balanced, label_smoothing: 0.1}, columns: {label: c, features: [x, z]}}
  - {name: binary, task: {kind: binary, class_weights: balanced}, columns: {label: b, features: [x, z]}}
  - {name: labels, columns: {labels: [l, m], features: [x, z], missing_labels: drop}}
  - {name: values, task: {loss: huber}, columns: {targets: [u, v, w], features: [x, z], missing_labels: drop}}
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 2, batch: 8}
`

// TestEveryKind trains one model for all kinds of tasks and holds the loss
// table against the definitions of its columns.
func TestEveryKind(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	fmt.Fprintln(&b, "x,z,c,b,l,m,u,v,w")
	for i := range 80 {
		m, u := fmt.Sprint(i/2%2), fmt.Sprint(100+i)
		if i%4 == 0 {
			m, u = "", ""
		}
		fmt.Fprintf(&b, "%d,%d,%c,%s,%d,%s,%s,%d,%d\n", i, i*7%11, 'p'+rune(i%3), []string{"no", "yes"}[i%5/4], i%2, m, u, i%10, -i)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := study.ParseBytes([]byte(everyKind), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	trunk, err := zoo.Build("mlp", zoo.Config{Input: domains[0].Shape, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	rows := []int{8, 8, 8, 8}
	job := &Job{
		Run:     study.Run{ID: "joint", Hash: "hash", Arm: study.Joint, Domains: []string{"classes", "binary", "labels", "values"}, Rung: s.Model.Rungs[0], Weighting: s.Weightings[0], Seed: 1, StudySeed: 1},
		Domains: domains, Batches: rows, StepsPerEpoch: 8, Training: s.Training,
	}
	if job.Program, err = Compile(Trunk{Model: trunk, BatchNorm: s.Model.BatchNorm, Freeze: s.Model.Freeze}, domains, rows, s.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	run := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if done, err := Execute(t.Context(), reference.Backend(), job, run, nil); err != nil || done.Status != layout.Finished {
		t.Fatalf("%+v, %v", done, err)
	}
	table, err := losses.ReadFile(run.Losses())
	if err != nil {
		t.Fatal(err)
	}
	if len(table.More) != 2 {
		t.Fatalf("%d further outputs, want 2", len(table.More))
	}
	seen := map[string]int{}
	for i := range table.Len() {
		d := table.Domain[i]
		seen[d]++
		checkKind(t, table, i, d)
	}
	for _, d := range domains {
		if seen[d.Name] != d.Test.Len() || seen[d.Name] == 0 {
			t.Errorf("%s: %d rows, want %d", d.Name, seen[d.Name], d.Test.Len())
		}
	}
	m, err := onnxio.Load(run.Model())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"classes": "softmax", "binary": "sigmoid", "labels": "sigmoid", "values": ""} {
		note, _ := m.Property("sharewise.deploy/" + name)
		var d evaluate.Deployment
		if err := json.Unmarshal([]byte(note), &d); err != nil || d.Activation != want {
			t.Errorf("%s: deployment %s (%v)", name, note, err)
		}
	}
}

func checkKind(t *testing.T, table *losses.Table, i int, domain string) {
	t.Helper()
	loss := float64(table.Loss[i])
	isNaN := func(v float32) bool { return math.IsNaN(float64(v)) }
	switch domain {
	case "classes", "binary":
		right := float32(table.Label[i]) == table.Prediction[i]
		if !table.Classification(i) || table.Correct[i] != right {
			t.Errorf("%s: row %d: label %d, prediction %g, correct %v", domain, i, table.Label[i], table.Prediction[i], table.Correct[i])
		}
		// The loss is plain: neither weighted nor smoothed.
		if want := -math.Log(float64(table.Confidence[i])); right && math.Abs(loss-want) > 1e-5 {
			t.Errorf("%s: row %d: loss %g, want %g", domain, i, loss, want)
		}
	case "labels":
		sum, n, right := 0.0, 0.0, true
		for _, o := range table.Outputs()[:2] {
			if y, p := float64(o.Target[i]), float64(o.Prediction[i]); y == y {
				sum -= y*math.Log(p) + (1-y)*math.Log(1-p)
				n++
				right = right && (p > 0.5) == (y == 1)
			}
		}
		if !table.Multilabel(i) || math.Abs(loss-sum/n) > 1e-5 || table.Correct[i] != right || !isNaN(table.More[1].Target[i]) {
			t.Errorf("labels: row %d: loss %g, want %g; correct %v, want %v", i, loss, sum/n, table.Correct[i], right)
		}
	case "values":
		id := float32(table.Sample[i].Number)
		if u := table.Target[i]; !table.Regression(i) || isNaN(u) != (int(id)%4 == 0) || !isNaN(u) && math.Abs(float64(u-100-id)) > 1e-3 || math.Abs(float64(table.More[1].Target[i]+id)) > 1e-3 {
			t.Errorf("values: row %v: targets %g, %g", id, u, table.More[1].Target[i])
		}
	}
}
