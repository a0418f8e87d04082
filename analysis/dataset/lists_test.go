package dataset

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// embedded is a row with lists and a record, as tables of embeddings have them.
type embedded struct {
	V []float32 `parquet:"v,list" json:"v"`
	D struct {
		A float64  `parquet:"a" json:"a"`
		B *float64 `parquet:"b,optional" json:"b"`
	} `parquet:"d" json:"d"`
	N []int32 `parquet:"n" json:"n"`
	T []int32 `parquet:"t" json:"t"`
	Y string  `parquet:"y" json:"y"`
}

func embeddedRows(n int) []embedded {
	rows := make([]embedded, n)
	for i := range rows {
		r := &rows[i]
		r.V = []float32{float32(i) / 4, -float32(i%7) / 2, 8}
		r.D.A = float64(i*i) / 8
		if b := float64(i); i%5 > 0 {
			r.D.B = &b
		}
		r.N, r.T, r.Y = []int32{int32(i), int32(-i)}, make([]int32, i%3), string("ab"[i%2])
	}
	return rows
}

// linesOf has the rows as objects in lines.
func linesOf(t *testing.T, rows []embedded) []byte {
	t.Helper()
	var out []byte
	for _, r := range rows {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// TestLists reads the same rows from Parquet and from JSON, with lists and records in them, and from
// a table that has a column for each of their numbers.
func TestLists(t *testing.T) {
	rows := embeddedRows(3000)
	rows[11].V, rows[12].N = nil, nil // missing
	plain := []string{"v[0],v[1],v[2],d.a,d.b,n[0],n[1],y"}
	for _, r := range rows {
		line := ",,"
		if r.V != nil {
			line = fmt.Sprintf("%g,%g,%g", r.V[0], r.V[1], r.V[2])
		}
		line += fmt.Sprintf(",%g,", r.D.A)
		if r.D.B != nil {
			line += fmt.Sprint(*r.D.B)
		}
		if r.N == nil {
			line += ",,"
		} else {
			line += fmt.Sprintf(",%d,%d", r.N[0], r.N[1])
		}
		plain = append(plain, line+","+r.Y)
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(plain...))
	filetest.Write(t, dir, "a.jsonl", linesOf(t, rows))
	for name, options := range map[string][]parquet.WriterOption{
		"a.parquet":      nil,
		"pages.parquet":  {parquet.PageBufferSize(300), parquet.DataPageVersion(1)},
		"groups.parquet": {parquet.MaxRowsPerRowGroup(700), parquet.Compression(&parquet.Snappy)},
	} {
		filetest.Write(t, dir, name, filetest.Parquet(t, rows, options...))
	}
	for _, c := range []struct{ plain, settings string }{
		{"columns: {label: y}", "columns: {label: y}"},
		{"columns: {label: y, features: ['v[0]', 'v[1]', 'v[2]', d.b]}", "columns: {label: y, features: [v, d.b]}"},
		{"columns: {label: y, ignore: ['v[0]', 'v[1]', 'v[2]', d.a, d.b]}", "columns: {label: y, ignore: [v, d]}"},
		{"columns: {targets: ['n[0]', 'n[1]'], features: [d.a, 'v[1]']}", "columns: {targets: ['n[0]', 'n[1]'], features: [d.a, 'v[1]']}"},
	} {
		dropped := strings.NewReplacer("targets: [", "missing_labels: drop, targets: [")
		want := mustOpen(t, dir, tableStudy(dropped.Replace(c.plain)))
		for _, file := range []string{"a.jsonl", "a.parquet", "pages.parquet", "groups.parquet"} {
			settings := dropped.Replace(c.settings)
			got := mustOpen(t, dir, strings.ReplaceAll(tableStudy(settings), "a.csv", file))
			if got.SHA256 != want.SHA256 || !slices.Equal(got.Features, want.Features) {
				t.Errorf("%s: %s: the data differ: features %v, %v; rows %v, %v", file, settings, got.Features, want.Features, got.Test.Preview(0), want.Test.Preview(0))
			}
			if strings.Contains(settings, "features") || strings.Contains(settings, "ignore") {
				continue
			}
			if text := strings.Join(got.Notes, "\n"); !strings.Contains(text, `lists of numbers, each of whose elements is an input: "n" (2), "v" (3)`) {
				t.Errorf("%s: %s", file, text)
			}
		}
	}
}

// TestListsThatDiffer makes rows bad whose lists have other lengths than the first ones, or numbers that
// cannot be used.
func TestListsThatDiffer(t *testing.T) {
	rows := embeddedRows(600)
	for i := range rows {
		rows[i].T = nil
	}
	rows[310].V = []float32{1, 2}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.jsonl", linesOf(t, rows))
	rows[310].V = []float32{1, 2, 3, 4}
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
	for _, c := range []struct{ file, settings, want string }{
		{"a.jsonl", "columns: {label: y}", `a.jsonl:311: "v" is a list of 2 numbers, and the first ones have 3`},
		{"a.parquet", "columns: {label: y}", `a.parquet: row 311 (row group 9): column "v": is a list of 4 numbers, and the first ones have 3`},
		{"a.parquet", "columns: {label: y, features: [v, t]}", `column "t": is nested`},
		{"a.parquet", "columns: {targets: [n]}", `column "n": columns.targets names it, and the table has no such column; what it holds are columns of their own, of which one is "n[0]"`},
		{"a.parquet", "columns: {label: y, features: [w]}", `column "w": columns.features names it, and the table has no such column`},
	} {
		_, err := open(t, dir, strings.ReplaceAll(tableStudy(c.settings), "a.csv", c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.file, err, c.want)
		}
	}
	for _, file := range []string{"a.jsonl", "a.parquet"} {
		d := mustOpen(t, dir, strings.ReplaceAll(tableStudy("columns: {label: y}, skip_bad: true"), "a.csv", file))
		if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 599 {
			t.Errorf("%s: %d rows without the bad one, want 599", file, n)
		}
	}
}
