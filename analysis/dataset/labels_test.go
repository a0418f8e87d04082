package dataset

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// tasksTable has two features and columns for every kind of task, of which some
// are empty.
func tasksTable(n int) []byte {
	out := []string{"x,z,class,size,weight,dent,rust"}
	blank := func(i, every int, s string) string {
		if i%every == 0 {
			return ""
		}
		return s
	}
	for i := range n {
		out = append(out, fmt.Sprintf("%d,%d,%s,%s,%s,%s,%s", i, i*i%17,
			blank(i, 4, []string{"ok", "bad"}[i%5/4]), blank(i, 3, fmt.Sprint(10+i)), blank(i, 6, fmt.Sprint(i*i)),
			blank(i, 5, fmt.Sprint(i%2)), blank(i, 10, []string{"false", "true"}[i%3/2])))
	}
	return filetest.Lines(out...)
}

// openTasks opens domains that read the same table.
func openTasks(t *testing.T, domains ...string) []*Domain {
	t.Helper()
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", tasksTable(120))
	text := "version: 1\nname: s\ndefaults: {data: a.csv}\ndomains:\n"
	for i, d := range domains {
		text += fmt.Sprintf("  - {name: d%d, %s}\n", i, d)
	}
	s, err := study.ParseBytes([]byte(text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := OpenAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const features = "features: [x, z], missing_labels: drop"

// TestSharedSplit checks that a row is in the same part for all domains that
// use it, whatever labels it has.
func TestSharedSplit(t *testing.T) {
	for _, by := range []string{"", ", split: {by: time}", ", split: {by: group}"} {
		features, group := features, ""
		if strings.Contains(by, "group") {
			features, group = "features: [x], missing_labels: drop", ", group: z"
		}
		domains := openTasks(t,
			"columns: {label: class, "+features+group+"}"+by,
			"task: binary, columns: {label: class, "+features+group+"}"+by,
			"columns: {targets: [size, weight], "+features+group+"}"+by,
			"columns: {labels: [dent, rust], "+features+group+"}"+by)
		part := map[int64]string{}
		for _, d := range domains {
			for name, s := range map[string]*Split{"train": d.Train, "val": d.Val, "test": d.Test} {
				if s.Len() == 0 {
					t.Errorf("%q, %s: no row for %s", by, d.Name, name)
				}
				for i := range s.Len() {
					id := s.ID(i)
					if before, ok := part[id]; ok && before != name {
						t.Fatalf("%q: row %d is for %s in one domain and for %s in %s", by, id, before, name, d.Name)
					}
					part[id] = name
				}
			}
		}
		if len(part) < 110 {
			t.Errorf("%q: only %d rows are used", by, len(part))
		}
	}
}

func TestMissingLabels(t *testing.T) {
	domains := openTasks(t, "columns: {label: class, "+features+"}", "columns: {targets: [size, weight], "+features+"}", "columns: {labels: [dent, rust], "+features+"}")
	for i, want := range []int{30, 20, 12} { // rows without any label
		d := domains[i]
		if len(d.Dropped) != 1 || d.Dropped[0].Count != want || d.Dropped[0].Example != "a.csv:2" {
			t.Errorf("%s: dropped %+v, want %d", d.Name, d.Dropped, want)
		}
		if got := d.Train.Len() + d.Val.Len() + d.Test.Len(); got != 120-want {
			t.Errorf("%s: %d rows, want %d", d.Name, got, 120-want)
		}
		if d.Masked != (i == 1 || i == 2) {
			t.Errorf("%s: masked is %v", d.Name, d.Masked)
		}
	}
	v := make([]float32, 2)
	for i := range domains[1].Train.Len() {
		domains[1].Train.Targets([]int{i}, v)
		id := domains[1].Train.ID(i)
		if math.IsNaN(float64(v[0])) != (id%3 == 0) || math.IsNaN(float64(v[1])) != (id%6 == 0) {
			t.Errorf("targets of row %d are %v", id, v)
		}
	}
	if n := domains[1].TargetNorm; len(n.Mean) != 2 || math.IsNaN(float64(n.Mean[0])) || !(n.Std[1] > 0) {
		t.Errorf("normalisation of targets %+v", n)
	}
}

func TestObjective(t *testing.T) {
	domains := openTasks(t,
		"task: {class_weights: balanced, label_smoothing: 0.1}, columns: {label: class, "+features+"}",
		"task: {kind: binary, class_weights: balanced, classes: [ok, bad]}, columns: {label: class, "+features+"}",
		"task: {kind: binary, class_weights: {bad: 3}, classes: [ok, bad]}, columns: {label: class, "+features+"}",
		"task: {class_weights: {rust: 4}}, columns: {labels: [dent, rust], "+features+"}",
		"task: {loss: huber}, columns: {targets: [size], "+features+"}")
	count := map[int]float64{}
	for i := range domains[1].Train.Len() {
		count[domains[1].Train.Label(i)]++
	}
	n := count[0] + count[1]
	for i, want := range [][]float32{{float32(n / 2 / count[1]), float32(n / 2 / count[0])}, {float32(count[0] / count[1])}, {3}, {1, 4}, nil} {
		got := domains[i].Objective.ClassWeights
		if len(got) != len(want) || slices.ContainsFunc(got, func(w float32) bool {
			return !slices.ContainsFunc(want, func(v float32) bool { return math.Abs(float64(v-w)) < 1e-5 })
		}) {
			t.Errorf("%s: weights %v, want %v", domains[i].Name, got, want)
		}
	}
	if o := domains[0].Objective; o.Smoothing != 0.1 || o.Loss != study.CrossEntropy {
		t.Errorf("objective %+v", o)
	}
	if o := domains[4].Objective; o.Loss != study.Huber || o.Delta != 1 {
		t.Errorf("objective %+v", o)
	}
	if got := []int{domains[0].Task.Outputs(), domains[1].Task.Outputs(), domains[3].Task.Outputs()}; !slices.Equal(got, []int{2, 1, 2}) {
		t.Errorf("outputs %v", got)
	}
}

func TestLabelErrors(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines("x,y,l,m", "1,a,0,", "2,b,1,1", "3,c,2,0", "4,a,1,1"))
	for settings, want := range map[string]string{
		"task: binary, columns: {label: y, ignore: [l, m]}":                  `3 classes ("a", "b", "c"), and the task is binary`,
		"columns: {labels: [l], ignore: [m, y]}":                             `a.csv:4: column "l": neither 0 nor 1 ("2")`,
		"columns: {labels: [m], ignore: [l, y]}":                             `a.csv:2: column "m": missing value`,
		"task: {class_weights: {d: 2}}, columns: {label: y, ignore: [l, m]}": `task.class_weights names "d"`,
		"columns: {targets: [m], ignore: [l, y]}":                            `a.csv:2: column "m": missing value`,
	} {
		if _, err := open(t, dir, tableStudy(settings)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", settings, err, want)
		}
	}
}
