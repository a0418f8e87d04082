package drafting

import (
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
