//go:build !race

package datafile

// raceDetector says that the race detector watches, and takes memory of its own.
const raceDetector = false
