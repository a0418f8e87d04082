package merging

import "errors"

// Errors of Try.
var (
	// ErrStart is returned where runs of one seed did not start from one trunk.
	ErrStart = errors.New("models do not start from the same trunk")
	// ErrNothing is returned where no two domains have what merging needs.
	ErrNothing = errors.New("there are no two models to merge")
)
