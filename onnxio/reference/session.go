package reference

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Backend returns the evaluator as a backend of package exec. It uses one
// thread whatever the options say.
func Backend() exec.Backend { return backend{} }

type backend struct{}

func (backend) Name() string { return "reference" }

func (backend) Open(m *onnxio.Model, _ exec.Options) (exec.Session, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("reference: %w: the model has no graph", ErrOperand)
	}
	p, err := newProgram(m.Clone())
	if err != nil {
		return nil, err
	}
	return &session{p}, nil
}

// A session only reads its program, so runs may go on side by side.
type session struct{ program *program }

func (s *session) Run(inputs map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	if s.program == nil {
		return nil, fmt.Errorf("reference: run: %w", exec.ErrClosed)
	}
	return s.program.run(inputs)
}

func (s *session) Bind(inputs, outputs map[string]*exec.Tensor) (exec.Binding, error) {
	if s.program == nil {
		return nil, fmt.Errorf("reference: bind: %w", exec.ErrClosed)
	}
	if _, err := s.program.bind(inputs); err != nil {
		return nil, err
	}
	for name, t := range outputs {
		if s.program.output(name) == nil {
			return nil, fmt.Errorf("reference: bind: %w: the model has no output %q", exec.ErrName, name)
		}
		if err := t.Validate(); err != nil {
			return nil, fmt.Errorf("reference: bind output %q: %w", name, err)
		}
	}
	if err := exec.Overlap(inputs, outputs); err != nil {
		return nil, fmt.Errorf("reference: bind: %w", err)
	}
	return &binding{s.program, inputs, outputs}, nil
}

func (s *session) Close() error {
	s.program = nil
	return nil
}

type binding struct {
	program         *program
	inputs, outputs map[string]*exec.Tensor
}

func (b *binding) Run() error {
	if b.program == nil {
		return fmt.Errorf("reference: run: %w", exec.ErrClosed)
	}
	results, err := b.program.run(b.inputs)
	if err != nil {
		return err
	}
	for name, dst := range b.outputs {
		if err := copyTensor(dst, results[name]); err != nil {
			return fmt.Errorf("reference: output %q: %w", name, err)
		}
	}
	return nil
}

func (b *binding) Close() error {
	b.program = nil
	return nil
}

// copyTensor copies elements between tensors of one type and shape.
func copyTensor(dst, src *exec.Tensor) error {
	if dst.Type() != src.Type() || fmt.Sprint(dst.Shape) != fmt.Sprint(src.Shape) {
		return fmt.Errorf("%w: bound as %v%v, computed as %v%v", exec.ErrTensor, dst.Type(), dst.Shape, src.Type(), src.Shape)
	}
	switch d := src.Data.(type) {
	case []float32:
		copy(dst.Float32(), d)
	case []float64:
		copy(dst.Float64(), d)
	case []int64:
		copy(dst.Int64(), d)
	case []int32:
		copy(dst.Int32(), d)
	case []uint8:
		copy(dst.Uint8(), d)
	case []bool:
		copy(dst.Bool(), d)
	}
	return nil
}
