package evaluate

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestRowTransforms holds what a trained model's metadata make of raw rows
// against what training saw.
func TestRowTransforms(t *testing.T) {
	svm := "1 1:3 2:1\n1 1:1\n1 1:2 3:1\n2 2:4\n2 2:1 3:2\n2 2:2\n"
	csv := "a,b,class\n1000,3,x\n,1,y\n5,0,x\n-20,7,y\n1000000007,2,x\n1000000009,,y\n"
	for _, c := range []struct{ file, text, settings string }{
		{"a.svm", svm, "normalize: tfidf"}, {"a.svm", svm, "normalize: log"}, {"a.svm", svm, "normalize: length"}, {"a.svm", svm, "normalize: scale"},
		{"a.csv", csv, "normalize: log"}, {"a.csv", csv, "normalize: length"}, {"a.csv", csv, "normalize: standard"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		columns := ""
		if c.file == "a.csv" {
			columns = ", columns: {label: class}"
		}
		s, err := study.ParseBytes([]byte("version: 1\nname: s\ninput: {kind: table, "+c.settings+"}\ndomains: [{name: a, data: "+c.file+", test: "+c.file+", split: {validation: 0}"+columns+"}]\n"), "s.yaml", dir)
		if err != nil {
			t.Fatal(err)
		}
		domains, err := dataset.OpenAll(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		d := domains[0]
		m := linear(make([]float32, 2*d.Shape[0]))
		if err := Describe(m, d); err != nil {
			t.Fatal(err)
		}
		f, err := FormOf(m, "a")
		if err != nil {
			t.Fatal(err)
		}
		columnsOf, err := f.columnsOf(d)
		if err != nil {
			t.Fatal(err)
		}
		size := d.Shape[0]
		own, raw, got, want := make([]float64, size), make([]float64, size), make([]float32, size), make([]float32, size)
		for i := range d.Test.Len() {
			d.Test.Raw(i, own)
			copy(raw, own)
			if columnsOf != nil {
				columnsOf.apply(own, raw)
			}
			f.scale(raw, got)
			if err := d.Test.Gather([]int{i}, want); err != nil {
				t.Fatal(err)
			}
			near(t, c.file+" "+c.settings, got, want)
		}
	}
}
