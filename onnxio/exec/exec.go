package exec

import (
	"github.com/sharewise/sharewise/onnxio"
)

// Backend opens models for execution. [onnxio/ort] and [onnxio/reference]
// provide one each.
type Backend interface {
	// Name identifies the implementation and its version, for records.
	Name() string
	// Open prepares a model. The model is not retained.
	Open(m *onnxio.Model, opt Options) (Session, error)
}

// Options are the settings of one session.
type Options struct {
	// Threads is the number of threads that one Run may use; 0 means 1.
	Threads int
}

// Session is a model ready to run. Run may be called concurrently; a Binding
// is for one goroutine at a time.
type Session interface {
	// Run executes the model once on inputs by name and returns all outputs,
	// newly allocated. It keeps no reference to the inputs.
	Run(inputs map[string]*Tensor) (map[string]*Tensor, error)
	// Bind fixes the memory of every input and of the outputs wanted. The
	// tensors stay owned by the caller, who may change their elements (never
	// their shape or slice) between runs. No tensor may be both input and
	// output: a backend may write an output before the last read of an input.
	// Outputs that are not bound are not kept.
	Bind(inputs, outputs map[string]*Tensor) (Binding, error)
	// Close releases the session and its bindings. Closing again does nothing.
	Close() error
}

// Binding is a session with fixed memory.
type Binding interface {
	// Run executes the model once on what is in the inputs now.
	Run() error
	// Close releases the memory. Closing again, or after the session, does
	// nothing.
	Close() error
}

// Device is a backend whose tensors travel to a memory of their own for each run,
// so that it pays to take several training steps in one.
type Device interface {
	// StepsPerRun is the number of steps to take in one run, at most.
	StepsPerRun() int
}

// StepsPerRun asks a backend how many training steps to take in one run: 1 unless
// it is a Device.
func StepsPerRun(b Backend) int {
	if d, ok := b.(Device); ok {
		return max(1, d.StepsPerRun())
	}
	return 1
}
