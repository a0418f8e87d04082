package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "b"), 0o755), os.WriteFile(filepath.Join(dir, "b", "c"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing
		if err := Remove(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveFile(filepath.Dir(dir)); err != nil {
		t.Errorf("of an empty folder: %v", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := RemoveFile(filepath.Dir(dir)); err == nil {
		t.Error("a folder that is not empty is taken for a file")
	}
	if err := gone(filepath.Dir(dir)); !errors.Is(err, ErrStillThere) {
		t.Errorf("of a folder that is there: %v", err)
	}
}

func TestMove(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Move(from, to); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(to); err != nil || string(text) != "x" {
		t.Errorf("%q, %v", text, err)
	}
	if err := Move(from, to); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
	// Both names of one file: the rename does nothing, and says that it did.
	if err := os.Link(to, from); err == nil {
		if err := Move(from, to); !errors.Is(err, ErrStillThere) {
			t.Errorf("of a file to its other name: %v", err)
		}
	}
}
