package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

func TestScanParquet(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "north.parquet", filetest.Parquet(t, filetest.Readings(30)))
	filetest.Write(t, dir, "south.parquet", filetest.Parquet(t, filetest.Readings(50)))
	d, err := Scan(dir, Config{Name: "plants", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	text := string(d.Encode("study.yaml"))
	if len(d.Study.Domains) != 2 || !strings.Contains(text, "data: north.parquet") || !strings.Contains(text, "label: ") && !strings.Contains(text, "targets: ") {
		t.Errorf("the draft is\n%s", text)
	}
}

// TestScanParquetTexts reads amounts and numbers in columns of text, with separators of thousands, and leaves a
// column of words and one of several units out.
func TestScanParquetTexts(t *testing.T) {
	type row struct {
		Fee   string  `parquet:"fee"`
		Load  string  `parquet:"load"`
		Mixed string  `parquet:"mixed"`
		Note  string  `parquet:"note"`
		X     float64 `parquet:"x"`
		Y     float64 `parquet:"y"`
	}
	dir := t.TempDir()
	for _, name := range []string{"north", "south"} {
		var rows []row
		for i := range 90 {
			rows = append(rows, row{fmt.Sprintf("%d,%03d kr", 1+i*i%7, i), fmt.Sprint(float64(i*i%97) / 4), fmt.Sprintf([]string{"$%d.5", "%d.5 kr"}[i%2], i), fmt.Sprintf("line %d of %s", i, name), float64(i*7%90) / 8, float64(i*i%89) / 2})
		}
		filetest.Write(t, dir, name+".parquet", filetest.Parquet(t, rows))
	}
	_, domains, draft := settled(t, dir)
	text := strings.Join(draft.Found, "\n")
	for _, d := range domains {
		if !slices.Equal(d.Numbers(), []string{"fee", "load", "x"}) || d.Units["fee"] != "kr" || d.Train.Len()+d.Val.Len()+d.Test.Len() != 90 {
			t.Errorf("%s: %q in %v\n%s", d.Name, d.Features, d.Units, text)
		}
		x := make([]float64, 3)
		d.Test.Raw(0, x)
		if id := int(d.Test.ID(0)); x[0] != float64(1000*(1+id*id%7)+id) || x[1] != float64(id*id%97)/4 {
			t.Errorf("%s: row %d is %v", d.Name, id, x)
		}
	}
	for _, want := range []string{`thousands are separated by ','`, `numbers are written with units, which columns.units takes away: "fee" (kr)`, `columns of numbers with signs or units are left out: "mixed" ($0.5, 1.5 kr)`} {
		if !strings.Contains(text, want) {
			t.Errorf("found\n%s\nlacks %s", text, want)
		}
	}
}

// TestScanParquetUnread says of tables what is in their way, and of drafts which columns are not read.
func TestScanParquetUnread(t *testing.T) {
	type picture struct {
		Bytes []byte `parquet:"bytes"`
		Path  string `parquet:"path"`
	}
	type row struct {
		Image picture `parquet:"image"`
		Label int64   `parquet:"label"`
	}
	type embedded struct {
		Embedding []float32 `parquet:"embedding,list"`
		Tokens    []int64   `parquet:"tokens"`
		X         float64   `parquet:"x"`
		Label     int64     `parquet:"label"`
	}
	refused, drafted := t.TempDir(), t.TempDir()
	for _, name := range []string{"north", "south"} {
		var pictures []row
		var rows []embedded
		for i := range 60 {
			pictures = append(pictures, row{picture{[]byte{0xff, byte(i)}, "a.png"}, int64(i % 2)})
			rows = append(rows, embedded{[]float32{float32(i * i % 53), 2}, make([]int64, i%3), float64(i*i%59) / 2, int64(i % 2)})
		}
		filetest.Write(t, refused, name+".parquet", filetest.Parquet(t, pictures))
		filetest.Write(t, drafted, name+".parquet", filetest.Parquet(t, rows))
	}
	_, err := Scan(refused, Config{Name: "plants", Base: refused, Least: 2})
	if err == nil || !strings.Contains(err.Error(), `lists of different lengths and of bytes are not read: "image.bytes"; write`) || strings.Contains(err.Error(), "ending .parquet") {
		t.Errorf("pictures in a table: %v", err)
	}
	_, domains, draft := settled(t, drafted)
	text := strings.Join(draft.Found, "\n")
	if len(domains) != 2 || !strings.Contains(text, `columns of texts in lists, of lists of different lengths and of bytes are not read: "tokens"`) {
		t.Errorf("%d domains\n%s", len(domains), text)
	}
	if !strings.Contains(text, `lists of numbers, each of whose elements is an input: "embedding" (2)`) || !slices.Equal(domains[0].Features, []string{"embedding[0]", "embedding[1]", "x"}) {
		t.Errorf("inputs %q\n%s", domains[0].Features, text)
	}
}
