package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// spelledRow is a row whose numbers are texts, as programs write what they never took for numbers.
type spelledRow struct {
	Code  string  `parquet:"code,dict"`
	Price string  `parquet:"price"`
	Sales string  `parquet:"sales"`
	Gap   *string `parquet:"gap,optional"`
	Word  string  `parquet:"word"`
	Blob  []byte  `parquet:"blob"`
	X     float64 `parquet:"x"`
	Goal  string  `parquet:"goal"`
}

func spelledRows(n int) (rows []spelledRow, csv []string) {
	csv = []string{"code,price,sales,gap,word,x,goal"}
	for i := range n {
		var gap *string
		told := ""
		if i%5 > 0 {
			told = []string{"1.5", "-2", "n/a"}[i%3]
			gap = &told
		}
		r := spelledRow{fmt.Sprintf("%04d", i*i%9), fmt.Sprintf("$%d,%03d.50", 1+i%7, i*i%1000), fmt.Sprintf("%d,%03d", 2+i%3, i), gap, []string{"red oak", "elm"}[i%2], []byte{0xff, byte(i)}, float64(i%11) / 4, fmt.Sprintf("%d", i*i%83)}
		rows = append(rows, r)
		csv = append(csv, fmt.Sprintf(`%s,"%s","%s",%s,%s,%g,%s`, r.Code, r.Price, r.Sales, told, r.Word, r.X, r.Goal))
	}
	return rows, csv
}

// TestParquetTexts reads numbers in columns of text as those of the same table in text.
func TestParquetTexts(t *testing.T) {
	dir := t.TempDir()
	rows, csv := spelledRows(120)
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows))
	filetest.Write(t, dir, "a.csv", filetest.Lines(csv...))
	for settings, features := range map[string][]string{
		"columns: {targets: [goal], units: {price: $}}":                                             {"code", "price", "sales", "gap", "x", "gap missing"},
		"columns: {targets: [goal], units: {price: $}, features: [sales, price], thousands: comma}": {"sales", "price"},
		"columns: {targets: [price, x], units: {price: $}, ignore: [goal]}":                         {"code", "sales", "gap", "gap missing"},
		"columns: {targets: [goal], categorical: [code]}":                                           {"sales", "gap", "x", "gap missing"},
	} {
		want, got := mustOpen(t, dir, tableStudy(settings)), mustOpen(t, dir, parquetStudy(settings))
		if got.SHA256 != want.SHA256 || !slices.Equal(got.Numbers(), want.Numbers()) || !maps.Equal(got.Units, want.Units) {
			t.Errorf("%s: features %v of rows such as %v\nas text %v, %v", settings, got.Features, got.Test.Preview(0), want.Features, want.Test.Preview(0))
		}
		if !slices.Equal(got.Features, features) {
			t.Errorf("%s: features %v, want %v", settings, got.Features, features)
		}
		if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, `columns of text are read as the numbers that they hold: `) || !strings.Contains(notes, `"sales"`) {
			t.Errorf("%s: notes\n%s", settings, notes)
		}
	}
}

// TestParquetTextsInParts reads a column that is empty in the first file, and numbers or words in texts
// in the second one.
func TestParquetTextsInParts(t *testing.T) {
	type part struct {
		A *string `parquet:"a,optional"`
		B string  `parquet:"b"`
		Y string  `parquet:"y"`
	}
	for _, c := range []struct {
		value    string
		features []string
		x        float32
	}{{"7.5", []string{"a", "b"}, 7.5}, {"seven", []string{"b"}, 0}} {
		dir := t.TempDir()
		var empty, full []part
		for i := range 60 {
			empty = append(empty, part{nil, fmt.Sprint(i), []string{"yes", "no"}[i%2]})
			full = append(full, part{&c.value, fmt.Sprint(i), []string{"yes", "no"}[i%2]})
		}
		filetest.Write(t, dir, "p1.parquet", filetest.Parquet(t, empty))
		filetest.Write(t, dir, "p2.parquet", filetest.Parquet(t, full))
		d := mustOpen(t, dir, strings.ReplaceAll(parquetStudy("columns: {label: y, indicators: false}"), "a.parquet", "p*.parquet"))
		if !slices.Equal(d.Features, c.features) {
			t.Errorf("%s: features %q, want %q", c.value, d.Features, c.features)
		}
		seen := map[float32]int{}
		for i := range d.Train.Len() {
			if v := d.Train.Preview(i).Values; len(v) == 2 && v[0] == v[0] {
				seen[v[0]]++
			}
		}
		if len(c.features) == 2 && (len(seen) != 1 || seen[c.x] < 20) {
			t.Errorf("%s: values %v", c.value, seen)
		}
	}
}

// TestParquetTextsRefused names the row or column whose texts are no numbers.
func TestParquetTextsRefused(t *testing.T) {
	dir := t.TempDir()
	rows, _ := spelledRows(120)
	rows[50].Sales = "3,0x1"
	rows[60].Price = "€4"
	filetest.Write(t, dir, "a.parquet", filetest.Parquet(t, rows, parquet.MaxRowsPerRowGroup(100)))
	for _, c := range []struct{ settings, want string }{
		{"columns: {targets: [goal], units: {price: $}, ignore: [price]}", `a.parquet: row 51 (row group 1): column "sales": not a number ("3,0x1")`},
		{"columns: {targets: [goal], units: {price: $}, features: [price]}", `a.parquet: row 61 (row group 1): column "price": not a number ("€4")`},
		{"columns: {targets: [goal], features: [x, word]}", `a.parquet: column "word": a column of text cannot be an input`},
		{"columns: {targets: [goal], units: {x: kg}}", `a.parquet: column "x": columns.units gives it the unit kg, which only numbers in columns of text have`},
	} {
		if _, err := open(t, dir, parquetStudy(c.settings)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.settings, err, c.want)
		}
	}
}
