package reports

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/reports/language"
)

// TestIsReport tells reports in all languages from other pages.
func TestIsReport(t *testing.T) {
	dir := t.TempDir()
	for _, l := range language.All {
		in := fixture(t)
		in.Language = l
		path := filepath.Join(dir, string(l)+".html")
		if err := WriteHTML(path, in); err != nil {
			t.Fatal(err)
		}
		if !IsReport(path) {
			t.Errorf("the report in %s is not known", l)
		}
	}
	for name, text := range map[string]string{
		"other.html":   "<!DOCTYPE html>\n<html lang=\"en\">\n<title>A page</title>",
		"results.json": `{"version":1}`,
		"empty":        "",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if IsReport(path) {
			t.Errorf("%s is taken for a report", name)
		}
	}
	if IsReport(filepath.Join(dir, "none.html")) {
		t.Error("what is not there is taken for a report")
	}
}
