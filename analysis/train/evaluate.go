package train

import (
	"fmt"
	"maps"
	"math"
	"sync"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// evaluate runs domain d's evaluation graph over a split with the current
// parameters and hands every chunk to visit, in order and one at a time. The
// outcome's memory is reused.
//
// Threads share the work by chunks of samples: each of them runs the graph on one
// thread, so that nothing has to wait for others within it, and the numbers are the
// same for any number of threads.
func (e *engine) evaluate(d int, split *dataset.Split, visit func(evaluate.Outcome) error) error {
	if err := e.openEvaluation(d); err != nil {
		return err
	}
	rows := e.evalRows[d]
	count := (split.Len() + rows - 1) / rows
	lanes := max(1, min(e.options.Threads, count))
	whole, last := make([]*evalChunk, lanes), (*evalChunk)(nil)
	for i := range count {
		lane := i % lanes
		var err error
		switch {
		case i == count-1: // it may have fewer samples
			last, err = e.chunk(d, split.Len()-i*rows, lane)
		case whole[lane] == nil:
			whole[lane], err = e.chunk(d, rows, lane)
		}
		if err != nil {
			return err
		}
	}
	turns := newTurns()
	work := func(lane int) {
		for i := lane; i < count; i += lanes {
			c := whole[lane]
			if i == count-1 {
				c = last
			}
			err := c.run(e.current, e.job.Domains[d], split, i*rows)
			if !turns.take(i, func() error {
				if err != nil {
					return err
				}
				return visit(c.outcome)
			}) {
				return
			}
		}
	}
	var wg sync.WaitGroup
	for lane := 1; lane < lanes; lane++ {
		wg.Go(func() { work(lane) })
	}
	work(0)
	wg.Wait()
	return turns.err
}

// turns lets goroutines do numbered pieces of work in their order.
type turns struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
	err  error // of the first piece that failed
}

func newTurns() *turns {
	t := &turns{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// take waits for the turn of piece i and does it, unless one before it failed. It
// reports whether to go on.
func (t *turns) take(i int, do func() error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next != i && t.err == nil {
		t.cond.Wait()
	}
	if t.err == nil {
		t.err = do()
		t.next++
	}
	t.cond.Broadcast()
	return t.err == nil
}

// openEvaluation opens the evaluation graph of domain d, once.
func (e *engine) openEvaluation(d int) error {
	if e.eval[d] != nil {
		return nil
	}
	start := time.Now()
	s, err := e.backend.Open(e.job.Program.FormEval[d], exec.Options{Threads: 1})
	if err != nil {
		return fmt.Errorf("train: open evaluation graph of %s: %w", e.job.Domains[d].Name, err)
	}
	e.eval[d], e.evalRows[d] = s, evaluate.ChunkRows(e.job.Program.FormEval[d])
	e.clock.apart(&e.clock.spent.Open, start)
	return nil
}

// evalChunk is the bound memory of evaluation calls of one size.
type evalChunk struct {
	x       *exec.Tensor
	target  *exec.Tensor
	binding [2]exec.Binding // of either set of variables
	outcome evaluate.Outcome
}

// chunkKey tells apart the chunks of an engine: by domain, number of samples, and
// which of those that run side by side it is.
type chunkKey struct{ domain, rows, lane int }

// chunk returns the chunk of n samples for one of the lanes that run side by side,
// bound to the current variables. It is kept until the engine is closed.
func (e *engine) chunk(d, n, lane int) (*evalChunk, error) {
	key := chunkKey{d, n, lane}
	c := e.chunks[key]
	if c == nil {
		c = e.newChunk(d, n, lane)
	}
	if c.binding[e.current] == nil {
		if err := e.bindChunk(d, c); err != nil {
			return nil, err
		}
	}
	if e.chunks == nil {
		e.chunks = map[chunkKey]*evalChunk{}
	}
	e.chunks[key] = c
	return c, nil
}

// evalInput is memory for n samples, which all chunks of a lane share.
func (e *engine) evalInput(n, lane int) *exec.Tensor {
	shape := []int64{int64(n)}
	size := n
	for _, s := range e.job.Domains[0].Shape {
		shape = append(shape, int64(s))
		size *= s
	}
	for len(e.evalX) <= lane {
		e.evalX = append(e.evalX, nil)
	}
	if len(e.evalX[lane]) < size {
		e.evalX[lane] = exec.Zeros(onnxio.Float32, shape...).Float32()
	}
	return exec.NewTensor(shape, e.evalX[lane][:size])
}

func (e *engine) newChunk(d, n, lane int) *evalChunk {
	task := e.job.Domains[d].Task
	c := &evalChunk{
		x: e.evalInput(n, lane), target: newTarget(task, int64(n)),
		outcome: evaluate.Outcome{Rows: make([]int, n), Loss: make([]float32, n)},
	}
	if task.Kind == dataset.Classification {
		c.outcome.Class = make([]int64, n)
		c.outcome.Confidence = make([]float32, n)
		c.outcome.Correct = make([]bool, n)
	} else {
		c.outcome.Values = exec.Zeros(onnxio.Float32, int64(n), int64(task.Outputs())).Float32()
	}
	return c
}

// bindChunk binds a chunk of domain d to the current variables.
func (e *engine) bindChunk(d int, c *evalChunk) (err error) {
	domain := e.job.Domains[d]
	rows := int64(len(c.outcome.Rows))
	inputs := map[string]*exec.Tensor{
		training.InputX:                  c.x,
		training.TargetName(domain.Name): c.target,
	}
	for _, p := range e.model() {
		if p.Domain == "" || p.Domain == domain.Name {
			inputs[p.Name] = e.vars[e.current][p.Name]
		}
	}
	outputs := map[string]*exec.Tensor{
		training.OutputSampleLosses: exec.NewTensor([]int64{rows}, c.outcome.Loss),
	}
	if domain.Task.Kind == dataset.Classification {
		maps.Copy(outputs, map[string]*exec.Tensor{
			training.OutputPrediction: exec.NewTensor([]int64{rows}, c.outcome.Class),
			training.OutputConfidence: exec.NewTensor([]int64{rows}, c.outcome.Confidence),
			training.OutputCorrect:    exec.NewTensor([]int64{rows}, c.outcome.Correct),
		})
	} else {
		outputs[training.OutputPrediction] = exec.NewTensor([]int64{rows, int64(domain.Task.Outputs())}, c.outcome.Values)
	}
	if c.binding[e.current], err = e.eval[d].Bind(inputs, outputs); err != nil {
		return fmt.Errorf("train: bind evaluation graph of %s: %w", domain.Name, err)
	}
	return nil
}

// run evaluates the samples from start on, with one of the two sets of variables.
func (c *evalChunk) run(set int, domain *dataset.Domain, split *dataset.Split, start int) error {
	for i := range c.outcome.Rows {
		c.outcome.Rows[i] = start + i
	}
	if err := split.Gather(c.outcome.Rows, c.x.Float32()); err != nil {
		return fmt.Errorf("train: domain %s: %w", domain.Name, err)
	}
	fillTarget(c.target, domain.Task, split, c.outcome.Rows)
	if err := c.binding[set].Run(); err != nil {
		return fmt.Errorf("train: evaluate %s: %w", domain.Name, err)
	}
	return nil
}

// meanLoss is the mean loss of domain d over a split, whose rows it appends to t
// unless that is nil, and the share of samples that are right, NaN where they
// are neither right nor wrong.
func (e *engine) meanLoss(d int, split *dataset.Split, t *losses.Table) (loss, accuracy float64, err error) {
	domain := e.job.Domains[d]
	sum, right := 0.0, 0
	err = e.evaluate(d, split, func(o evaluate.Outcome) error {
		for _, l := range o.Loss {
			sum += float64(l)
		}
		right += evaluate.Right(domain, split, o)
		if t != nil {
			evaluate.Append(t, domain, split, o, int64(e.job.Run.Seed))
		}
		return nil
	})
	n := float64(split.Len())
	accuracy = float64(right) / n
	if domain.Task.Kind != dataset.Classification && domain.Task.Kind != dataset.Binary {
		accuracy = math.NaN()
	}
	return sum / n, accuracy, err
}

// newTable returns an empty table of losses on a split.
func (e *engine) newTable(split string) *losses.Table {
	run := e.job.Run
	return &losses.Table{Meta: losses.Meta{
		Study: e.job.Study, Run: run.ID, Hash: run.Hash, Arm: run.Arm, Domains: run.Domains,
		Rung: run.Rung.Name, Weighting: run.Weighting.Name, Seed: int64(run.Seed), Split: split,
		Randomness: run.Randomness, Fold: run.Fold, Folds: e.job.Folds,
	}}
}

// table evaluates every domain's test samples.
func (e *engine) table() (*losses.Table, error) {
	t := e.newTable("test")
	for d, domain := range e.job.Domains {
		if _, _, err := e.meanLoss(d, domain.Test, t); err != nil {
			return nil, err
		}
	}
	evaluate.Trim(t, e.job.Domains)
	return t, nil
}
