package filelimit

import (
	"errors"
	"runtime"
	"syscall"
)

// systemFaults are errors of the system that say nothing of what a file holds, and what
// is to be done about them.
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

// SystemFault says what is to be done about an error that is the system's, such as a
// full disk or one that fails: such an error tells nothing of a file, so that it must not
// be taken for damaged, passed over or counted as bad. It is empty for other errors.
func SystemFault(err error) (advice string) {
	if runtime.GOOS == "windows" && errors.Is(err, diskFull) {
		err = syscall.ENOSPC
	}
	for _, f := range systemFaults {
		if errors.Is(err, f.is) {
			return f.advice
		}
	}
	return ""
}
