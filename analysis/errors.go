package analysis

import (
	"errors"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Errors that callers may want to tell apart, beside those of package effect.
var (
	// ErrSamples: the two sides hold different samples.
	ErrSamples = effect.ErrSamples
	// ErrDomains: the two sides hold different domains.
	ErrDomains = errors.New("domains differ")
	// ErrNoShared: nothing but independent models has been trained.
	ErrNoShared = errors.New("no shared model")
)
