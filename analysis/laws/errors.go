package laws

import "errors"

var (
	// ErrPoints says that points cannot be used: sizes that are not above zero or
	// occur twice, values that are not, errors that are not known.
	ErrPoints = errors.New("unusable points")
	// ErrFew says that there are too few sizes to follow a law beyond them.
	ErrFew = errors.New("too few sizes")
	// ErrMisfit says that a curve surely is none that a law of size describes.
	ErrMisfit = errors.New("no such law")
)
