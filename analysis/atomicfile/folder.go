package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

var rename = os.Rename // another one in tests

// WriteFolder makes a folder that appears complete or not at all: write fills
// one of a temporary name beside it, which is then renamed. What stands at path
// is an error that matches fs.ErrExist, unless replace is set; then it goes,
// once the new folder is complete and in its place, which has its permissions. Where that
// fails the old folder is put back, or kept and named.
func WriteFolder(path string, replace bool, write func(dir string) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	path = filepath.Clean(path)
	sweepFolders(path)
	if _, err := os.Lstat(path); err == nil && !replace {
		return fs.ErrExist
	}
	work, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"+Suffix)
	if err != nil {
		return inFolder(path, err)
	}
	lost := false // the old folder could not be put back, and lies in work
	defer func() {
		if !lost {
			_ = os.RemoveAll(work)
		}
	}()
	if err := os.WriteFile(filepath.Join(work, lockName), nil, 0o666); err != nil {
		return err
	}
	defer hold(filepath.Join(work, lockName))()
	dir := filepath.Join(work, "new")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	if err := write(dir); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil {
		if err := os.Chmod(dir, info.Mode().Perm()); err != nil {
			return err
		}
	}
	old := filepath.Join(work, "old")
	switch err := rename(path, old); {
	case errors.Is(err, fs.ErrNotExist):
		old = ""
	case err != nil:
		return err
	case !replace: // it appeared while the new one was written
		err := putBack(old, path)
		lost = err != nil
		return errors.Join(fs.ErrExist, err)
	}
	err = rename(dir, path)
	if err == nil {
		err = arrived(dir, path)
	}
	if err != nil && old != "" {
		e := putBack(old, path)
		lost = e != nil
		return errors.Join(err, e)
	}
	return err
}

// putBack puts an old folder back where the new one did not arrive.
func putBack(old, path string) error {
	if err := rename(old, path); err != nil {
		return fmt.Errorf("the old folder is kept as %s: %w", old, err)
	}
	return nil
}

// File is a new file in a folder that [WriteFolder] makes.
type File struct {
	f *os.File
	counter
}

// NewFile creates a file. Whoever closes it learns whether all of it arrived.
func NewFile(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, err
	}
	return &File{f, counter{to: f}}, nil
}

// Close closes the file. It fails with ErrLost where the file has other bytes than were
// written.
func (f *File) Close() error {
	err := errors.Join(whole(f.f, f.n), f.f.Close())
	if err != nil {
		err = fmt.Errorf("write %s: %w", f.f.Name(), err)
	}
	return err
}

// NewBytes creates a file of this content, as [NewFile] does.
func NewBytes(path string, data []byte) error {
	f, err := NewFile(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
