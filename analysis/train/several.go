package train

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/weighting"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// mostMinibatches bounds the memory of the minibatches of one run, in bytes; those for a
// kernel should stay in a cache.
const (
	mostMinibatches       = 256 << 20
	mostMinibatchesCached = 4 << 20
)

// mostStepsOfKernel bounds the steps that a kernel takes in one run, between which a
// training does not hear that it must stop. Tests change it.
var mostStepsOfKernel = 32

// several takes several steps in one run of the backend, where tensors have to
// travel to a device, see training.Program.Loop, or where a kernel does so faster, see
// training.Program.Steps. It moves the variables of an engine from one set to the
// other, as single steps do.
type several struct {
	engine   *engine
	session  exec.Session
	most     int
	bindings map[severalKey]exec.Binding

	x                      []float32
	targets                []*exec.Tensor // by domain, with the steps as first dimension
	weights, rates, number []float32
	losses, norms          []float32
}

// severalKey tells bindings apart: by the number of steps, and the set of
// variables that they start from.
type severalKey struct{ steps, from int }

// StepsPerRun is how many steps a job takes at most in one run of a backend. A run begins
// with an epoch, and the next where the one before it ends.
func StepsPerRun(b exec.Backend, job *Job) int {
	steps, _ := stepsPerRun(b, job)
	return steps
}

// stepsPerRun says, too, whether the steps are taken by the kernel for that, which uses one
// thread.
func stepsPerRun(b exec.Backend, job *Job) (steps int, kernel bool) {
	size := 4 * product(job.Domains[0].Shape)
	rows := 0
	for _, n := range job.Batches {
		rows += n
	}
	fit := func(bytes int) int { return min(bytes/max(1, rows*size), job.StepsPerEpoch) }
	if job.Program.Steps != nil && stepThreads(job) <= 1 && !hearsSteps(job) {
		if steps = min(mostStepsOfKernel, fit(mostMinibatchesCached)); steps > 1 {
			return steps, true
		}
	}
	return max(1, min(exec.StepsPerRun(b), fit(mostMinibatches))), false
}

// hearsSteps reports whether weights follow from the losses of the step before, so that
// no two steps can be taken at once.
func hearsSteps(job *Job) bool {
	m, err := newMethod(job)
	if err != nil {
		return true // which fails elsewhere
	}
	_, ok := m.(weighting.FromGradients)
	return !ok && weighting.EveryStep(m)
}

// severalGraph is the graph of several steps.
func (e *engine) severalGraph(kernel bool) (*onnxio.Model, error) {
	if kernel {
		return e.job.Program.Steps, nil
	}
	p := *e.job.Program
	p.Step = training.Reseed(p.Step, e.stream("dropout"), e.taken)
	return p.Loop()
}

func (e *engine) openSeveral(most int, kernel bool) error {
	graph, err := e.severalGraph(kernel)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	s := &several{engine: e, most: most, bindings: map[severalKey]exec.Binding{}}
	if s.session, err = e.backend.Open(graph, e.options); err != nil {
		return fmt.Errorf("train: open graph of several steps: %w", err)
	}
	domains := len(e.job.Domains)
	s.x = exec.Zeros(onnxio.Float32, int64(most*e.x.Len())).Float32()
	for _, t := range e.targets {
		s.targets = append(s.targets, exec.Zeros(t.Type(), append([]int64{int64(most)}, t.Shape...)...))
	}
	s.weights, s.losses = make([]float32, most*domains), make([]float32, most*domains)
	s.rates, s.number, s.norms = make([]float32, most), make([]float32, most), make([]float32, most)
	e.several = s
	return nil
}

// part is the place of step i among stacked targets.
func (s *several) part(d, i int) *exec.Tensor {
	one := s.engine.targets[d]
	n := one.Len()
	if all := s.targets[d].Int64(); all != nil {
		return exec.NewTensor(one.Shape, all[i*n:(i+1)*n])
	}
	return exec.NewTensor(one.Shape, s.targets[d].Float32()[i*n:(i+1)*n])
}

// first is a tensor over the first steps of stacked elements.
func first(steps int, shape []int64, all []float32, each int) *exec.Tensor {
	return exec.NewTensor(append([]int64{int64(steps)}, shape...), all[:steps*each])
}

// bind makes, once, the binding for a number of steps from the current variables.
func (s *several) bind(steps int) (exec.Binding, error) {
	e := s.engine
	key := severalKey{steps, e.current}
	if b := s.bindings[key]; b != nil {
		return b, nil
	}
	domains := len(e.job.Domains)
	inputs := map[string]*exec.Tensor{
		training.InputX:       first(steps, e.x.Shape, s.x, e.x.Len()),
		training.InputWeights: first(steps, []int64{int64(domains)}, s.weights, domains),
		training.InputRate:    first(steps, nil, s.rates, 1),
		training.InputStep:    first(steps, nil, s.number, 1),
	}
	for d, domain := range e.job.Domains {
		t := s.targets[d]
		shape := append([]int64{int64(steps)}, e.targets[d].Shape...)
		n := steps * e.targets[d].Len()
		if t.Int64() != nil {
			inputs[training.TargetName(domain.Name)] = exec.NewTensor(shape, t.Int64()[:n])
		} else {
			inputs[training.TargetName(domain.Name)] = exec.NewTensor(shape, t.Float32()[:n])
		}
	}
	outputs := map[string]*exec.Tensor{
		training.OutputLosses:   first(steps, []int64{int64(domains)}, s.losses, domains),
		training.OutputGradNorm: first(steps, []int64{1}, s.norms, 1),
	}
	for _, p := range e.variables() {
		inputs[p.Name] = e.vars[e.current][p.Name]
		if !p.Frozen {
			outputs[training.NextName(p.Name)] = e.vars[1-e.current][p.Name]
		}
	}
	b, err := s.session.Bind(inputs, outputs)
	if err != nil {
		return nil, fmt.Errorf("train: bind graph of several steps: %w", err)
	}
	s.bindings[key] = b
	return b, nil
}

func (s *several) close() error {
	var errs []error
	for _, b := range s.bindings {
		errs = append(errs, b.Close())
	}
	return errors.Join(append(errs, s.session.Close())...)
}

// takeSteps trains on the next minibatches in one run, not beyond the end of an
// epoch or to one whose gradients are kept apart, and calls progress, which may be nil,
// for each of them. Where weights follow from the losses of the step before, it takes one.
func (r *runner) takeSteps(progress func(int)) (reason string, err error) {
	e := r.engine
	s := e.several
	steps := min(s.most, r.job.StepsPerEpoch-r.step%r.job.StepsPerEpoch)
	if _, ok := r.method.(weighting.FromGradients); !ok && weighting.EveryStep(r.method) {
		steps = 1
	}
	for i := 1; i < steps; i++ {
		if r.isApart(r.step + i) {
			steps = i
		}
	}
	domains, size := len(e.job.Domains), e.x.Len()
	for i := range steps {
		targets := make([]*exec.Tensor, domains)
		for d := range targets {
			targets[d] = s.part(d, i)
		}
		if err := r.feeder.next(exec.NewTensor(e.x.Shape, s.x[i*size:(i+1)*size]), targets); err != nil {
			return "", err
		}
		r.method.Weights(s.weights[i*domains : (i+1)*domains])
		s.rates[i] = float32(r.job.Training.Rate * r.rate.At(r.step+i, r.job.steps()))
		s.number[i] = float32(r.step + i + 1)
	}
	e.clock.to(&e.clock.spent.Gather)
	defer e.clock.to(&e.clock.spent.Steps)
	b, err := s.bind(steps)
	if err != nil {
		return "", err
	}
	if err := b.Run(); err != nil {
		return "", fmt.Errorf("train: %d steps: %w", steps, err)
	}
	e.current = 1 - e.current
	for i := range steps {
		r.step++
		losses := s.losses[i*domains : (i+1)*domains]
		if reason := r.infinite(losses, s.norms[i]); reason != "" {
			return reason, nil
		}
		r.sums.add(losses, s.weights[i*domains:(i+1)*domains])
		r.method.Observe(losses)
		if progress != nil {
			progress(r.step)
		}
	}
	if steps == 1 {
		return r.look()
	}
	return "", nil
}
