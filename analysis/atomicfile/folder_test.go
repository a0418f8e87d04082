package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteFolder(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "folder")
	file := func(text string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, text), []byte(text), 0o644) }
	}
	broken := errors.New("broken")
	tests := []struct {
		name    string
		replace bool
		write   func(dir string) error
		err     error
		left    string
	}{
		{"into nothing, failing", false, func(dir string) error { return errors.Join(file("half")(dir), broken) }, broken, ""},
		{"into nothing", false, file("first"), nil, "first"},
		{"onto a folder", false, file("second"), fs.ErrExist, "first"},
		{"instead of a folder, failing", true, func(dir string) error { return errors.Join(file("half")(dir), broken) }, broken, "first"},
		{"instead of a folder", true, file("third"), nil, "third"},
	}
	for _, test := range tests {
		if err := WriteFolder(path+"/", test.replace, test.write); !errors.Is(err, test.err) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.err)
		}
		names, _ := filepath.Glob(filepath.Join(path, "*"))
		if test.left == "" && len(names) > 0 || test.left != "" && (len(names) != 1 || filepath.Base(names[0]) != test.left) {
			t.Errorf("%s: left %v, want %q", test.name, names, test.left)
		}
		if entries, _ := os.ReadDir(parent); len(entries) > 1 {
			t.Errorf("%s: %v left in the folder above", test.name, entries)
		}
	}
	appears := func(dir string) error {
		return errors.Join(file("new")(dir), os.Mkdir(path, 0o755), file("other")(path))
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := WriteFolder(path, false, appears); !errors.Is(err, fs.ErrExist) {
		t.Errorf("appearing folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(path, "other")); err != nil {
		t.Errorf("the folder that appeared is gone: %v", err)
	}
}

// TestOldFolderStays has renames fail: the old folder is put back, or kept where the error
// says.
func TestOldFolderStays(t *testing.T) {
	defer func() { rename = os.Rename }()
	broken := errors.New("broken")
	for most, name := range []string{"cannot be taken away", "the new one does not come", "cannot be put back"} {
		parent := t.TempDir()
		path := filepath.Join(parent, "folder")
		if err := errors.Join(os.Mkdir(path, 0o755), os.WriteFile(filepath.Join(path, "old"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		n := 0
		rename = func(from, to string) error {
			n++
			if most == 0 || n == 2 || most == 2 && n == 3 {
				return broken
			}
			return os.Rename(from, to)
		}
		err := WriteFolder(path, true, func(string) error { return nil })
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		at := path
		if most == 2 {
			found, e := filepath.Glob(filepath.Join(parent, ".folder.*", "old"))
			if e != nil || len(found) != 1 || !strings.Contains(err.Error(), found[0]) {
				t.Errorf("%s: %v, %v, and is in %v", name, err, e, found)
				continue
			}
			at = found[0]
		}
		if _, err := os.Stat(filepath.Join(at, "old")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
