package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// again computes the gradients of the minibatch of a step once more, after the step.
type again struct {
	kept *kept
	from [2]exec.Binding
}

func (a *apart) openAgain() (err error) {
	b := &again{kept: newKept(a.engine.job)}
	a.again = b
	for from := range b.from {
		inputs := a.engine.inputsOf(a.engine.job.Program.Gradients, from, nil)
		if b.from[from], err = a.gradients.Bind(inputs, b.kept.outputs); err != nil {
			return fmt.Errorf("train: bind graph of gradients: %w", err)
		}
	}
	return nil
}

func (b *again) close() error {
	var errs []error
	for _, x := range b.from {
		if x != nil {
			errs = append(errs, x.Close())
		}
	}
	return errors.Join(errs...)
}

// curvature says how fast each domain's gradient g of the trunk changes along the step
// just taken from θ to θ', on the same minibatch:
//
//	|g(θ') − g(θ)| / |θ' − θ|
//
// a lower limit of the Lipschitz constant of g. It takes one more run of the gradients.
// Trunks that draw random numbers, as Dropout does, have none: two runs differ by more
// than the step. It is NaN where the trunk did not move.
func (a *apart) curvature() ([]float64, error) {
	e := a.engine
	out := make([]float64, len(e.job.Domains))
	if g := e.job.Program.Gradients; training.Reseed(g, e.stream("gradients"), 0) != g {
		for i := range out {
			out[i] = math.NaN()
		}
		return out, nil
	}
	if a.again == nil {
		if err := a.openAgain(); err != nil {
			return nil, err
		}
	}
	if err := a.again.from[e.current].Run(); err != nil {
		return nil, fmt.Errorf("train: gradients after the step: %w", err)
	}
	moved := 0.0
	for _, p := range e.job.Program.Params {
		if p.Frozen || p.Domain != "" {
			continue
		}
		moved += squaredDistance(e.vars[0][p.Name].Float32(), e.vars[1][p.Name].Float32())
		name := training.StackedName(p.Name)
		was, is := a.kept.stack(name), a.again.kept.stack(name)
		for i, n := 0, len(was)/len(out); i < len(out); i++ {
			out[i] += squaredDistance(was[i*n:(i+1)*n], is[i*n:(i+1)*n]) // rows end with zeros
		}
	}
	for i := range out {
		out[i] = math.Sqrt(out[i] / moved)
	}
	return out, nil
}

func squaredDistance(a, b []float32) (sum float64) {
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return sum
}
