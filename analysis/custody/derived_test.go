package custody

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestDerivedGoes makes sure that whoever takes a domain out of a folder takes all files
// with it that belong to the chain.
func TestDerivedGoes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range expected {
		top, _, _ := strings.Cut(name, "/")
		if err := os.WriteFile(filepath.Join(dir, top), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, others, err := layout.Folder(dir).Derived(); err != nil || len(others) > 0 {
		t.Errorf("forgetting a domain leaves %v, %v", others, err)
	}
}
