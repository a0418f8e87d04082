package training

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

var (
	// ErrConfig marks a Config that asks for what does not exist.
	ErrConfig = errors.New("unsuitable configuration")
	// ErrNaN marks weights that are not numbers.
	ErrNaN = errors.New("is NaN")
	// ErrTrunk marks a trunk that does not have the form that Config asks
	// for. Where a node or value is to blame, an [onnxio.NodeError] or
	// [onnxio.ValueError] says which.
	ErrTrunk = errors.New("unsuitable trunk")
	// ErrInit marks an initialisation rule that cannot be read or applied.
	ErrInit = errors.New("unsuitable initialisation rule")
	// ErrValues marks parameter values that do not suit a model.
	ErrValues = errors.New("unsuitable parameter values")
)

// SampleError says that an input of a model leaves the shape of a sample open. It
// matches ErrConfig.
type SampleError struct {
	Input   string
	Shape   onnxio.Shape // as it is declared, nil if its rank is open too
	Example string       // a shape that would do
}

func (e *SampleError) Error() string {
	what := fmt.Sprintf("input %q has shape %v, of which only the first size may be open", e.Input, e.Shape)
	if e.Shape == nil {
		what = fmt.Sprintf("the model does not say how many dimensions input %q has", e.Input)
	}
	return fmt.Sprintf("training: %v: %s; give the shape of one sample, such as %s", ErrConfig, what, e.Example)
}

// Unwrap makes the error match ErrConfig.
func (e *SampleError) Unwrap() error { return ErrConfig }

// BatchError says that a trunk works for one batch size only, which is not the
// number of rows of a minibatch. It matches ErrConfig.
type BatchError struct {
	Bound int64 // what the trunk works for
	Rows  int64 // what was asked for
	Err   error // why not for others
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("training: %v: the model works for a batch of %d, not of %d: %v", ErrConfig, e.Bound, e.Rows, e.Err)
}

// Unwrap makes the error match ErrConfig and its reason.
func (e *BatchError) Unwrap() []error { return []error{ErrConfig, e.Err} }
