package analysis

import "errors"

// Errors that callers may want to tell apart.
var (
	// ErrOneRun: seed noise cannot be told from an effect with one run of an
	// arm.
	ErrOneRun = errors.New("at least two seeds per arm are needed")
	// ErrNoCorrect: the tables do not say which samples were right.
	ErrNoCorrect = errors.New("no column correct")
	// ErrNoLoss: the runs have no losses.
	ErrNoLoss = errors.New("no losses")
	// ErrSamples: the two sides hold different samples.
	ErrSamples = errors.New("samples differ")
	// ErrDomains: the two sides hold different domains.
	ErrDomains = errors.New("domains differ")
	// ErrTooManyRuns: more than MaxRuns seeds in one arm.
	ErrTooManyRuns = errors.New("too many seeds")
)
