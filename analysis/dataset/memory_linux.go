package dataset

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machineMemory is the size of the main memory in bytes.
func machineMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return assumedMemory
	}
	return int64(info.Totalram) * int64(info.Unit)
}

// populate makes pages resident, where the system can (Linux 5.14); elsewhere
// they come one by one when they are read.
func populate(data []byte) { _ = unix.Madvise(data, unix.MADV_POPULATE_READ) }

// groupMemory is the limit of the control group of the process, 0 without one.
func groupMemory() int64 {
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0 // "max"
	}
	return n
}
