package weighting

import "errors"

var (
	// ErrMethod marks a method or setting that does not exist or does not suit
	// the domains.
	ErrMethod = errors.New("unsuitable weighting")
	// ErrState marks saved state that does not belong to the method.
	ErrState = errors.New("unsuitable weighting state")
	// ErrGram marks a Gram matrix that no weights follow from.
	ErrGram = errors.New("unsuitable Gram matrix")
)
