package train

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/weighting"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// apart takes steps of an engine in three runs of the backend, between which the
// domains' gradients of the trunk are in memory: they are compared, and weights can
// follow from them. See training.Program.
type apart struct {
	engine                  *engine
	gradients, gram, update exec.Session
	// from holds, by the set of variables that a step starts from, the bindings of
	// gradients and update.
	from  [2]struct{ gradients, update exec.Binding }
	gram1 exec.Binding

	kept     *kept
	products []float32 // of the gradients
	again    *again    // nil until first needed
}

// kept holds the gradients of one minibatch.
type kept struct {
	stacks  map[string]*exec.Tensor // training.StackedName: those of all domains
	outputs map[string]*exec.Tensor // training.GradientName, within stacks for the trunk
	// before are the stacks as they were when a step began that may be taken along
	// something else; nil where they stay as they are.
	before map[string][]float32
}

// listed are the stacks in the order of their names.
func (k *kept) listed() [][]float32 {
	var out [][]float32
	for _, name := range slices.Sorted(maps.Keys(k.stacks)) {
		out = append(out, k.stacks[name].Float32())
	}
	return out
}

func (k *kept) remember() {
	if k.before == nil {
		k.before = map[string][]float32{}
	}
	for name, t := range k.stacks {
		k.before[name] = append(k.before[name][:0], t.Float32()...)
	}
}

// stack holds the gradients of the last minibatch.
func (k *kept) stack(name string) []float32 {
	if v := k.before[name]; v != nil {
		return v
	}
	return k.stacks[name].Float32()
}

func newKept(job *Job) *kept {
	k := &kept{stacks: map[string]*exec.Tensor{}, outputs: map[string]*exec.Tensor{}}
	for _, p := range job.Program.Params {
		switch {
		case p.Frozen:
		case p.Domain != "":
			k.outputs[training.GradientName(p.Domain, p.Name)] = exec.Zeros(onnxio.Float32, p.Shape...)
		default:
			length := int(training.StackedLen(p))
			stack := exec.Zeros(onnxio.Float32, int64(len(job.Domains)), int64(length))
			k.stacks[training.StackedName(p.Name)] = stack
			for i, d := range job.Domains {
				n := int(elements(p.Shape))
				k.outputs[training.GradientName(d.Name, p.Name)] = exec.NewTensor(p.Shape, stack.Float32()[i*length:i*length+n])
			}
		}
	}
	return k
}

func elements(shape []int64) int64 {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return n
}

// openApart opens the three graphs of a run, in which that of gradients has run so often.
func (e *engine) openApart(taken int) (*apart, error) {
	defer e.clock.apart(&e.clock.spent.Open, time.Now())
	a := &apart{engine: e, kept: newKept(e.job), products: make([]float32, len(e.job.Domains)*len(e.job.Domains))}
	err := a.open(taken)
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *apart) open(taken int) (err error) {
	e, p := a.engine, a.engine.job.Program
	if a.gradients, err = e.backend.Open(training.Reseed(p.Gradients, e.stream("gradients"), taken), e.options); err != nil {
		return fmt.Errorf("train: open graph of gradients: %w", err)
	}
	if a.gram, err = e.backend.Open(p.Gram, e.options); err != nil {
		return fmt.Errorf("train: open Gram graph: %w", err)
	}
	if a.update, err = e.backend.Open(p.Update, e.options); err != nil {
		return fmt.Errorf("train: open update graph: %w", err)
	}
	n := int64(len(e.job.Domains))
	if a.gram1, err = a.gram.Bind(a.kept.stacks, map[string]*exec.Tensor{training.OutputGram: exec.NewTensor([]int64{n, n}, a.products)}); err != nil {
		return fmt.Errorf("train: bind Gram graph: %w", err)
	}
	for from := range a.from {
		if err := a.bind(from); err != nil {
			return err
		}
	}
	return nil
}

// bind binds the graphs from one set of variables to the other.
func (a *apart) bind(from int) (err error) {
	e := a.engine
	to := &a.from[from]
	outputs := maps.Clone(a.kept.outputs)
	outputs[training.OutputLosses] = exec.NewTensor([]int64{int64(len(e.losses))}, e.losses)
	for _, b := range e.job.Program.Buffers {
		outputs[training.NextName(b.Name)] = e.vars[1-from][b.Name]
	}
	if to.gradients, err = a.gradients.Bind(e.inputsOf(e.job.Program.Gradients, from, nil), outputs); err != nil {
		return fmt.Errorf("train: bind graph of gradients: %w", err)
	}
	outputs = map[string]*exec.Tensor{training.OutputGradNorm: exec.NewTensor([]int64{1}, e.norm)}
	for _, v := range slices.Concat(e.job.Program.Params, e.job.Program.State) {
		if !v.Frozen {
			outputs[training.NextName(v.Name)] = e.vars[1-from][v.Name]
		}
	}
	if to.update, err = a.update.Bind(e.inputsOf(e.job.Program.Update, from, a.kept), outputs); err != nil {
		return fmt.Errorf("train: bind update graph: %w", err)
	}
	return nil
}

// inputsOf gathers what a graph takes: minibatch and settings, variables of a set and
// gradients, where k is not nil.
func (e *engine) inputsOf(m *onnxio.Model, set int, k *kept) map[string]*exec.Tensor {
	inputs := map[string]*exec.Tensor{}
	for _, v := range m.Graph.Inputs {
		from := e.vars[set]
		switch {
		case e.inputs[v.Name] != nil:
			from = e.inputs
		case k != nil && k.stacks[v.Name] != nil:
			from = k.stacks
		case k != nil && k.outputs[v.Name] != nil:
			from = k.outputs
		}
		inputs[v.Name] = from[v.Name]
	}
	return inputs
}

func (a *apart) close() error {
	var errs []error
	for _, f := range a.from {
		for _, b := range []exec.Binding{f.gradients, f.update} {
			if b != nil {
				errs = append(errs, b.Close())
			}
		}
	}
	if a.gram1 != nil {
		errs = append(errs, a.gram1.Close())
	}
	if a.again != nil {
		errs = append(errs, a.again.close())
	}
	for _, s := range []exec.Session{a.gradients, a.gram, a.update} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// differentiate runs forward and backward on the minibatch of the engine, whose losses
// it sets, and returns the Gram matrix of the gradients of the trunk.
func (a *apart) differentiate() ([]float64, error) {
	if err := a.from[a.engine.current].gradients.Run(); err != nil {
		return nil, fmt.Errorf("train: gradients: %w", err)
	}
	if err := a.gram1.Run(); err != nil {
		return nil, fmt.Errorf("train: products of gradients: %w", err)
	}
	gram := make([]float64, len(a.products))
	for i, g := range a.products {
		gram[i] = float64(g)
	}
	return gram, nil
}

// advance makes the step, by the weights and the rate of the engine.
func (a *apart) advance() error {
	e := a.engine
	if err := a.from[e.current].update.Run(); err != nil {
		return fmt.Errorf("train: update: %w", err)
	}
	e.current = 1 - e.current
	return nil
}

// isApart reports whether a step, counted from 0, is taken with the gradients kept
// apart: where weights follow from them, and where conflict is measured, at the last
// step of each epoch.
func (r *runner) isApart(step int) bool {
	return r.job.Program.Gradients != nil && (r.solves(step) || r.measures(step))
}

func (r *runner) solves(step int) bool {
	m, ok := r.method.(weighting.FromGradients)
	return ok && step%m.Every() == 0
}

func (r *runner) measures(step int) bool {
	return r.job.Training.Conflict && (step+1)%r.job.StepsPerEpoch == 0
}

// takeApart trains on one minibatch with the gradients kept apart. The reason is as
// in takeStep.
func (r *runner) takeApart() (reason string, err error) {
	e := r.engine
	if err := r.feeder.next(e.x, e.targets); err != nil {
		return "", err
	}
	e.clock.to(&e.clock.spent.Gather)
	if e.apart == nil {
		_, taken := r.runsBefore(r.step)
		if e.apart, err = e.openApart(taken); err != nil {
			return "", err
		}
	}
	defer e.clock.to(&e.clock.spent.Steps)
	e.rate[0] = float32(r.job.Training.Rate * r.rate.At(r.step, r.job.steps()))
	e.number[0] = float32(r.step + 1)
	gram, err := e.apart.differentiate()
	if err != nil {
		return "", err
	}
	r.method.Weights(e.weights)
	if m, ok := r.method.(weighting.FromGradients); ok && r.solves(r.step) {
		if whole, ok := m.(weighting.FromJacobian); ok {
			if r.measures(r.step) {
				e.apart.kept.remember()
			}
			if err := whole.Keep(e.apart.kept.listed()); err != nil {
				return "", fmt.Errorf("train: %w", err)
			}
		}
		if m.WeightsFromGram(e.weights, gram, e.losses) != nil {
			r.sums.Unsolved++ // the weights are equal, and the run says how often
		}
	}
	if err := e.apart.advance(); err != nil {
		return "", err
	}
	r.step++
	if reason := r.infinite(e.losses, e.norm[0]); reason != "" {
		return reason, nil
	}
	r.sums.add(e.losses, e.weights)
	r.sums.Gram.add(gram, e.losses)
	if r.measures(r.step - 1) {
		e.clock.to(&e.clock.spent.Steps)
		curvature, err := e.apart.curvature()
		e.clock.to(&e.clock.spent.Conflict)
		if err != nil {
			return "", err
		}
		r.sums.Gram.Curvature = curvature
	}
	r.method.Observe(e.losses)
	return r.look()
}
