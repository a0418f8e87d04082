package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Doubt says what looked wrong in the outputs judged so far, "" for nothing:
// that scores seem to be probabilities.
func (m *Model) Doubt() string { return m.doubt }

// Order is a doubt about the order of the classes in the last split that was
// judged, nil if there is none: the model, the study or the caller said it, or
// both orders are the same.
func (m *Model) Order() *Order { return m.order }

// Judge appends all samples of a split of a domain to a loss table. The rows
// have the domain's name, the given seed and the samples' numbers; labels of
// classes are the domain's, and a predicted class that it lacks is -1.
func (m *Model) Judge(ctx context.Context, t *losses.Table, d *dataset.Domain, s *dataset.Split, seed int64) error {
	index, columns, err := m.match(d)
	if err != nil {
		return err
	}
	j := &judge{form: &m.form, domain: d, split: s, index: index, shares: m.form.Gives == Scores}
	if m.form.NamesFrom == FromData && slices.Equal(m.form.Names, d.Task.Classes) {
		j.order = Orders(d)
	}
	m.order = j.order
	m.used = m.session
	rows := m.fixed
	if rows == 0 {
		rows = min(m.rows, max(1, chunkNumbers/product(m.form.shapeOf(d))))
		// Some exporters declare the size of the batch open and fix it inside the
		// graph.
		if n := min(rows, s.Len()); n > 1 {
			if _, err := m.run(d, s, columns, []int{0, 1}, 2); err != nil {
				if _, alone := m.run(d, s, columns, []int{0}, 1); alone != nil {
					return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
				}
				rows = 1
			}
		}
	}
	if err := m.prove(d, s, columns, rows); err != nil {
		return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
	}
	err = m.inOrder(ctx, s.Len(), rows, func(chunk []int) ([]float32, error) {
		return m.run(d, s, columns, chunk, rows)
	}, func(chunk []int, scores []float32) error {
		o, err := j.judge(chunk, scores)
		if err == nil {
			Append(t, d, s, o, seed)
		}
		return err
	})
	switch {
	case err != nil && errors.Is(err, ctx.Err()):
		return err
	case err != nil:
		return fmt.Errorf("evaluate: domain %s: %w", d.Name, err)
	}
	if j.shares && s.Len() > 0 {
		m.doubt = fmt.Sprintf("all scores of output %q lie between 0 and 1 and sum to 1; are they probabilities?", m.form.Output)
	}
	return nil
}

// scored is what a model gives for a chunk.
type scored struct {
	chunk  []int
	scores []float32
	err    error
}

// inOrder runs the model on all of n samples, in chunks of so many, several at a time,
// and hands what it gives to judge, chunk after chunk in their order.
func (m *Model) inOrder(ctx context.Context, n, rows int, run func(chunk []int) ([]float32, error), judge func(chunk []int, scores []float32) error) error {
	ctx, cancel := context.WithCancel(ctx)
	// The queue holds those that run or wait to be judged.
	queue := make(chan chan scored, 2*m.threads)
	slots := make(chan struct{}, m.threads)
	var running sync.WaitGroup
	defer func() {
		cancel()
		running.Wait()
	}()
	running.Go(func() {
		defer close(queue)
		for start := 0; start < n && ctx.Err() == nil; start += rows {
			chunk := make([]int, min(rows, n-start))
			for i := range chunk {
				chunk[i] = start + i
			}
			slots <- struct{}{}
			done := make(chan scored, 1)
			running.Go(func() {
				scores, err := run(chunk)
				done <- scored{chunk, scores, err}
				<-slots
			})
			select {
			case queue <- done:
			case <-ctx.Done():
			}
		}
	})
	for done := range queue {
		r := <-done
		if r.err == nil {
			r.err = judge(r.chunk, r.scores)
		}
		if r.err != nil {
			return r.err
		}
	}
	return ctx.Err()
}

// run returns the outputs of samples, [samples, outputs]. Where the model
// states the samples of a chunk, the last one is filled up with zeros.
func (m *Model) run(d *dataset.Domain, s *dataset.Split, columns *columnMap, chunk []int, rows int) ([]float32, error) {
	n := len(chunk)
	if m.fixed > 0 {
		n = rows
	}
	size := product(m.form.shapeOf(d))
	shape := []int64{int64(n)}
	for _, k := range m.sampleShape(d) {
		shape = append(shape, int64(k))
	}
	x := exec.Zeros(onnxio.Float32, shape...)
	own, raw, scaled := make([]float64, product(d.Shape)), make([]float64, size), make([]float32, size)
	for k, i := range chunk {
		if columns == nil {
			s.Raw(i, raw)
		} else {
			s.Raw(i, own)
			columns.apply(own, raw)
		}
		m.form.level(raw, d.Depth)
		m.form.scale(raw, scaled)
		m.form.lay(scaled, x.Float32()[k*size:(k+1)*size], d.Shape)
	}
	name := m.input.Name
	if m.input.Type != onnxio.Float32 {
		name = samplesName
	}
	out, err := m.used.Run(map[string]*exec.Tensor{name: x})
	if err != nil {
		return nil, err
	}
	scores := out[m.output].Float32()
	if shape := out[m.output].Shape; len(scores) == 0 || len(shape) == 0 || shape[0] != int64(n) {
		return nil, fmt.Errorf("output %q has shape %v for %d samples; it must begin with them", m.form.Output, shape, n)
	}
	return scores[:len(scores)/n*len(chunk)], nil
}
