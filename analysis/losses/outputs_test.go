package losses

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var nan = float32(math.NaN())

// kinds is a table with one sample of every kind of task: a class, three
// labels of which one is unknown, two targets of which the first is unknown.
func kinds() *Table {
	return &Table{
		Domain: []string{"c", "m", "r"}, Seed: []int64{1, 1, 1}, Sample: []SampleID{{Number: 1}, {Number: 2}, {Number: 3}},
		Loss: []float32{0.5, 0.25, 2}, Correct: []bool{true, false, false}, Label: []int32{-2, -2, -1},
		Prediction: []float32{4, 0.75, 7}, Confidence: []float32{0.5, nan, nan}, Target: []float32{nan, 1, nan},
		More: []Output{
			{[]float32{nan, 0.25, 8}, []float32{nan, nan, 9}},
			{[]float32{nan, 0.5, nan}, []float32{nan, 0, nan}},
		},
	}
}

func sameBits(a, b float32) bool { return a == b || a != a && b != b }

func TestOutputsRoundTrip(t *testing.T) {
	want := kinds()
	var buf bytes.Buffer
	if err := Write(&buf, want); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text := `domain,seed,sample,loss,correct,label,target_2,prediction,confidence,target,prediction_2,prediction_3,target_3,target_1,prediction_x
c,1,1,0.5,1,-2,,4,0.5,,,,,8,8
m,1,2,0.25,0,-2,NaN,0.75,,1,0.25,0.5,0,8,8
r,1,3,2,0,-1,9,7,,,8,,,8,8
`
	for name, data := range map[string][]byte{"l.parquet": buf.Bytes(), "l.csv": []byte(text)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.Comparer(sameBits)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if len(got.Outputs()) != 3 {
			t.Errorf("%s: %d outputs", name, len(got.Outputs()))
		}
	}
}

func TestKindsOfRows(t *testing.T) {
	table := kinds()
	for i, want := range []string{"class", "labels", "values"} {
		got := map[bool]string{table.Classification(i): "class", table.Multilabel(i): "labels", table.Regression(i): "values"}[true]
		if got != want || table.Classification(i) && (table.Multilabel(i) || table.Regression(i)) || table.Multilabel(i) && table.Regression(i) {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}

func TestOutputsMerge(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.csv": "domain,seed,sample,loss,correct,label,prediction,confidence\nc,1,1,0.5,1,0,0,0.5\n",
		"b.csv": "domain,seed,sample,loss,correct,label,prediction,target,prediction_2,target_2\nm,1,1,0.5,1,-2,0.75,1,0.25,0\n",
		"c.csv": "domain,seed,sample,loss,prediction,target\nr,1,1,0.5,3,2\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Read(filepath.Join(dir, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := &Table{
		Domain: []string{"c", "m", "r"}, Seed: []int64{1, 1, 1}, Sample: []SampleID{{Number: 1}, {Number: 1}, {Number: 1}},
		Loss: []float32{0.5, 0.5, 0.5}, Correct: []bool{true, true, false}, Label: []int32{0, -2, -1},
		Prediction: []float32{0, 0.75, 3}, Confidence: []float32{0.5, nan, nan}, Target: []float32{nan, 1, 2},
		More: []Output{{[]float32{nan, 0.25, nan}, []float32{nan, 0, nan}}},
	}
	if d := cmp.Diff(want, got, cmp.Comparer(sameBits)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOutputErrors(t *testing.T) {
	for header, want := range map[string]string{
		"prediction,target,target_2":                           "column prediction_2: is missing",
		"prediction,target,prediction_3,target_3":              "column prediction_2: is missing",
		"target,prediction_2,target_2":                         "column prediction: is missing",
		"prediction,target,prediction_2,target_2,prediction_2": "column prediction_2: occurs twice",
		"prediction,target,prediction_2,target_99999":          "column target_2: is missing",
	} {
		path := filepath.Join(t.TempDir(), "l.csv")
		if err := os.WriteFile(path, []byte("domain,seed,sample,loss,"+header+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", header, err, want)
		}
	}
	short := kinds()
	short.More[1].Target = short.More[1].Target[:2]
	lone := kinds()
	lone.Prediction = nil
	for _, table := range []*Table{short, lone} {
		if err := Write(&bytes.Buffer{}, table); err == nil {
			t.Error("a malformed table was written")
		}
	}
}

// TestConcatOfDifferentOutputs joins tables of domains with one, three and two
// outputs: what a domain does not have is NaN, and the tables stay as they are.
func TestConcatOfDifferentOutputs(t *testing.T) {
	table := func(domain string, outputs int) *Table {
		out := &Table{Domain: []string{domain}, Seed: []int64{1}, Sample: []SampleID{{Number: 1}}, Loss: []float32{1}, Prediction: []float32{1}, Target: []float32{10}}
		for k := 2; k <= outputs; k++ {
			out.More = append(out.More, Output{[]float32{float32(k)}, []float32{float32(10 * k)}})
		}
		return out
	}
	for range 2 {
		parts := []*Table{table("one", 1), table("three", 3), table("two", 2)}
		got := Concat(parts...)
		if got.Len() != 3 || len(got.More) != 2 || len(parts[1].More[0].Target) != 1 || len(parts[0].More) != 0 {
			t.Fatalf("%d rows, %d further outputs; the first table has %d", got.Len(), len(got.More), len(parts[0].More))
		}
		for k, want := range [][]float64{{math.NaN(), 20, 20}, {math.NaN(), 30, math.NaN()}} {
			for i, w := range want {
				if v := float64(got.More[k].Target[i]); v != w && !(math.IsNaN(v) && math.IsNaN(w)) {
					t.Errorf("target %d of row %d is %g, want %g", k+2, i, v, w)
				}
			}
		}
	}
}
