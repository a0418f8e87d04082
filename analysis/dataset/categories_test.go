package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// windStudy is a study of two tables with columns of words.
const windStudy = `
defaults: {columns: {label: y, categorical: [wd, size]}, split: time}
domains: [{name: a, data: a.csv}, {name: b, data: b.csv}]
`

// TestCategories reads two domains with words of their own.
func TestCategories(t *testing.T) {
	dir := t.TempDir()
	text := map[string][]string{"a": {"x,wd,size,y"}, "b": {"wd,x,size,y"}}
	for i := range 50 {
		wind := []string{"N", "SW"}[i%2]
		switch {
		case i == 48:
			wind = "NE" // in test rows only
		case i == 49:
			wind = "NA" // missing
		}
		text["a"] = append(text["a"], fmt.Sprintf("%d,%s,%d,%c", i, wind, 2+i%10, 'p'+i%2))
		text["b"] = append(text["b"], fmt.Sprintf("E,%d,%d,%c", i, 100, 'p'+i%2))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(text["a"]...))
	filetest.Write(t, dir, "b.csv", filetest.Lines(text["b"]...))
	domains, err := OpenAll(context.Background(), parse(t, dir, windStudy))
	if err != nil {
		t.Fatal(err)
	}
	want := []Category{{"wd", []string{"E", "N", "SW"}}, {"size", []string{"2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "100"}}}
	for _, d := range domains {
		if diff := cmp.Diff(want, d.Categories); diff != "" {
			t.Errorf("%s: categories (-want +got):\n%s", d.Name, diff)
		}
		if !slices.Equal(d.Shape, []int{3}) || !slices.Equal(d.Features, []string{"x"}) {
			t.Errorf("%s: shape %v, features %q", d.Name, d.Shape, d.Features)
		}
	}
	a, b := domains[0].Test, domains[1].Test
	x := make([]float32, 9)
	if err := a.Gather([]int{7, 8, 9}, x); err != nil {
		t.Fatal(err)
	}
	if got, want := []float32{x[1], x[2], x[4], x[5], x[7], x[8]}, []float32{3, 8, 0, 9, 0, 10}; !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if err := b.Gather([]int{0}, x[:3]); err != nil || x[1] != 1 || x[2] != 11 {
		t.Errorf("codes of b are %v, %v", x[1:3], err)
	}
	p := a.Preview(7)
	if !slices.Equal(p.Names, []string{"x", "wd", "size"}) || !slices.Equal(p.Words, []string{"SW", "9"}) || !slices.Equal(p.Values, []float32{47}) {
		t.Errorf("sample 47 is shown as %+v", p)
	}
	if p := a.Preview(9); p.Words[0] != "" {
		t.Errorf("a missing word is shown as %+v", p)
	}
	// The numbering is part of what training sees.
	s := parse(t, dir, windStudy)
	alone, err := Open(context.Background(), s, s.Domains[0])
	if err != nil {
		t.Fatal(err)
	}
	if alone.SHA256 == domains[0].SHA256 || len(alone.Categories[0].Words) != 2 {
		t.Errorf("alone: %v, SHA-256 %s", alone.Categories, alone.SHA256)
	}
}

func TestCategoriesOfParquet(t *testing.T) {
	dir := t.TempDir()
	rows := filetest.Readings(60)
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
	d := mustOpen(t, dir, parquetStudy("columns: {label: kind, features: [a], categorical: [lot, d]}, split: time"))
	want := []Category{{"lot", []string{"0", "1", "2", "3", "4"}}, {"d", []string{"false", "true"}}}
	if diff := cmp.Diff(want, d.Categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func TestCategoriesMustAgree(t *testing.T) {
	dir := t.TempDir()
	table := filetest.Lines("x,wd,y", "1,N,a", "2,S,b", "3,N,a", "4,S,b", "5,N,a", "6,S,b", "7,N,a", "8,S,b", "9,N,a", "10,S,b")
	filetest.Write(t, dir, "a.csv", table)
	filetest.Write(t, dir, "b.csv", table)
	text := `domains: [{name: a, data: a.csv, columns: {label: y, categorical: [wd]}}, {name: b, data: b.csv, columns: {label: y}}]`
	_, err := OpenAll(context.Background(), parse(t, dir, text))
	if err == nil || !strings.Contains(err.Error(), `domain b: columns.categorical has no column, that of a has "wd"`) {
		t.Error(err)
	}
}
