package train

import (
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// evaluate runs domain d's evaluation graph over a split with the current
// parameters and hands every chunk to visit, in order. The outcome's memory is
// reused.
func (e *engine) evaluate(d int, split *dataset.Split, visit func(evaluate.Outcome) error) error {
	domain := e.job.Domains[d]
	if e.eval[d] == nil {
		start := time.Now()
		s, err := e.backend.Open(e.job.Program.FormEval[d], e.options)
		if err != nil {
			return fmt.Errorf("train: open evaluation graph of %s: %w", domain.Name, err)
		}
		e.eval[d], e.evalRows[d] = s, evaluate.ChunkRows(e.job.Program.Eval[d])
		e.clock.apart(&e.clock.spent.Open, start)
	}
	var chunk *evalChunk
	for start := 0; start < split.Len(); start += e.evalRows[d] {
		n := min(e.evalRows[d], split.Len()-start)
		if chunk == nil || chunk.n != n {
			if chunk != nil {
				if err := chunk.binding.Close(); err != nil {
					return err
				}
			}
			var err error
			if chunk, err = e.newChunk(d, n); err != nil {
				return err
			}
		}
		if err := chunk.run(domain, split, start); err != nil {
			chunk.binding.Close()
			return err
		}
		if err := visit(chunk.outcome); err != nil {
			chunk.binding.Close()
			return err
		}
	}
	if chunk == nil {
		return nil
	}
	return chunk.binding.Close()
}

// evalChunk is the bound memory of evaluation calls of one size.
type evalChunk struct {
	n       int
	x       *exec.Tensor
	target  *exec.Tensor
	binding exec.Binding
	outcome evaluate.Outcome
}

func (e *engine) newChunk(d, n int) (*evalChunk, error) {
	domain := e.job.Domains[d]
	rows := int64(n)
	shape := []int64{rows}
	for _, s := range domain.Shape {
		shape = append(shape, int64(s))
	}
	c := &evalChunk{
		n:       n,
		x:       exec.Zeros(onnxio.Float32, shape...),
		target:  newTarget(domain.Task, rows),
		outcome: evaluate.Outcome{Rows: make([]int, n), Loss: make([]float32, n)},
	}
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
		c.outcome.Class = make([]int64, n)
		c.outcome.Confidence = make([]float32, n)
		c.outcome.Correct = make([]bool, n)
		maps.Copy(outputs, map[string]*exec.Tensor{
			training.OutputPrediction: exec.NewTensor([]int64{rows}, c.outcome.Class),
			training.OutputConfidence: exec.NewTensor([]int64{rows}, c.outcome.Confidence),
			training.OutputCorrect:    exec.NewTensor([]int64{rows}, c.outcome.Correct),
		})
	} else {
		values := exec.Zeros(onnxio.Float32, rows, int64(domain.Task.Outputs()))
		c.outcome.Values = values.Float32()
		outputs[training.OutputPrediction] = values
	}
	var err error
	if c.binding, err = e.eval[d].Bind(inputs, outputs); err != nil {
		return nil, fmt.Errorf("train: bind evaluation graph of %s: %w", domain.Name, err)
	}
	return c, nil
}

func (c *evalChunk) run(domain *dataset.Domain, split *dataset.Split, start int) error {
	for i := range c.outcome.Rows {
		c.outcome.Rows[i] = start + i
	}
	if err := split.Gather(c.outcome.Rows, c.x.Float32()); err != nil {
		return fmt.Errorf("train: domain %s: %w", domain.Name, err)
	}
	fillTarget(c.target, domain.Task, split, c.outcome.Rows)
	if err := c.binding.Run(); err != nil {
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
