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

// mapFile maps the beginning of a file for reading.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
}

func unmap(data []byte) { _ = unix.Munmap(data) } // nobody is left to tell

// release gives resident pages back. They are read again when needed.
func release(data []byte) { _ = unix.Madvise(data, unix.MADV_DONTNEED) }
