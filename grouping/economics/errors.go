package economics

import "errors"

var (
	// ErrNoOptions is returned for a case with fewer than two options: there is
	// nothing to choose from.
	ErrNoOptions = errors.New("fewer than two options")
	// ErrNoValue is returned for a case in which no domain's gain is worth anything.
	ErrNoValue = errors.New("no domain has a value")
	// ErrNoCurve is returned where no learning curve goes through what was measured.
	ErrNoCurve = errors.New("no learning curve")
)
