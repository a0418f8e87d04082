package drafting

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestOpen reads a study as it is, and drafts one of a table or its folder.
func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "my plant!")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	table := "speed,quality\n"
	for range 20 {
		table += "1,good\n2,bad\n"
	}
	for name, text := range map[string]string{
		"north.csv":  table,
		"study.yaml": "version: 1\nname: given\ndomains: [{name: a, data: north.csv}, {name: b, data: north.csv}]\ndefaults: {columns: {label: quality}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"study.yaml": "given", "north.csv": "north.csv", ".": "my-plant"} {
		s, err := Open(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != want || s.Input.Kind != study.Table {
			t.Errorf("%s: name %q, want %q; input %q", path, s.Name, want, s.Input.Kind)
		}
	}
	if _, err := Open(filepath.Join(dir, "none")); err == nil {
		t.Error("what does not exist is opened")
	}
	if got := Name("///"); got != "study" {
		t.Errorf("name of the root is %q", got)
	}
}
