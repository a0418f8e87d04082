//go:build unix

package datafile

import "os"

// Temporary creates a file that has no name: the system removes it when the
// process ends, however it ends.
func Temporary(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "sharewise-*.rows")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
