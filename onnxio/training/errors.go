package training

import "errors"

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
