package ort

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// checker compares tensors with what a model declares. One checker serves all
// tensors of a call, so that a symbol has the same size in all of them.
type checker struct {
	symbols map[string]symbolSize
}

// symbolSize is the size of a symbol and the tensor that set it.
type symbolSize struct {
	size int64
	by   string
}

func newChecker() *checker { return &checker{symbols: map[string]symbolSize{}} }

// inputs checks that every input has a tensor and that it suits.
func (c *checker) inputs(ports []*port, tensors map[string]*exec.Tensor) error {
	if err := names("input", ports, tensors); err != nil {
		return err
	}
	var missing []string
	for _, p := range ports {
		t, ok := tensors[p.name]
		if !ok {
			missing = append(missing, fmt.Sprintf("%q", p.name))
			continue
		}
		if err := c.tensor("input", p, t); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: no tensor for input %s", exec.ErrName, strings.Join(missing, ", "))
	}
	return nil
}

// outputs checks the tensors of the outputs wanted, at least one.
func (c *checker) outputs(ports []*port, tensors map[string]*exec.Tensor) error {
	if err := names("output", ports, tensors); err != nil {
		return err
	}
	if len(tensors) == 0 {
		return fmt.Errorf("%w: no output is wanted", exec.ErrName)
	}
	for _, p := range ports {
		if t, ok := tensors[p.name]; ok {
			if err := c.tensor("output", p, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// names checks that the model has every name given.
func names(what string, ports []*port, tensors map[string]*exec.Tensor) error {
	known := make([]string, len(ports))
	for i, p := range ports {
		known[i] = p.name
	}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%w: the model has no %s %q; it has %s", exec.ErrName, what, name, list(known))
		}
	}
	return nil
}

// list quotes names, but not hundreds of them.
func list(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "none"
	}
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, ", ") + more
}

func (c *checker) tensor(what string, p *port, t *exec.Tensor) error {
	if err := t.Validate(); err != nil {
		return fmt.Errorf("%s %q: %w", what, p.name, err)
	}
	if p.typ != onnxio.Undefined && p.typ != t.Type() {
		return fmt.Errorf("%s %q: %w: %v given, the model declares %v", what, p.name, exec.ErrTensor, t.Type(), p.typ)
	}
	if p.shape == nil {
		return nil
	}
	mismatch := func(why string) error {
		return fmt.Errorf("%s %q: %w: shape %v given, the model declares %v%s", what, p.name, exec.ErrTensor, t.Shape, p.shape, why)
	}
	if len(t.Shape) != len(p.shape) {
		return mismatch("")
	}
	for i, d := range p.shape {
		switch size := t.Shape[i]; {
		case d.Symbol != "":
			s, ok := c.symbols[d.Symbol]
			if !ok {
				c.symbols[d.Symbol] = symbolSize{size, p.name}
			} else if s.size != size {
				return mismatch(fmt.Sprintf(", and %s is %d in %q", d.Symbol, s.size, s.by))
			}
		case d.Known() && d.Size != size:
			return mismatch("")
		}
	}
	return nil
}
