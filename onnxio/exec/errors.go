package exec

import (
	"errors"
	"fmt"
)

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
	// ErrMemory marks a computation that asked for more memory than there is.
	ErrMemory = errors.New("not enough memory")
)

// NodeError says that a node of a model cannot compute what it is given, such as rows of
// a table beyond its end: the model and its inputs do not belong together, or ErrMemory.
type NodeError struct {
	Node string // its name, empty where it has none
	Op   string
	Err  error
}

func (e *NodeError) Error() string {
	name := ""
	if e.Node != "" {
		name = fmt.Sprintf(" %q", e.Node)
	}
	return fmt.Sprintf("node%s (%s) cannot compute what it is given: %v", name, e.Op, e.Err)
}

func (e *NodeError) Unwrap() error { return e.Err }
