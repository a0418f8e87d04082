package onnxio

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart.
var (
	// ErrFormat is returned for a file that is no ONNX model.
	ErrFormat = errors.New("not an ONNX model")
	// ErrExternalData is returned for external data that is missing, damaged
	// or outside the model's folder, and for a tensor whose external data
	// were not read.
	ErrExternalData = errors.New("external data")
	// ErrTooLarge is returned by Save for a model beyond the two gigabytes
	// that one file can hold.
	ErrTooLarge = errors.New("model exceeds 2 GiB in one file")
)

// NodeError is an error at one node.
type NodeError struct {
	Graph string // name of the graph or function
	Node  string // name of the node, often empty
	Op    string // operator, with its domain unless standard
	Index int    // position in Graph.Nodes
	Err   error
}

func (e *NodeError) Error() string {
	name := ""
	if e.Node != "" {
		name = fmt.Sprintf(" %q", e.Node)
	}
	return fmt.Sprintf("graph %q: node %d%s (%s): %v", e.Graph, e.Index, name, e.Op, e.Err)
}

func (e *NodeError) Unwrap() error { return e.Err }

// ValueError is an error at one named value: an input, an output, an
// initializer or an intermediate value.
type ValueError struct {
	Graph string // name of the graph or function
	Value string
	Err   error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("graph %q: value %q: %v", e.Graph, e.Value, e.Err)
}

func (e *ValueError) Unwrap() error { return e.Err }
