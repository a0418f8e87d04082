package ort

import "errors"

// Errors that callers tell apart.
var (
	// ErrNoLibrary is matched by every error that says that no ONNX Runtime
	// library could be used, be it that none was found or that the one asked
	// for does not work.
	ErrNoLibrary = errors.New("no usable ONNX Runtime library")
	// ErrNoCgo is returned by a program that was built without cgo and so can
	// run no models.
	ErrNoCgo = errors.New("built without cgo: training and eval are not available; build with CGO_ENABLED=1 and a C compiler")
	// ErrIntegrity is returned for a package that is not the pinned one.
	ErrIntegrity = errors.New("the package is not the one pinned in this program")
	// ErrNoNPM is returned when npm is needed and is not there.
	ErrNoNPM = errors.New("npm is not installed")
	// ErrFetch is returned when npm cannot fetch the package.
	ErrFetch = errors.New("the package cannot be fetched")
	// ErrPlatform is returned where there is no official library for this
	// system.
	ErrPlatform = errors.New("no official ONNX Runtime library for this system")
)
