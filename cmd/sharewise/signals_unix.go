//go:build unix

package main

import (
	"os"
	"syscall"
)

// checkpointSignals are those beside an interrupt on which a worker writes checkpoints
// and ends: batch systems send them ahead of the limit of time.
var checkpointSignals = []os.Signal{syscall.SIGUSR1, syscall.SIGTERM}
