package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Create writes a file that must not exist yet, and the folders above it. The
// content is complete before it gets its name, and a file that appeared meanwhile
// stays as it is: the error then matches fs.ErrExist.
func Create(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	f, _, err := temporary(path)
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), whole(f, int64(len(data))), f.Close()); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		err = os.Rename(f.Name(), path) // some file systems have no links
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if _, err := os.Lstat(path); err != nil {
		return fmt.Errorf("create %s: %w", path, errors.Join(ErrLost, err))
	}
	return nil
}
