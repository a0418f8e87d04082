//go:build unix

package dataset

import (
	"golang.org/x/sys/unix"
)

// release gives resident pages back. They are read again when needed.
func release(data []byte) { _ = unix.Madvise(data, unix.MADV_DONTNEED) }
