package main

import (
	"os"
	"runtime/debug"
)

// collectSooner lets Go collect garbage once the heap has grown by half, not doubled,
// until the function that it returns is called. What a training computes lies outside
// of that heap, and the data that stay in it are most of it: four domains of images
// took 317 MB at most instead of 392, and a hundredth more of processor time; analysing
// millions of test samples takes a quarter less. GOGC in the environment has precedence.
func collectSooner() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(50)
	return func() { debug.SetGCPercent(before) }
}
