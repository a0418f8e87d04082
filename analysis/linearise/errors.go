package linearise

import "errors"

// Errors of Try.
var (
	// ErrNoJoint is returned where no model of all domains was trained.
	ErrNoJoint = errors.New("no joint model has finished at this rung")
	// ErrValidation is returned where a domain has no validation samples.
	ErrValidation = errors.New("there are no validation samples to evaluate on")
)
