package reports

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

func TestHTMLGolden(t *testing.T) {
	var got bytes.Buffer
	if err := HTML(&got, fixture(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "report.html")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the report differs from %s; look at the difference and run with -update if it is meant", path)
	}
}
