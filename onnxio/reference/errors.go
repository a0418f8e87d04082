package reference

import (
	"errors"
	"fmt"
)

var (
	// ErrUnsupported marks an operator, or a use of one, that this package
	// cannot evaluate. It is wrapped in an [onnxio.NodeError].
	ErrUnsupported = errors.New("not supported by the reference evaluator")
	// ErrOperand marks inputs or attributes that do not suit the operator. It
	// is wrapped in an [onnxio.NodeError].
	ErrOperand = errors.New("unsuitable operand")
)

// A failure carries an error out of a kernel; run recovers it and adds the
// node. It never leaves the package.
type failure struct{ err error }

// failf stops the running kernel: its inputs do not suit the operator.
func failf(format string, args ...any) {
	panic(failure{fmt.Errorf("%w: %s", ErrOperand, fmt.Sprintf(format, args...))})
}

// unsupportedf stops the running kernel: the use is valid, but not known here.
func unsupportedf(format string, args ...any) {
	panic(failure{fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrUnsupported)})
}
