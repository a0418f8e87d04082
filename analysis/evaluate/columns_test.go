package evaluate

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// tables opens domains whose rows lack values in different columns: a in none, b
// in u, c wholly in v. t is Unix seconds, w a word.
func tables(t *testing.T, order string) []*dataset.Domain {
	t.Helper()
	dir := t.TempDir()
	for k, name := range []string{"a", "b", "c"} {
		text := order + "\n"
		for i := range 40 {
			value := map[string]string{"t": fmt.Sprint(1_700_000_000 + i), "u": fmt.Sprint(i * i), "v": fmt.Sprint(7 * i % 11), "w": []string{"x", "y", ""}[i%3], "y": fmt.Sprint(i % 2)}
			if k == 1 && i%4 == 0 {
				value["u"] = "NA"
			}
			if k == 2 {
				value["v"] = "?"
			}
			var row []string
			for _, column := range strings.Split(order, ",") {
				row = append(row, value[column])
			}
			text += strings.Join(row, ",") + "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := study.ParseBytes([]byte("version: 1\nname: t\ndefaults: {columns: {label: y, categorical: [w]}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}, {name: c, data: c.csv}]\n"), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return domains
}

// inputs are what the model of a form is given for sample i of a domain's
// training data.
func inputs(t *testing.T, f *Form, d *dataset.Domain, i int) []float32 {
	t.Helper()
	c, err := f.columnsOf(d)
	if err != nil {
		t.Fatal(err)
	}
	own := make([]float64, d.Shape[0])
	d.Train.Raw(i, own)
	raw, x := make([]float64, product(f.shapeOf(d))), make([]float32, product(f.shapeOf(d)))
	c.apply(own, raw)
	f.scale(raw, x)
	return x
}

// TestDeployedInputs checks that the metadata of a trained model are enough to
// give it the inputs that it learned from, missing ones and large numbers
// included, with the columns of a table in any order.
func TestDeployedInputs(t *testing.T) {
	domains := tables(t, "t,u,v,w,y")
	turned := tables(t, "w,v,y,u,t")
	m := &onnxio.Model{Graph: &onnxio.Graph{}}
	for k, d := range domains {
		if err := Describe(m, d); err != nil {
			t.Fatal(err)
		}
		f, err := FormOf(m, d.Name)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"t", "u", "v"}; !slices.Equal(f.Columns, want) || !slices.Equal(f.Indicators, []string{"u", "v"}) {
			t.Fatalf("%s: columns %q, indicators %q", d.Name, f.Columns, f.Indicators)
		}
		for i := range d.Train.Len() {
			learned := make([]float32, d.Shape[0])
			if err := d.Train.Gather([]int{i}, learned); err != nil {
				t.Fatal(err)
			}
			for _, given := range []*dataset.Domain{d, turned[k]} {
				if x := inputs(t, f, given, i); !alike(x, learned) {
					t.Fatalf("%s, sample %d: given %v, learned %v", d.Name, i, x, learned)
				}
			}
		}
	}
	// The model of a, which lacked nothing, on b: missing numbers become a's
	// median, which stands in the metadata.
	f, err := FormOf(m, "a")
	if err != nil {
		t.Fatal(err)
	}
	b := domains[1]
	raw := make([]float64, b.Shape[0])
	for i := range b.Train.Len() {
		b.Train.Raw(i, raw)
		x, missing := inputs(t, f, b, i), math.IsNaN(raw[1])
		want := (float32(f.Fill[1]) - f.Mean[1]) / f.Std[1]
		if missing != (x[3] == 1) || missing && math.Abs(float64(x[1]-want)) > 1e-6 {
			t.Errorf("sample %d of b: %v, a's median is %g", i, x, want)
		}
	}
}

func alike(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x-y)) < 1e-5 })
}

// TestColumnsByName checks what becomes of a table with other columns.
func TestColumnsByName(t *testing.T) {
	d := tables(t, "t,u,v,w,y")[0]
	for _, c := range []struct {
		columns []string
		from    []int
		want    string
	}{
		{[]string{"v", "t"}, []int{2, 0}, ""},
		{[]string{"p", "q", "r"}, []int{0, 1, 2}, ""}, // other names altogether: by position
		{[]string{"v", "q", "t"}, nil, `it takes columns that the domain lacks: ["q"]`},
	} {
		got, err := (&Form{Columns: c.columns}).columnsOf(d)
		if c.want != "" {
			if err == nil || err.Error() != c.want {
				t.Errorf("%q: error %v", c.columns, err)
			}
			continue
		}
		if err != nil || !slices.Equal(got.from, c.from) {
			t.Errorf("%q: %+v, %v", c.columns, got, err)
		}
	}
}

// TestForeignModels lets a model from elsewhere take the columns of a table with
// or without indicators, as its input has room.
func TestForeignModels(t *testing.T) {
	d := tables(t, "t,u,v,w,y")[1]
	for _, c := range []struct{ width, indicators int }{{6, 2}, {4, 0}} {
		var f Form
		f.takeColumns(d, func(shape []int) bool { return shape[0] == c.width })
		f.ScaleAs(d)
		if len(f.Indicators) != c.indicators || len(f.Mean) != c.width || len(f.Std) != c.width || len(f.Offset) != c.width {
			t.Errorf("width %d: %d indicators, %d means", c.width, len(f.Indicators), len(f.Mean))
		}
	}
}
