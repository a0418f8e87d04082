package train

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// engine holds a program's parameters, optimizer state and buffers and advances
// them step by step.
type engine struct {
	job     *Job
	backend exec.Backend
	options exec.Options
	taken   int // steps at once before the session was opened
	clock   clock

	// several takes the place of step where several steps are taken in one run.
	several *several
	step    exec.Session
	binding [2]exec.Binding
	eval    []exec.Session // by domain, opened when first needed
	// evalRows is the number of samples that one evaluation call takes, by domain.
	evalRows []int
	chunks   map[chunkKey]*evalChunk
	evalX    [][]float32 // inputs of the chunks, by lane
	apart    *apart      // nil until first needed

	// vars holds the two sets of parameters, state and buffers by name; current
	// says which set is up to date. Both hold the same tensors of frozen
	// parameters.
	vars    [2]map[string]*exec.Tensor
	current int

	x       *exec.Tensor
	targets []*exec.Tensor
	weights []float32
	rate    []float32
	number  []float32
	losses  []float32
	norm    []float32
	inputs  map[string]*exec.Tensor // everything but the variables
}

// newEngine opens the training-step graph of a run that has taken some steps by it
// already, and binds it from either set of variables to the other. All variables
// are zero until initialize or restore fills them.
func newEngine(b exec.Backend, job *Job, taken int) (*engine, error) {
	e := &engine{
		job:     job,
		taken:   taken,
		clock:   clock{last: time.Now()},
		backend: b,
		options: exec.Options{Threads: job.Training.Threads},
		eval:    make([]exec.Session, len(job.Domains)), evalRows: make([]int, len(job.Domains)),
		inputs: map[string]*exec.Tensor{},
	}
	e.allocate()
	e.clock.to(&e.clock.spent.Prepare)
	if err := e.open(); err != nil {
		e.close()
		return nil, err
	}
	e.clock.to(&e.clock.spent.Open)
	return e, nil
}

func (e *engine) allocate() {
	rows := int64(0)
	for i, d := range e.job.Domains {
		b := int64(e.job.Batches[i])
		rows += b
		t := newTarget(d.Task, b)
		e.targets = append(e.targets, t)
		e.inputs[training.TargetName(d.Name)] = t
	}
	shape := []int64{rows}
	for _, s := range e.job.Domains[0].Shape {
		shape = append(shape, int64(s))
	}
	e.x = exec.Zeros(onnxio.Float32, shape...)
	e.weights = make([]float32, len(e.job.Domains))
	e.rate = make([]float32, 1)
	e.number = make([]float32, 1)
	e.losses = make([]float32, len(e.job.Domains))
	e.norm = make([]float32, 1)
	e.inputs[training.InputX] = e.x
	e.inputs[training.InputWeights] = exec.NewTensor([]int64{int64(len(e.weights))}, e.weights)
	e.inputs[training.InputRate] = exec.NewTensor([]int64{}, e.rate)
	e.inputs[training.InputStep] = exec.NewTensor([]int64{}, e.number)
	for set := range e.vars {
		e.vars[set] = map[string]*exec.Tensor{}
		for _, p := range e.variables() {
			if p.Frozen && set > 0 {
				e.vars[set][p.Name] = e.vars[0][p.Name]
				continue
			}
			e.vars[set][p.Name] = exec.Zeros(onnxio.Float32, p.Shape...)
		}
	}
}

// model lists what the trained model consists of: parameters and buffers.
func (e *engine) model() []training.Param {
	return slices.Concat(e.job.Program.Params, e.job.Program.Buffers)
}

// variables lists the model and the optimizer's state.
func (e *engine) variables() []training.Param {
	return slices.Concat(e.model(), e.job.Program.State)
}

func (e *engine) open() error {
	if most, kernel := stepsPerRun(e.backend, e.job); most > 1 {
		return e.openSeveral(most, kernel)
	}
	var err error
	step := training.Reseed(e.job.Program.Step, e.stream("dropout"), e.taken)
	e.step, err = e.backend.Open(step, exec.Options{Threads: stepThreads(e.job)})
	if err != nil {
		return fmt.Errorf("train: open step graph: %w", err)
	}
	for from := range e.binding {
		inputs := maps.Clone(e.inputs)
		maps.Copy(inputs, e.vars[from])
		outputs := map[string]*exec.Tensor{
			training.OutputLosses:   exec.NewTensor([]int64{int64(len(e.losses))}, e.losses),
			training.OutputGradNorm: exec.NewTensor([]int64{1}, e.norm),
		}
		for _, p := range e.variables() {
			if !p.Frozen {
				outputs[training.NextName(p.Name)] = e.vars[1-from][p.Name]
			}
		}
		e.binding[from], err = e.step.Bind(inputs, outputs)
		if err != nil {
			return fmt.Errorf("train: bind step graph: %w", err)
		}
	}
	return nil
}

// stepThreads is how many threads pay for a step.
func stepThreads(job *Job) int {
	return threadsFor(job.Program, job.Batches, job.Training.Threads)
}

func (e *engine) close() error {
	var errs []error
	for _, b := range e.binding {
		if b != nil {
			errs = append(errs, b.Close())
		}
	}
	if e.several != nil {
		errs = append(errs, e.several.close())
	}
	if e.apart != nil {
		errs = append(errs, e.apart.close())
	}
	for _, s := range append(e.eval, e.step) {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// stream gives the random streams of the run that are for one purpose, by the
// layer that they belong to.
func (e *engine) stream(purpose string) func(layer string) uint64 {
	return func(layer string) uint64 { return e.job.Run.Stream(purpose, layer) }
}

// initialize draws every parameter from a stream of its own, so that the start
// of one does not depend on which others exist. State starts at zero.
func (e *engine) initialize() {
	for _, p := range e.model() {
		seed := e.job.Run.Stream("init", p.Name)
		copy(e.values(p.Name), training.Initialize(p, rand.New(rand.NewPCG(seed, 0))))
	}
}

// values are the current elements of a variable.
func (e *engine) values(name string) []float32 {
	return e.vars[e.current][name].Float32()
}

// advance runs one step on the minibatch and settings that the caller put into
// x, targets, weights, rate and number; losses and norm then hold its result.
func (e *engine) advance() error {
	if err := e.binding[e.current].Run(); err != nil {
		return fmt.Errorf("train: step: %w", err)
	}
	e.current = 1 - e.current
	return nil
}
