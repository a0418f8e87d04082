package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestRowNamesAreNoInputs leaves out columns that number the rows of a sorted
// table, from which the class can be read.
func TestRowNamesAreNoInputs(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{",a,y", "column 1, without a name"},
		{"Unnamed: 0,a,y", `"Unnamed: 0"`},
		{"__index_level_0__,a,y", `"__index_level_0__"`},
		{"...1,a,y", `"...1"`},
		{"a,y", "column 1, without a name"}, // as R writes row names
	} {
		dir := t.TempDir()
		content := []string{c.header}
		for i := range 60 {
			content = append(content, fmt.Sprintf("%d,%d,%s", 2*i, i*7%11, []string{"low", "high"}[i/30]))
		}
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y}"))
		if !slices.Equal(d.Features, []string{"a"}) || !slices.Contains(d.Notes, "left out as names or numbers of the rows: "+c.want) {
			t.Errorf("%s: features %q, notes %q", c.header, d.Features, d.Notes)
		}
	}
}

// TestNamedRowNames takes such a column where the study names it.
func TestNamedRowNames(t *testing.T) {
	dir := t.TempDir()
	content := []string{"Unnamed: 0,a,y"}
	for i := range 60 {
		content = append(content, fmt.Sprintf("%d,%d,%s", 2*i, i*7%11, []string{"low", "high"}[i%2]))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, features: ['Unnamed: 0', a]}"))
	if len(d.Features) != 2 {
		t.Errorf("features %q", d.Features)
	}
}

// TestPandasIndex leaves out what pandas says is the index of a table.
func TestPandasIndex(t *testing.T) {
	type indexed struct {
		A     float64 `parquet:"a"`
		Plate int64   `parquet:"plate"`
		Y     string  `parquet:"y"`
	}
	var rows []indexed
	for i := range 60 {
		rows = append(rows, indexed{float64(i * 7 % 11), int64(2 * i), []string{"low", "high"}[i/30]})
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows, parquet.KeyValueMetadata("pandas", `{"index_columns": ["plate", {"kind": "range", "start": 0}], "columns": []}`)))
	d := mustOpen(t, dir, parquetStudy("columns: {label: y}"))
	if !slices.Equal(d.Features, []string{"a"}) || !slices.Contains(d.Notes, `left out as names or numbers of the rows: "plate"`) {
		t.Errorf("features %q, notes %q", d.Features, d.Notes)
	}
	if d = mustOpen(t, dir, parquetStudy("columns: {label: y, group: plate}")); d.Test.Group(0) == "" {
		t.Error("the index cannot be a group")
	}
}

// TestColumnsInAnotherOrder matches columns of domains by name.
func TestColumnsInAnotherOrder(t *testing.T) {
	dir := t.TempDir()
	content := rows(30)
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	for i, l := range content {
		f := strings.Split(l, ",")
		content[i] = strings.Join([]string{f[3], f[1], f[0], f[2]}, ",")
	}
	filetest.Write(t, dir, "b.csv", filetest.Lines(content...))
	s := parse(t, dir, tableStudy("columns: {label: y}"))
	domains, err := OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	b := domains[1]
	if id := b.Test.ID(0); !slices.Equal(b.Features, []string{"x1", "x2"}) || b.Test.Preview(0).Values[0] != float32(id) {
		t.Errorf("features %q, sample %d is %+v", b.Features, id, b.Test.Preview(0))
	}
	if !slices.ContainsFunc(b.Notes, func(n string) bool { return strings.Contains(n, "they are matched by name") }) {
		t.Errorf("notes %q", b.Notes)
	}
}

// TestIgnoredColumns lets a domain lack a column that is ignored, and tells of
// one that all lack.
func TestIgnoredColumns(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(rows(30)...))
	content := rows(30)
	for i, l := range content {
		f := strings.Split(l, ",")
		content[i] = strings.Join([]string{f[0], f[1], f[3]}, ",")
	}
	filetest.Write(t, dir, "b.csv", filetest.Lines(content...))
	s := parse(t, dir, "defaults: {columns: {label: y, ignore: [lot, x9]}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\n")
	domains, err := OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if want := `columns.ignore names "x9", and no table has such a column`; len(domains[0].Notes) != 1 || !strings.HasPrefix(domains[0].Notes[0], want) || len(domains[1].Notes) != 0 {
		t.Errorf("notes %q and %q, want %s", domains[0].Notes, domains[1].Notes, want)
	}
}

// TestDelimitersBehindRows says nothing of what several delimiters behind every
// row make columns of.
func TestDelimitersBehindRows(t *testing.T) {
	for _, behind := range [][2]string{{",,", ",,"}, {"", ",,"}, {",,", ""}} {
		dir := t.TempDir()
		content := []string{"a,b,y" + behind[0]}
		for i := range 60 {
			content = append(content, fmt.Sprintf("%d,%d,%s%s", i*7%11, i*i%13, []string{"low", "high"}[i%2], behind[1]))
		}
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y}"))
		if !slices.Equal(d.Features, []string{"a", "b"}) || len(d.Notes) != 0 {
			t.Errorf("%q: features %q, notes %q", behind, d.Features, d.Notes)
		}
	}
}

// TestRepeatedHeader finds the header of a table that was put behind another.
func TestRepeatedHeader(t *testing.T) {
	dir := t.TempDir()
	content := []string{"colour,shape,y"}
	for i := range 60 {
		if i == 30 {
			content = append(content, content[0])
		}
		content = append(content, fmt.Sprintf("%s,%s,%s", []string{"red", "blue", "green"}[i%3], []string{"disk", "ring"}[i*7%5%2], []string{"low", "high"}[i%2]))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	const columns = "columns: {label: y, categorical: [colour, shape]}"
	if _, err := open(t, dir, tableStudy(columns)); err == nil || !strings.Contains(err.Error(), "a.csv:32: repeats the header") {
		t.Errorf("error %v", err)
	}
	d := mustOpen(t, dir, tableStudy(columns+", skip_bad: true"))
	if !slices.Equal(d.Task.Classes, []string{"high", "low"}) || len(d.Dropped) != 1 || d.Train.Len()+d.Val.Len()+d.Test.Len() != 60 {
		t.Errorf("classes %q, dropped %v", d.Task.Classes, d.Dropped)
	}
}

func TestEmptyColumns(t *testing.T) {
	dir := t.TempDir()
	content := rows(40)
	for i, l := range content {
		content[i] = l + "," + []string{"e", ""}[min(i, 1)]
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, ignore: [lot]}"))
	if !slices.Equal(d.Features, []string{"x1", "x2"}) || !slices.Equal(d.Notes, []string{`columns without values are left out: "e"`}) {
		t.Errorf("features %q, notes %q", d.Features, d.Notes)
	}
	rows := filetest.Readings(100)
	for i := range rows {
		rows[i].Gap = nil
	}
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
	d = mustOpen(t, dir, parquetStudy("columns: {label: kind}"))
	if slices.Contains(d.Features, "gap") || !slices.Contains(d.Notes, `columns without values are left out: "gap"`) {
		t.Errorf("features %q, notes %q", d.Features, d.Notes)
	}
}
