//go:build unix

package datafile

import (
	"os"

	"golang.org/x/sys/unix"
)

// MapFile maps the beginning of a file for reading.
func MapFile(f *os.File, size int64) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
}

// Unmap gives a mapping back.
func Unmap(data []byte) { _ = unix.Munmap(data) } // nobody is left to tell
