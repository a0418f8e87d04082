package ort

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unsafe"

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

// span is the memory of one tensor.
type span struct {
	start, end uintptr
	name       string
	output     bool
}

// overlap reports the first output that shares memory with another tensor.
func overlap(inputs, outputs map[string]*exec.Tensor) error {
	var spans []span
	for name, t := range inputs {
		spans = append(spans, spanOf(name, t, false))
	}
	for name, t := range outputs {
		spans = append(spans, spanOf(name, t, true))
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.name, b.name))
	})
	// Inputs may share memory among themselves, so a span is compared with
	// the furthest ends so far, not with its neighbor.
	var last, lastOutput span
	for _, s := range spans {
		if s.start == s.end {
			continue
		}
		for _, other := range []span{last, lastOutput} {
			if other.end > s.start && (s.output || other.output) {
				return fmt.Errorf("%w: %s and %s share memory, but a run may write an output before it has read all inputs",
					exec.ErrOverlap, other, s)
			}
		}
		if s.end > last.end {
			last = s
		}
		if s.output && s.end > lastOutput.end {
			lastOutput = s
		}
	}
	return nil
}

func (s span) String() string {
	if s.output {
		return fmt.Sprintf("output %q", s.name)
	}
	return fmt.Sprintf("input %q", s.name)
}

func spanOf(name string, t *exec.Tensor, output bool) span {
	mem := memory(t)
	start := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	return span{start, start + uintptr(len(mem)), name, output}
}

func aligned(mem []byte) bool {
	return len(mem) == 0 || uintptr(unsafe.Pointer(&mem[0]))%exec.Alignment == 0
}

// memory returns a tensor's elements as the bytes that they are in memory.
func memory(t *exec.Tensor) []byte {
	switch d := t.Data.(type) {
	case []float32:
		return sliceMemory(d)
	case []float64:
		return sliceMemory(d)
	case []int64:
		return sliceMemory(d)
	case []int32:
		return sliceMemory(d)
	case []uint8:
		return d
	case []bool:
		return sliceMemory(d)
	}
	return nil
}

func sliceMemory[T exec.Element](d []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(d))), len(d)*int(unsafe.Sizeof(zero)))
}
