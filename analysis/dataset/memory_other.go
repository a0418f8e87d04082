//go:build !linux

package dataset

// machineMemory is an assumption: the system is not asked for the size of its memory.
func machineMemory() int64 { return assumedMemory }

// groupMemory says that there are no control groups.
func groupMemory() int64 { return 0 }

// populate does nothing: pages become resident when they are read.
func populate([]byte) {}
