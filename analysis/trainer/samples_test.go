package trainer

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
)

// regressions are two domains of two numbers to predict, from tables with a missing
// number and a column of words.
func regressions(t *testing.T, settings string) (*study.Study, []*dataset.Domain) {
	t.Helper()
	dir := t.TempDir()
	for k, name := range []string{"a.csv", "b.csv"} {
		text := "kind,x,w,u,v\n"
		for i := range 30 {
			x := "1.5"
			if i%6 > 0 {
				x = string(rune('0' + i%6))
			}
			if i == 4 {
				x = ""
			}
			text += strings.Join([]string{[]string{"red", "blue"}[i%2], x, string(rune('0' + i%7)), string(rune('1' + (i+k)%8)), "1e3"}, ",") + "\n"
			if i%3 == 0 {
				text = strings.TrimSuffix(text, "1e3\n") + "2e3\n"
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "train.sh"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := study.ParseBytes([]byte("version: 1\nname: own\ndefaults: {columns: {targets: [u, v], categorical: [kind]}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\nmodel: {widths: [0.5, 2]}\ntrainer: {command: [bash, train.sh], "+settings+"}\n"), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, all
}

// handed prepares a run, and returns its folder with what spec.json says.
func handed(t *testing.T, s *study.Study, all []*dataset.Domain) (string, *Spec) {
	t.Helper()
	p, err := Find(s)
	if err != nil {
		t.Fatal(err)
	}
	j := &Job{Program: p, Study: s, Domains: all, Run: study.Run{ID: "r", Arm: study.Joint, Domains: []string{"a", "b"}, Rung: s.Model.Rungs[1], Seed: 1, StudySeed: 1, Randomness: study.Paired}}
	work := filepath.Join(t.TempDir(), "work")
	if _, err := j.prepare(work); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(work, "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec Spec
	if err := json.Unmarshal(data, &spec); err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, SpecSchema, data)
	return work, &spec
}

// TestHandedNPY hands over what sharewise's own models get, and what is in the data.
func TestHandedNPY(t *testing.T) {
	for _, inputs := range []string{study.NormalizedInputs, study.RawInputs} {
		s, all := regressions(t, "inputs: "+inputs)
		work, spec := handed(t, s, all)
		if spec.Rung.Width != 2 || spec.RandomSeed < 0 || spec.RandomSeed >= 1<<31 || len(spec.Domains) != 2 || spec.Domains[0].Seed == spec.Domains[1].Seed {
			t.Errorf("spec %+v", spec)
		}
		for k, d := range spec.Domains {
			if !slices.Equal(d.Features, []string{"x", "w", "x missing", "kind"}) || !slices.Equal(d.Categories[0].Words, []string{"blue", "red"}) || !slices.Equal(d.Targets, []string{"u", "v"}) {
				t.Errorf("features %q, categories %v, targets %q", d.Features, d.Categories, d.Targets)
			}
			test := all[k].Test
			read := func(name string) *array.Array {
				data, err := os.ReadFile(filepath.Join(work, name))
				if err != nil {
					t.Fatal(err)
				}
				a, err := array.NPY(data)
				if err != nil {
					t.Fatal(err)
				}
				return a
			}
			x, y := read(d.Test.Inputs), read(d.Test.Targets)
			if x.Rows() != test.Len() || d.Test.Count != test.Len() || x.RowSize() != 4 || y.RowSize() != 2 {
				t.Fatalf("inputs %v, targets %v of %d", x.Shape, y.Shape, test.Len())
			}
			got, want := make([]float64, 4), make([]float64, 4)
			target, z := make([]float64, 2), make([]float64, 2)
			for i := range test.Len() {
				x.Float64s(i, got)
				y.Float64s(i, z)
				test.Raw(i, want)
				if inputs == study.NormalizedInputs {
					f := make([]float32, 4)
					if err := test.Gather([]int{i}, f); err != nil {
						t.Fatal(err)
					}
					for j, v := range f {
						want[j] = float64(v)
					}
					for j := range z {
						z[j] = z[j]*d.TargetStd[j] + d.TargetMean[j]
					}
				}
				test.RawTargets(i, target)
				for j := range want {
					if got[j] != want[j] && !(math.IsNaN(got[j]) && math.IsNaN(want[j])) {
						t.Errorf("input %d of sample %d is %g, want %g", j, i, got[j], want[j])
					}
				}
				for j := range z {
					if math.Abs(z[j]-target[j]) > 1e-3 {
						t.Errorf("target %d of sample %d is %g, want %g", j, i, z[j], target[j])
					}
				}
			}
		}
	}
}

// TestHandedParquet hands over tables whose columns have names, and with samples: none
// the numbers of rows alone.
func TestHandedParquet(t *testing.T) {
	s, all := regressions(t, "samples: parquet, inputs: raw")
	work, spec := handed(t, s, all)
	type row struct {
		X    float64 `parquet:"x"`
		W    float64 `parquet:"w"`
		Kind float64 `parquet:"kind"`
	}
	rows, err := parquet.ReadFile[row](filepath.Join(work, spec.Domains[1].Train.Inputs))
	if err != nil {
		t.Fatal(err)
	}
	train, x := all[1].Train, make([]float64, 4)
	for i, r := range rows {
		train.Raw(i, x)
		if r.X != x[0] && !(math.IsNaN(r.X) && math.IsNaN(x[0])) || r.W != x[1] || r.Kind != x[3] {
			t.Errorf("row %d is %v, want %v", i, r, x)
		}
	}
	if len(rows) != train.Len() {
		t.Errorf("%d rows of %d", len(rows), train.Len())
	}
	s, all = regressions(t, "samples: none")
	work, spec = handed(t, s, all)
	lines, err := os.ReadFile(filepath.Join(work, spec.Domains[0].Train.Rows))
	if err != nil || len(strings.Fields(string(lines))) != all[0].Train.Len() || spec.Domains[0].Train.Inputs != "" {
		t.Errorf("rows %q, %v", lines, err)
	}
}

// TestPredictions computes squared errors of predictions in the units of the data, and
// takes losses where the program gives them.
func TestPredictions(t *testing.T) {
	_, all := regressions(t, "samples: none")
	for _, given := range []bool{false, true} {
		dir, text := t.TempDir(), "domain,sample,prediction,prediction_2"
		if given {
			text += ",loss"
		}
		text += "\n"
		y := make([]float64, 2)
		for _, d := range all {
			for i := range d.Test.Len() {
				d.Test.RawTargets(i, y)
				row := []string{d.Name, jsonText(d.Test.ID(i)), jsonText(y[0] + 2*float64(d.TargetNorm.Std[0])), jsonText(y[1])}
				if given {
					row = append(row, "7")
				}
				text += strings.Join(row, ",") + "\n"
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "losses.csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		table, diverged, err := readLosses(dir, all, losses.Meta{Seed: 1})
		if err != nil || diverged != "" {
			t.Fatal(diverged, err)
		}
		want := 2.0 // (2² + 0²) / 2
		if given {
			want = 7
		}
		for i, l := range table.Loss {
			if math.Abs(float64(l)-want) > 1e-4 {
				t.Errorf("loss %d is %g, want %g", i, l, want)
			}
			std := all[map[string]int{"a": 0, "b": 1}[table.Domain[i]]].TargetNorm.Std[0]
			if d := table.Prediction[i] - table.Target[i] - 2*std; math.Abs(float64(d)) > 1e-3 {
				t.Errorf("prediction %g, target %g", table.Prediction[i], table.Target[i])
			}
		}
		if table.Correct != nil || len(table.More) != 1 {
			t.Errorf("correct %v, %d more outputs", table.Correct, len(table.More))
		}
	}
}

func jsonText(v any) string {
	data, _ := json.Marshal(v) // numbers are finite
	return string(data)
}

// TestHistory takes learning curves from text and from JSON.
func TestHistory(t *testing.T) {
	for name, text := range map[string]string{
		"history.csv":  "epoch,split,domain,loss,accuracy,tested\n1,train,a,2,,\n1,validation,a,1.5,0.25,true\n2,train,a,1,,\n2,val,a,0.75,0.5,0\n",
		"history.json": `[{"epoch":1,"split":"train","domain":"a","loss":2},{"epoch":1,"split":"val","domain":"a","loss":1.5,"accuracy":0.25},{"epoch":2,"split":"training","domain":"a","loss":1},{"epoch":2,"split":"validation","domain":"a","loss":0.75,"accuracy":0.5}]`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		rows, epoch, err := readHistory(dir, study.Run{Domains: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 4 || rows[1].Split != layout.ValSplit || rows[3].Accuracy != 0.5 || rows[3].Loss != 0.75 || rows[2].Epoch != 2 || epoch != map[string]int{"history.csv": 1, "history.json": 2}[name] || !math.IsNaN(rows[0].Accuracy) {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// TestTableSchema holds a row that programs leave against the schema.
func TestTableSchema(t *testing.T) {
	schematest.Valid(t, TableSchema, []byte(`{"domain": "a", "sample": 3, "loss": 0.5, "correct": true, "prediction": 1, "prediction_2": 0.5, "mine": "x"}`))
}
