package autodiff

import (
	"errors"
	"fmt"
)

var (
	// ErrShape marks a value whose shape a rule needs and the types given do
	// not know statically.
	ErrShape = errors.New("shape is not static")
	// ErrOperand marks a node whose inputs or attributes do not suit its
	// operator. It is wrapped in an [onnxio.NodeError].
	ErrOperand = errors.New("unsuitable operand")
	// ErrName marks a seed or a value to differentiate by that the graph does
	// not have, or that has no gradient because it is not of a floating-point
	// type.
	ErrName = errors.New("unsuitable value")
	// ErrOpset marks a version of ai.onnx that gradients cannot be written in.
	ErrOpset = errors.New("unsuitable operator set version")
)

// NoRuleError is returned when the gradient would have to pass through an
// operator, or a use of one, that has no rule.
type NoRuleError struct {
	Graph  string
	Node   string
	Index  int // of the node in the graph
	Op     string
	Opset  int64  // version of the operator's domain that the rule is missing for
	Value  string // the input through which something to be trained comes in
	Reason string // what is missing, if it is not the whole rule

	subgraph bool // the value is used in a subgraph of the node
}

func (e *NoRuleError) Error() string {
	what := fmt.Sprintf("no gradient rule for operator %s at operator set version %d", e.Op, e.Opset)
	if e.Reason != "" {
		what = fmt.Sprintf("operator %s has no gradient here: %s", e.Op, e.Reason)
	}
	return fmt.Sprintf("node %d %q: %s. Values to be trained reach it through %q: freeze the parameters above it or choose an output before it",
		e.Index, e.Node, what, e.Value)
}

// A failure carries out of a rule why it stopped; the loop recovers it and
// adds the node. It never leaves the package.
type failure struct {
	err    error  // what was given is wrong
	reason string // or what the rule does not cover; "" if there is no rule
}

func (f failure) error() error {
	if f.err != nil {
		return f.err
	}
	return errors.New(f.reason)
}
