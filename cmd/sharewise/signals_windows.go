package main

import (
	"os"
	"syscall"
)

// checkpointSignals are those beside an interrupt on which a worker writes checkpoints
// and ends.
var checkpointSignals = []os.Signal{syscall.SIGTERM}
