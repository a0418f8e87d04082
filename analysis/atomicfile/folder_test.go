package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
