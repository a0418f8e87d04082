package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// texts are rows of counts: classes 1 and 2, four words of which the last stands
// in no training row.
const texts = "1 1:3 2:1\n1 1:1\n1 1:2 3:1\n2 2:4\n2 2:1 3:2\n2 2:2\n"

// TestTFIDF holds rows against what scikit-learn 1.2.1 makes of the same counts:
// TfidfTransformer, with its defaults, fitted on the training rows.
func TestTFIDF(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.svm", []byte(texts))
	filetest.Write(t, dir, "b.svm", []byte("1 1:1 4:2\n2 2:1\n1 3:5\n2\n"))
	d := mustOpen(t, dir, "input: {normalize: tfidf}\ndomains:\n  - {name: a, data: a.svm, test: b.svm, split: {validation: 0}, svmlight: {features: 4}}\n")
	// n = 6; df 3, 4, 2, 0.
	idf := []float64{math.Log(7./4) + 1, math.Log(7./5) + 1, math.Log(7./3) + 1, math.Log(7) + 1}
	for j, w := range d.Norm.Rows.Weights {
		if math.Abs(float64(w)-idf[j]) > 1e-6 {
			t.Errorf("weight of word %d is %g, want %g", j+1, w, idf[j])
		}
	}
	if !slices.Equal(d.Norm.Mean, make([]float32, 4)) || slices.Min(d.Norm.Std) != slices.Max(d.Norm.Std) {
		t.Errorf("normalised by %+v", d.Norm)
	}
	scale := float64(d.Norm.Std[0])
	x := make([]float32, 4)
	if err := d.Test.Gather([]int{0}, x); err != nil {
		t.Fatal(err)
	}
	// (1·idf1, 0, 0, 2·idf4) of length 1.
	want := []float64{0.25589506, 0, 0, 0.96670457}
	for j := range want {
		if math.Abs(float64(x[j])*scale-want[j]) > 1e-6 {
			t.Errorf("column %d is %g, want %g", j+1, float64(x[j])*scale, want[j])
		}
	}
	if err := d.Test.Gather([]int{3}, x); err != nil || !slices.Equal(x, make([]float32, 4)) {
		t.Errorf("a text without words is %v (%v)", x, err)
	}
	// The numbers that are not 0 have mean square 1 in training.
	sum, n := 0.0, 0
	for i := range d.Train.Len() {
		if err := d.Train.Gather([]int{i}, x); err != nil {
			t.Fatal(err)
		}
		for _, v := range x {
			if v != 0 {
				sum, n = sum+float64(v)*float64(v), n+1
			}
		}
	}
	if math.Abs(sum/float64(n)-1) > 1e-5 {
		t.Errorf("mean square %g", sum/float64(n))
	}
}

// TestRowScales shows what each kind of scaling makes of (3, 1, 0, 0).
func TestRowScales(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.svm", []byte(texts))
	sums := map[string]bool{}
	for normalize, ratio := range map[string]float64{"": 3, "normalize: scale": 3, "normalize: log": 2, "normalize: length": 3} {
		d := mustOpen(t, dir, "input: {"+strings.TrimSpace("kind: table, "+normalize)+"}\ndomains:\n  - {name: a, data: a.svm, test: a.svm, split: {validation: 0}}\n")
		x := make([]float32, 3)
		if err := d.Test.Gather([]int{0}, x); err != nil {
			t.Fatal(err)
		}
		if x[2] != 0 || math.Abs(float64(x[0]/x[1])-ratio) > 1e-5 {
			t.Errorf("%q: %v", normalize, x)
		}
		sums[d.SHA256] = true
	}
	if len(sums) != 3 { // scale is the default
		t.Errorf("%d identities", len(sums))
	}
}

// TestLogOfTables standardises logarithms, with missing numbers filled in before.
func TestLogOfTables(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", []byte("income,steady,class\n0,7,x\n10,7,y\n100,7,x\n-1000,7,y\n10000,7,x\n100000,7,y\n"))
	d := mustOpen(t, dir, "input: {normalize: log}\ndomains:\n  - {name: a, data: a.csv, test: a.csv, split: {validation: 0}, columns: {label: class}}\n")
	x := make([]float32, 2*6)
	if err := d.Train.Gather([]int{0, 1, 2, 3, 4, 5}, x); err != nil {
		t.Fatal(err)
	}
	mean, square := 0.0, 0.0
	logs := []float64{0, math.Log(11), math.Log(101), -math.Log(1001), math.Log(10001), math.Log(100001)}
	for _, v := range logs {
		mean += v / 6
		square += v * v / 6
	}
	std := math.Sqrt(square - mean*mean)
	for i, v := range logs {
		if got := float64(x[2*i]); math.Abs(got-(v-mean)/std) > 1e-5 {
			t.Errorf("row %d is %g, want %g", i, got, (v-mean)/std)
		}
		if x[2*i+1] != 0 {
			t.Errorf("the steady column is %g", x[2*i+1])
		}
	}
	if !slices.ContainsFunc(d.Notes, func(n string) bool { return strings.Contains(n, `"steady"`) && strings.Contains(n, "7") }) {
		t.Errorf("notes %q", d.Notes)
	}
}
