package effect

import "errors"

// Errors that callers may want to tell apart.
var (
	// ErrOneRun: seed noise cannot be told from an effect with one run of an
	// arm.
	ErrOneRun = errors.New("at least two seeds per arm are needed")
	// ErrNoCorrect: the tables do not say which samples were right.
	ErrNoCorrect = errors.New("no column correct")
	// ErrNoScore: the measure needs to know how every run ranks the samples.
	ErrNoScore = errors.New("the columns label, 0 or 1 and the same in all runs, and score (of class 1), or prediction and confidence")
	// ErrOneClass: the measure compares samples of two classes.
	ErrOneClass = errors.New("all samples are of one class")
	// ErrNoLabel: the measure needs the classes of the samples.
	ErrNoLabel = errors.New("the columns correct and label, the same in all runs")
	// ErrNoLoss: the runs have no losses.
	ErrNoLoss = errors.New("no losses")
	// ErrSamples: the two sides hold different samples.
	ErrSamples = errors.New("samples differ")
	// ErrTooManyRuns: more than MaxRuns seeds in one arm.
	ErrTooManyRuns = errors.New("too many seeds")
)
