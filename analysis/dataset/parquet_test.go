package dataset

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// reading is a row with a column of most types.
type reading struct {
	A     int32    `parquet:"a"`
	B     float64  `parquet:"b"`
	C     float32  `parquet:"c,dict"`
	D     bool     `parquet:"d"`
	E     uint16   `parquet:"e"`
	Price int64    `parquet:"price,decimal(2:18)"`
	Day   int32    `parquet:"day,date"`
	When  int64    `parquet:"when,timestamp(microsecond)"`
	Gap   *float64 `parquet:"gap,optional"`
	Kind  string   `parquet:"kind,dict"`
	Lot   int64    `parquet:"lot"`
}

func readings(n int) []reading {
	start := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)
	out := make([]reading, n)
	for i := range out {
		gap := float64(i) / 8
		out[i] = reading{
			A: int32(-i), B: float64(i) / 3, C: float32(i % 7), D: i%3 == 0, E: uint16(i), Price: int64(i*100 + 25),
			Day: int32(i), When: start.Add(time.Duration(i) * time.Hour).UnixMicro(), Gap: &gap,
			Kind: []string{"good", "bad"}[i%2], Lot: int64(i / 10),
		}
	}
	return out
}

// packRows writes rows with small pages and several row groups.
func packRows[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, append([]parquet.WriterOption{parquet.PageBufferSize(200), parquet.MaxRowsPerRowGroup(37)}, options...)...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parquetStudy(settings string) string {
	return strings.ReplaceAll(tableStudy(settings), "a.csv", "a.parquet")
}

// TestParquet reads the same table as Parquet and as text.
func TestParquet(t *testing.T) {
	dir := t.TempDir()
	rows := readings(100)
	text := []string{"a,b,c,d,e,price,day,when,gap,kind,lot"}
	for i, r := range rows {
		d := 0
		if r.D {
			d = 1
		}
		days := float64(r.When) / float64(24*time.Hour/time.Microsecond)
		text = append(text, fmt.Sprintf("%d,%.17g,%g,%d,%d,%g,%d,%.17g,%g,%s,%d", r.A, r.B, r.C, d, r.E, float64(i)+0.25, r.Day, days, *r.Gap, r.Kind, r.Lot))
	}
	write(t, dir, "a.csv", lines(text...))
	write(t, dir, "a.parquet", packRows(t, rows))
	for _, settings := range []string{
		"columns: {label: kind}",
		"columns: {label: d, ignore: [kind]}",
		"columns: {targets: [price, b], group: lot, features: [when, c, gap]}",
		"columns: {label: kind, where: {d: 1}, features: [a, e]}",
	} {
		want := mustOpen(t, dir, tableStudy(settings))
		settings = strings.ReplaceAll(settings, "{d: 1}", "{d: true}")
		got := mustOpen(t, dir, parquetStudy(settings))
		if strings.Contains(settings, "label: d") {
			if !slices.Equal(got.Task.Classes, []string{"false", "true"}) {
				t.Errorf("classes %q", got.Task.Classes)
			}
			continue
		}
		if got.SHA256 != want.SHA256 {
			t.Errorf("%s: the data differ: features %v, %v; rows %v, %v", settings, got.Features, want.Features, got.Test.Preview(0), want.Test.Preview(0))
		}
		if id := got.Test.ID(2); got.Test.Member(2) != fmt.Sprintf("a.parquet: row %d", id+1) {
			t.Errorf("sample %d comes from %s", id, got.Test.Member(2))
		}
	}
}

func TestParquetMistakes(t *testing.T) {
	dir := t.TempDir()
	rows := readings(100)
	rows[40].Gap = nil
	write(t, dir, "a.parquet", packRows(t, rows))
	type nested struct {
		A  int64   `parquet:"a"`
		XS []int64 `parquet:"xs"`
		S  string  `parquet:"s"`
		Y  string  `parquet:"y"`
	}
	write(t, dir, "n.parquet", packRows(t, []nested{{1, []int64{2}, "a", "b"}, {1, []int64{2}, "a", "c"}}))
	write(t, dir, "cut.parquet", packRows(t, rows)[:2000])
	for _, c := range []struct{ file, settings, want string }{
		{"a", "columns: {label: kind, impute: none}", `a.parquet: row 41 (row group 2): column "gap": missing value`},
		{"a", "columns: {label: none}", `column "none": columns.label names it`},
		{"n", "columns: {label: y, features: [a, xs]}", `n.parquet: column "xs": is nested`},
		{"n", "columns: {label: y, features: [a, s]}", `n.parquet: column "s": a column of text cannot be an input`},
		{"cut", "columns: {label: kind}", "cut.parquet: cannot be read as Parquet"},
		{"none", "columns: {label: kind}", "none.parquet: no such file"},
	} {
		_, err := open(t, dir, strings.ReplaceAll(parquetStudy(c.settings), "a.parquet", c.file+".parquet"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.settings, err, c.want)
		}
	}
	d := mustOpen(t, dir, parquetStudy("columns: {label: kind, impute: none}, skip_bad: true"))
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 99 {
		t.Errorf("%d rows without the bad one, want 99", n)
	}
}

func TestScanParquet(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "north.parquet", packRows(t, readings(30)))
	write(t, dir, "south.parquet", packRows(t, readings(50)))
	d, err := Scan(dir, ScanConfig{Name: "plants", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	text := string(d.Encode("study.yaml"))
	if len(d.Study.Domains) != 2 || !strings.Contains(text, "data: north.parquet") || !strings.Contains(text, "label: ") && !strings.Contains(text, "targets: ") {
		t.Errorf("the draft is\n%s", text)
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(packRows(f, readings(5)))
	f.Add(packRows(f, readings(80), parquet.Compression(&parquet.Snappy)))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		write(t, dir, "a.parquet", data)
		_, _ = open(t, dir, parquetStudy("columns: {label: kind}")) // must not panic
	})
}
