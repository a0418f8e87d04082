//go:build cgo

package ort

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/yalue/onnxruntime_go"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

type session struct {
	name string
	sig  *signature

	// mu is held for reading while the session runs and for writing while it
	// changes.
	mu       sync.RWMutex
	ort      *onnxruntime_go.DynamicAdvancedSession // nil once closed
	bindings map[*binding]struct{}
}

// open holds every session that is not closed. A session forgotten by its
// owner thus stays in memory, and with it the memory that its bindings pin.
var open sync.Map

func newSession(name string, sig *signature, s *onnxruntime_go.DynamicAdvancedSession) *session {
	out := &session{name: name, sig: sig, ort: s, bindings: map[*binding]struct{}{}}
	open.Store(out, nil)
	return out
}

// fail says what failed and for which model.
func (s *session) fail(what string, err error) error {
	return fmt.Errorf("onnxruntime: %s model %q: %w", what, s.name, err)
}

// Run executes the model once. Outputs that are no tensors are left out.
func (s *session) Run(inputs map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out, err := s.run(inputs)
	if err != nil {
		return nil, s.fail("run", err)
	}
	return out, nil
}

func (s *session) run(inputs map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	if s.ort == nil {
		return nil, exec.ErrClosed
	}
	if err := newChecker().inputs(s.sig.inputs, inputs); err != nil {
		return nil, err
	}
	for _, p := range s.sig.outputs {
		if !p.supported() {
			return nil, fmt.Errorf("%w: output %q is %v, which is not supported; bind the outputs that are wanted instead", exec.ErrTensor, p.name, p.typ)
		}
	}
	var in values
	defer in.release()
	for _, p := range s.sig.inputs {
		if _, err := in.addInput(inputs[p.name], carried(inputs[p.name])); err != nil {
			return nil, fmt.Errorf("input %q: %w", p.name, err)
		}
	}
	if s.sig.unused != "" {
		if _, err := in.addInput(exec.Zeros(onnxio.Float32, 1), []int64{1}); err != nil {
			return nil, err
		}
	}
	in.load()
	results := make([]onnxruntime_go.Value, len(s.sig.runOutputs()))
	if err := s.ort.Run(in.list, results); err != nil {
		for _, v := range results {
			// A value that could not be made is a nil pointer in an interface.
			if v != nil && !reflect.ValueOf(v).IsNil() {
				_ = v.Destroy()
			}
		}
		if errors.Is(err, onnxruntime_go.ZeroShapeLengthError) {
			return nil, fmt.Errorf("%w: the model gives a scalar for which it declares neither type nor shape", exec.ErrTensor)
		}
		return nil, innermost(err)
	}
	return s.collect(results)
}

// collect names the results of a run and gives them their shapes.
func (s *session) collect(results []onnxruntime_go.Value) (map[string]*exec.Tensor, error) {
	tensors := make([]*exec.Tensor, len(results))
	var failed error
	for i, v := range results {
		t, err := takeOver(v)
		if err != nil {
			failed = errors.Join(failed, err)
		}
		tensors[i] = t
	}
	if failed != nil {
		return nil, failed
	}
	out := make(map[string]*exec.Tensor, len(s.sig.outputs))
	for _, p := range s.sig.outputs {
		t := tensors[0]
		tensors = tensors[1:]
		switch {
		case p.flat != "":
			t.Shape = tensors[0].Int64()
			tensors = tensors[1:]
		case p.scalar():
			t.Shape = []int64{}
		}
		if t != nil {
			out[p.name] = t
		}
	}
	return out, nil
}

// carried returns the shape in which a tensor reaches the adapted graph.
func carried(t *exec.Tensor) []int64 {
	if len(t.Shape) == 0 {
		return []int64{1}
	}
	return t.Shape
}

// Close releases the session and its bindings, once nothing runs any more. To
// close it again does nothing.
func (s *session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ort == nil {
		return nil
	}
	var errs []error
	for b := range s.bindings {
		errs = append(errs, b.release())
	}
	errs = append(errs, s.ort.Destroy())
	s.ort = nil
	open.Delete(s)
	if err := errors.Join(errs...); err != nil {
		return s.fail("close", err)
	}
	return nil
}
