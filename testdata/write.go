package testdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// ErrDiffers is returned for a file that is there already and was changed.
var ErrDiffers = errors.New("differs from the demo's")

// WriteDemo puts the study of the demo and its data into a folder, which it
// makes. Files that are there already are left as they are; one that differs is an
// error, for its user may have edited it.
func WriteDemo(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	demo := Demo()
	entries, err := fs.ReadDir(demo, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := fs.ReadFile(demo, e.Name())
		if err != nil {
			return err
		}
		path := filepath.Join(dir, e.Name())
		old, err := os.ReadFile(path)
		switch {
		case err == nil && string(old) == string(data):
			continue
		case err == nil:
			return fmt.Errorf("%s %w", path, ErrDiffers)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := atomicfile.WriteBytes(path, data); err != nil {
			return err
		}
	}
	return nil
}
