package artifacts_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/replacement"
	"github.com/sharewise/sharewise/onnxio/artifacts"
)

// TestWriteFolder replaces bundles and empty folders, and nothing else.
func TestWriteFolder(t *testing.T) {
	b, err := artifacts.Make(twoLayers(), artifacts.Model{}, artifacts.Config{Of: []string{"y"}, Wrt: []string{"x"}, Samples: map[string][]int64{"x": {3}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := filepath.Join(dir, "bundle")
	for i, want := range []error{nil, fs.ErrExist} {
		if err := b.WriteFolder(at, false); !errors.Is(err, want) {
			t.Errorf("writing %d: %v, want %v", i, err, want)
		}
	}
	if err := b.WriteFolder(at, true); err != nil {
		t.Errorf("a bundle is not replaced: %v", err)
	}
	notes := filepath.Join(at, "notes.txt")
	if err := os.WriteFile(notes, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.WriteFolder(at, true); !errors.Is(err, replacement.ErrForeign) {
		t.Errorf("a bundle that somebody put a file into: %v", err)
	}
	if err := os.Remove(notes); err != nil {
		t.Fatal(err)
	}
	if err := b.WriteFolder(at, true, filepath.Join(at, artifacts.GradientFile)); !errors.Is(err, replacement.ErrForeign) {
		t.Errorf("a bundle that is needed: %v", err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := b.WriteFolder(empty, true); err != nil {
		t.Errorf("an empty folder is not replaced: %v", err)
	}
	if err := b.WriteFolder(dir, true); !errors.Is(err, replacement.ErrForeign) {
		t.Errorf("a folder of other files: %v", err)
	}
	if err := b.WriteFolder(filepath.Join(at, artifacts.ManifestFile), true); !errors.Is(err, replacement.ErrForeign) {
		t.Errorf("a file: %v", err)
	}
}
