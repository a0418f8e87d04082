package exec

import (
	"cmp"
	"fmt"
	"slices"
	"unsafe"
)

// span is the memory of one tensor.
type span struct {
	start, end uintptr
	name       string
	output     bool
}

// Overlap returns an error that matches ErrOverlap if an output shares memory
// with another tensor. Backends call it in Bind; inputs may share memory among
// themselves.
func Overlap(inputs, outputs map[string]*Tensor) error {
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
	// Since inputs may overlap, a span is compared with the furthest ends so
	// far, not with its neighbor.
	var last, lastOutput span
	for _, s := range spans {
		if s.start == s.end {
			continue
		}
		for _, other := range []span{last, lastOutput} {
			if other.end > s.start && (s.output || other.output) {
				return fmt.Errorf("%w: %s and %s share memory, but a run may write an output before it has read all inputs",
					ErrOverlap, other, s)
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

func spanOf(name string, t *Tensor, output bool) span {
	mem := t.Bytes()
	start := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	return span{start, start + uintptr(len(mem)), name, output}
}
