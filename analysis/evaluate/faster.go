package evaluate

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// proofRows is the number of samples on which a faster form is held against the model
// as it is, before it judges any.
const proofRows = 16

// agreement is how far outputs may differ between the two, as a part of the largest
// of them: more than rounding makes of sums in another order, and much less than
// anything that matters to a loss.
const agreement = 1e-3

// OpenFaster is OpenAll with a model that computes the same in another form, as far as
// that is possible and the backend has the kernels: see package kernels. Before it
// judges a split it is held against the model as it is on the first samples; where it
// does not agree with that, the model as it is judges all. See [Model.Computed].
func OpenFaster(b exec.Backend, m *onnxio.Model, forms []Form, o exec.Options, form kernels.Form) ([]*Model, error) {
	return openAll(b, m, forms, o, form)
}

// faster opens a prepared model in a form, nil where that is the model as it is.
func faster(b exec.Backend, m *onnxio.Model, o exec.Options, form kernels.Form) exec.Session {
	if draws(m.Graph) {
		return nil
	}
	fast, _ := kernels.Faster(m, form)
	if fast == m {
		return nil
	}
	s, err := b.Open(fast, o)
	if err != nil {
		return nil
	}
	return s
}

// prove decides whether the faster form judges a split: it must agree with the model
// as it is on the first samples.
func (m *Model) prove(d *dataset.Domain, s *dataset.Split, columns *columnMap, rows int) error {
	m.used, m.computed = m.session, ""
	if m.fast == nil || s.Len() == 0 {
		return nil
	}
	chunk := make([]int, min(proofRows, rows, s.Len()))
	for i := range chunk {
		chunk[i] = i
	}
	plain, err := m.run(d, s, columns, chunk, rows)
	if err != nil {
		return err
	}
	m.used = m.fast
	fast, err := m.run(d, s, columns, chunk, rows)
	off, ok := furthest(plain, fast)
	if err != nil || !ok || off > agreement {
		m.used = m.session
		m.computed = "as it is; kernels gave other numbers"
		return nil
	}
	m.computed = fmt.Sprintf("by kernels, %.1g from the model as it is", off)
	return nil
}

// furthest is how far b is from a, as a part of the largest number in a. It is not ok
// where other numbers are infinite, or none.
func furthest(a, b []float32) (off float64, ok bool) {
	if len(a) != len(b) {
		return 0, false
	}
	largest := 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		if math.IsNaN(x) || math.IsInf(x, 0) {
			if x == y || math.IsNaN(x) && math.IsNaN(y) {
				continue
			}
			return 0, false
		}
		largest = max(largest, math.Abs(x))
		off = max(off, math.Abs(x-y))
	}
	if !(off <= math.MaxFloat32) {
		return 0, false
	}
	if off == 0 {
		return 0, true
	}
	return off / max(largest, math.SmallestNonzeroFloat32), true
}

// Computed says how the split was computed that was judged last: "" where in no other
// way than the model is written.
func (m *Model) Computed() string { return m.computed }
