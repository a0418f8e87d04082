//go:build cgo

package ort

import (
	"fmt"

	"github.com/yalue/onnxruntime_go"

	"github.com/sharewise/sharewise/onnxio/exec"
)

// binding is a session with fixed memory.
type binding struct {
	s      *session
	io     *onnxruntime_go.IoBinding // nil once closed
	values values
}

// Bind fixes inputs and outputs. A run then costs about a microsecond beyond
// the work of its operators, and a copy of each tensor that is not aligned (see
// exec.Alignment).
func (s *session) Bind(inputs, outputs map[string]*exec.Tensor) (exec.Binding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bind(inputs, outputs)
	if err != nil {
		return nil, s.fail("bind", err)
	}
	return b, nil
}

func (s *session) bind(inputs, outputs map[string]*exec.Tensor) (*binding, error) {
	if s.ort == nil {
		return nil, exec.ErrClosed
	}
	c := newChecker()
	if err := c.inputs(s.sig.inputs, inputs); err != nil {
		return nil, err
	}
	if err := c.outputs(s.sig.outputs, outputs); err != nil {
		return nil, err
	}
	if err := exec.Overlap(inputs, outputs); err != nil {
		return nil, err
	}
	io, err := s.ort.CreateIoBinding()
	if err != nil {
		return nil, err
	}
	b := &binding{s: s, io: io}
	if err := b.fill(inputs, outputs); err != nil {
		_ = b.release()
		return nil, err
	}
	s.bindings[b] = struct{}{}
	return b, nil
}

func (b *binding) fill(inputs, outputs map[string]*exec.Tensor) error {
	for _, p := range b.s.sig.inputs {
		v, err := b.values.addInput(inputs[p.name], carried(inputs[p.name]))
		if err == nil {
			err = b.io.BindInput(p.carrier, v)
		}
		if err != nil {
			return fmt.Errorf("input %q: %w", p.name, err)
		}
	}
	for _, p := range b.s.sig.outputs {
		t, ok := outputs[p.name]
		if !ok {
			continue
		}
		name := p.carrier
		if p.flat != "" && len(t.Shape) == 0 {
			name = p.flat
		}
		v, err := b.values.addOutput(t, carried(t))
		if err == nil {
			err = b.io.BindOutput(name, v)
		}
		if err != nil {
			return fmt.Errorf("output %q: %w", p.name, err)
		}
	}
	return nil
}

// Run executes the model once.
func (b *binding) Run() error {
	b.s.mu.RLock()
	defer b.s.mu.RUnlock()
	if b.io == nil {
		return b.s.fail("run", exec.ErrClosed)
	}
	b.values.load()
	if err := b.s.ort.RunWithBinding(b.io); err != nil {
		return b.s.fail("run", innermost(err))
	}
	b.values.store()
	return nil
}

// Close releases the binding. To close it again, or after its session, does
// nothing.
func (b *binding) Close() error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if b.io == nil {
		return nil
	}
	delete(b.s.bindings, b)
	if err := b.release(); err != nil {
		return b.s.fail("close a binding of", err)
	}
	return nil
}

func (b *binding) release() error {
	err := b.io.Destroy()
	b.io = nil
	b.values.release()
	return err
}
