package training

import (
	"errors"
	"fmt"
)

var (
	// ErrConfig marks a Config that asks for what does not exist.
	ErrConfig = errors.New("unsuitable configuration")
	// ErrTrunk marks a trunk that does not have the form that Config asks
	// for. Where a node or value is to blame, an [onnxio.NodeError] or
	// [onnxio.ValueError] says which.
	ErrTrunk = errors.New("unsuitable trunk")
	// ErrInit marks an initialisation rule that cannot be read or applied.
	ErrInit = errors.New("unsuitable initialisation rule")
	// ErrValues marks parameter values that do not suit a model.
	ErrValues = errors.New("unsuitable parameter values")
)

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
