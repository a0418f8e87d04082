//go:build !linux

package dataset

// machineMemory is what a machine has that is not asked.
func machineMemory() int64 { return assumedMemory }

// groupMemory says that there are no control groups.
func groupMemory() int64 { return 0 }

// populate leaves pages to come when they are read.
func populate([]byte) {}
