package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

func parquetStudy(settings string) string {
	return strings.ReplaceAll(tableStudy(settings), "a.csv", "a.parquet")
}

// TestParquet reads the same table as Parquet and as text.
func TestParquet(t *testing.T) {
	dir := t.TempDir()
	rows := filetest.Readings(100)
	text := []string{"a,b,c,d,e,price,day,when,gap,kind,lot"}
	for i, r := range rows {
		d := 0
		if r.D {
			d = 1
		}
		days := float64(r.When) / float64(24*time.Hour/time.Microsecond)
		text = append(text, fmt.Sprintf("%d,%.17g,%g,%d,%d,%g,%d,%.17g,%g,%s,%d", r.A, r.B, r.C, d, r.E, float64(i)+0.25, r.Day, days, *r.Gap, r.Kind, r.Lot))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(text...))
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
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

// TestParquetTypes reads types that other programs write: timestamps of Spark,
// 16-bit floats, wide decimals, times of day.
func TestParquetTypes(t *testing.T) {
	group := parquet.Group{
		"moment": parquet.Leaf(parquet.Int96Type), "half": parquet.Leaf(parquet.FixedLenByteArrayType(2)),
		"wide": parquet.Decimal(3, 30, parquet.FixedLenByteArrayType(16)), "clock": parquet.Time(parquet.Millisecond),
		"small": parquet.Optional(parquet.Int(8)), "y": parquet.String(),
	}
	schema := parquet.NewSchema("table", group)
	at := map[string]int{}
	for i, c := range schema.Columns() {
		at[c[0]] = i
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[any](&b, schema, parquet.Compression(&parquet.Lz4Raw))
	for i := range 40 {
		row := make(parquet.Row, len(at))
		put := func(name string, v parquet.Value, level int) { row[at[name]] = v.Level(0, level, at[name]) }
		// 18:00 of day i since 2000-01-01, which is Julian day 2451545.
		nanoseconds := uint64(18 * time.Hour)
		put("moment", parquet.Int96Value(deprecated.Int96{uint32(nanoseconds), uint32(nanoseconds >> 32), uint32(2451545 + i)}), 0)
		put("half", parquet.FixedLenByteArrayValue([]byte{0, 0x3c}), 0) // 1
		wide := make([]byte, 16)
		binary.BigEndian.PutUint32(wide[12:], uint32(1500+i))
		put("wide", parquet.FixedLenByteArrayValue(wide), 0)
		put("clock", parquet.Int32Value(int32(1000*i)), 0)
		put("small", parquet.Int32Value(int32(i-20)), 1)
		put("y", parquet.ByteArrayValue([]byte{"ab"[i%2]}), 0)
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.parquet", b.Bytes())
	d := mustOpen(t, dir, parquetStudy("columns: {label: y, features: [moment, wide, clock, small]}"))
	for i := range d.Train.Len() {
		id := float32(d.Train.ID(i))
		if got, want := d.Train.Preview(i).Values, []float32{10957 + id + 0.75, (1500 + id) / 1000, id, id - 20}; !slices.Equal(got, want) {
			t.Errorf("row %g is %v, want %v", id, got, want)
		}
	}
	if _, err := open(t, dir, parquetStudy("columns: {label: y, features: [half]}")); err == nil || !strings.Contains(err.Error(), `column "half": has type`) {
		t.Errorf("bytes that are no number: %v", err)
	}
}

func TestParquetMistakes(t *testing.T) {
	dir := t.TempDir()
	rows := filetest.Readings(100)
	rows[40].Gap = nil
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
	type nested struct {
		A  int64   `parquet:"a"`
		XS []int64 `parquet:"xs"`
		S  string  `parquet:"s"`
		Y  string  `parquet:"y"`
	}
	filetest.Write(t, dir, "n.parquet", filetest.Parquet(t, []nested{{1, []int64{2}, "a", "b"}, {1, []int64{2, 3}, "a", "c"}}))
	filetest.Write(t, dir, "cut.parquet", filetest.Parquet(t, rows)[:2000])
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

func FuzzParquet(f *testing.F) {
	f.Add(filetest.Parquet(f, filetest.Readings(5)))
	f.Add(filetest.Parquet(f, filetest.Readings(80), parquet.Compression(&parquet.Snappy)))
	f.Add(filetest.Parquet(f, filetest.Readings(80), parquet.Compression(&parquet.Lz4Raw)))
	type lists struct {
		V    []float32 `parquet:"v,list"`
		T    []int64   `parquet:"t"`
		N    string    `parquet:"n"`
		Kind string    `parquet:"kind"`
	}
	var rows []lists
	for i := range 40 {
		rows = append(rows, lists{[]float32{float32(i), 1}, make([]int64, i%3), fmt.Sprintf("%d kg", i), string("ab"[i%2])})
	}
	f.Add(filetest.Parquet(f, rows))
	f.Add(filetest.Parquet(f, rows, parquet.DataPageVersion(1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.parquet", data)
		_, err := open(t, dir, parquetStudy("columns: {label: kind}"))
		alteration.Plain(t, err)
	})
}
