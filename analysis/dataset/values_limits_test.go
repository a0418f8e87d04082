package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestValuesWithin lists the values of a column within the limits of the study, which may
// be higher than those of the process.
func TestValuesWithin(t *testing.T) {
	dir := t.TempDir()
	row := ",yes,\"" + strings.Repeat("x", 2<<20) + "\"\n"
	filetest.Write(t, dir, "all.csv", []byte("plant,label,note\nnord"+row+"sued"+row))
	text := "version: 1\nname: s\ninput: table\ndefaults: {data: all.csv, columns: {label: label}}\ndomains: {by: plant}\n"
	for limit, want := range map[string]bool{"": true, "limits: {line: 100000}\n": false} {
		file := filepath.Join(dir, "study.yaml")
		if err := os.WriteFile(file, []byte(text+limit), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := ParseStudy(file)
		if want && (err != nil || len(s.Domains) != 2) || !want && (err == nil || !strings.Contains(err.Error(), "limits.line")) {
			t.Errorf("%q: %v", limit, err)
		}
	}
}

// TestNotUTF8 refuses text in other encodings where nothing says which it is.
func TestNotUTF8(t *testing.T) {
	const red, blue = "\x90\xd4", "\x90\xc2" // in Shift JIS
	dir := t.TempDir()
	for i := range 20 {
		for _, class := range []string{red, blue} {
			filetest.Write(t, dir, filepath.Join("a", class, string(rune('a'+i))+".png"), filetest.Grey(t, 4, 4, byte(i)))
		}
	}
	_, err := open(t, dir, imageStudy("image: [2, 2]", ""))
	if err == nil || !strings.Contains(err.Error(), `a: the name of class "\x90\xc2" is not UTF-8`) {
		t.Errorf("folders: %v", err)
	}
	type record struct {
		Y string
		X float64
	}
	var rows []record
	for i := range 40 {
		rows = append(rows, record{[]string{red, blue}[i%2], float64(i)})
	}
	if err := parquet.WriteFile(filepath.Join(dir, "p.parquet"), rows); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, dir, "domains: [{name: a, data: p.parquet, columns: {label: Y}}, {name: b, data: b.csv, columns: {label: y}}]\n")
	if err == nil || !strings.Contains(err.Error(), `p.parquet: column "Y": a text that is not UTF-8`) {
		t.Errorf("Parquet: %v", err)
	}
}
