package exec

import "errors"

// Errors that every backend wraps, so that callers need not know which one
// they use.
var (
	// ErrTensor marks a tensor that does not hold together or does not suit
	// the model: its elements and shape disagree, or its type or shape is not
	// what the model declares.
	ErrTensor = errors.New("unsuitable tensor")
	// ErrName marks a name that the model does not have, or an input without
	// a tensor.
	ErrName = errors.New("unsuitable name")
	// ErrOverlap marks a tensor bound twice where one of the two is an output.
	ErrOverlap = errors.New("tensor is bound twice")
	// ErrClosed marks the use of a session or binding after Close.
	ErrClosed = errors.New("used after Close")
)
