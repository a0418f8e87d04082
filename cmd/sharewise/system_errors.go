package main

import (
	"errors"
	"runtime"
	"syscall"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// systemFaults are errors of the system that say nothing of what a file holds: the
// command failed while working, even where it was reading input.
var systemFaults = []struct {
	is     syscall.Errno
	advice string
}{
	{syscall.ENOSPC, "the disk is full: free space"},
	{syscall.EDQUOT, "the disk quota is used up: free space"},
	{syscall.EROFS, "the file system can only be read: choose another folder, or make it writable"},
	{syscall.EIO, "the disk, or the network behind it, failed: see to that"},
	{syscall.ESTALE, "the network's file system lost the file: see to that"},
	{syscall.ENOLCK, "the file system gives no locks: see to that, or choose another folder"},
	{syscall.EMFILE, "too many files are open: raise the limit (ulimit -n)"},
	{syscall.ENFILE, "too many files are open on this machine: end other programs"},
}

// diskFull is what Windows says for ENOSPC.
const diskFull = syscall.Errno(112)

// systemFault says what to do about an error of the system; empty for other errors.
func systemFault(err error) string {
	if runtime.GOOS == "windows" && errors.Is(err, diskFull) {
		err = syscall.ENOSPC
	}
	if errors.Is(err, atomicfile.ErrLost) {
		err = syscall.EIO
	}
	for _, f := range systemFaults {
		if errors.Is(err, f.is) {
			return f.advice + ", then give the same command again; what was finished is kept"
		}
	}
	return ""
}
