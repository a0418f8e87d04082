package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Remove removes a file, or a folder with all that is in it, and makes sure that it is
// gone, whatever the file system said. What is not there is no error.
func Remove(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return gone(path)
}

// RemoveFile is Remove for what is a file: a folder that is not empty stays, and is an error.
func RemoveFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return gone(path)
}

// Move renames a file or folder, and makes sure that it is at its new place alone.
func Move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if _, err := os.Lstat(to); err != nil {
		return fmt.Errorf("the file system reported a move of %s that it did not make: %w", from, err)
	}
	return gone(from)
}

// ErrStillThere is matched by errors about files that are where they were after the file
// system said that they are not.
var ErrStillThere = errors.New("it is still there, though the file system reported otherwise; try again")

func gone(path string) error {
	switch _, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("remove %s: %w", path, ErrStillThere)
}
