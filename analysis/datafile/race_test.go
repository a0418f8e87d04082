//go:build race

package datafile

const raceDetector = true
