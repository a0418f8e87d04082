//go:build unix

package dataset

import (
	"os"

	"golang.org/x/sys/unix"
)

// temporary creates a file that has no name: the system removes it when the
// process ends, however it ends.
func temporary(dir string) (*os.File, error) {
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

// release gives resident pages back. They are read again when needed.
func release(data []byte) { _ = unix.Madvise(data, unix.MADV_DONTNEED) }
