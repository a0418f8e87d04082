package train

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// newTarget allocates the target tensor of n samples of a task: class numbers
// [n], or values [n, targets].
func newTarget(task dataset.Task, n int64) *exec.Tensor {
	if task.Kind == dataset.Classification {
		return exec.Zeros(onnxio.Int64, n)
	}
	return exec.Zeros(onnxio.Float32, n, int64(task.Outputs()))
}

// fillTarget writes the targets of rows of a split into t.
func fillTarget(t *exec.Tensor, task dataset.Task, split *dataset.Split, rows []int) {
	if task.Kind == dataset.Classification {
		split.Labels(rows, t.Int64())
		return
	}
	split.Targets(rows, t.Float32())
}

// feeder fills the joined minibatch from one endless stream per domain.
type feeder struct {
	domains []*dataset.Domain
	streams []*dataset.Stream
	rows    [][]int
	augment []*augment.Augmenter // by domain; nil where samples stay as they are
	step    int                  // of the next minibatch, from 0
}

func newFeeder(job *Job) (*feeder, error) {
	f := &feeder{domains: job.Domains, augment: make([]*augment.Augmenter, len(job.Domains))}
	for i, d := range job.Domains {
		seed := job.Run.Stream("order", d.Name)
		f.streams = append(f.streams, dataset.NewStream(d.Train.Len(), seed))
		f.rows = append(f.rows, make([]int, job.Batches[i]))
		if job.Augment == nil || !job.Augment[i].Used() {
			continue
		}
		var err error
		if f.augment[i], err = augment.New(job.Augment[i], d.Shape, d.Indicators+len(d.Categories), job.Run.Stream("augment", d.Name)); err != nil {
			return nil, fmt.Errorf("train: domain %s: %w", d.Name, err)
		}
	}
	return f, nil
}

// seek moves to the minibatch of a step, counted from 0.
func (f *feeder) seek(step int) {
	f.step = step
	for i, s := range f.streams {
		s.Seek(step * len(f.rows[i]))
	}
}

// next fills x and targets with the next minibatch, domain after domain.
func (f *feeder) next(x *exec.Tensor, targets []*exec.Tensor) error {
	data := x.Float32()
	for i, d := range f.domains {
		f.streams[i].Next(f.rows[i])
		n := len(f.rows[i]) * product(d.Shape)
		if n > len(data) {
			return fmt.Errorf("train: minibatch of domain %s does not fit", d.Name)
		}
		if err := d.Train.Gather(f.rows[i], data[:n]); err != nil {
			return fmt.Errorf("train: domain %s: %w", d.Name, err)
		}
		if a := f.augment[i]; a != nil {
			a.Apply(f.step, data[:n])
		}
		fillTarget(targets[i], d.Task, d.Train, f.rows[i])
		data = data[n:]
	}
	f.step++
	return nil
}

func product(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}
