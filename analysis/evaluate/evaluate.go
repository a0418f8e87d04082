// Package evaluate judges samples by trained models: what a model that learned
// one domain is worth on another.
//
//  1. [Open] reads from the model's metadata what a trained model expects and
//     gives: how inputs are normalised, the classes or targets of its outputs
//     (see package train, which writes them).
//  2. [Model.Table] runs it over a split of any domain with the same kind of
//     samples, and gives a loss table like that of a run.
//
// Inputs are normalised as the model learned them, not as the domain at hand
// would be, for that is what happens when a model meets a plant that it has
// not seen. Classes are matched by name. Losses of regression are in standard
// units of the domain at hand, so that they compare with those of its own
// models.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// ErrFit says that a model and a domain do not fit.
var ErrFit = errors.New("model does not fit the domain")

// chunk is the number of samples that are run at a time.
const chunk = 256

// Model is a trained model of one domain, ready to judge samples.
type Model struct {
	domain  string // that it learned
	about   train.Deployment
	shape   []int
	session exec.Session
	output  string
}

// Open prepares the part of a trained model that learned the named domain.
func Open(b exec.Backend, m *onnxio.Model, domain string, o exec.Options) (*Model, error) {
	about, err := train.DeploymentOf(m, domain)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	x := m.Graph.Input(training.InputX)
	if x == nil || len(x.Shape) < 2 {
		return nil, fmt.Errorf("evaluate: the model has no input %q of samples", training.InputX)
	}
	sizes, ok := x.Shape[1:].Ints()
	if !ok {
		return nil, fmt.Errorf("evaluate: input %q has shape %v; all sizes but the first must be known", x.Name, x.Shape)
	}
	out := &Model{domain: domain, about: *about, output: training.OutputScores}
	for _, s := range sizes {
		out.shape = append(out.shape, int(s))
	}
	if len(m.Graph.Outputs) > 1 {
		out.output = training.ScoresName(domain)
	}
	if out.session, err = b.Open(m, o); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return out, nil
}

// Close releases the model.
func (m *Model) Close() error { return m.session.Close() }

// Fits returns an error that matches ErrFit where the model cannot judge
// samples of a domain: other shape of samples, other task, classes or targets
// that it does not know.
func (m *Model) Fits(d *dataset.Domain) error {
	_, err := m.match(d)
	return err
}

// match finds, for every class or target of a domain, the model's output.
func (m *Model) match(d *dataset.Domain) ([]int, error) {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("evaluate: %w: that of %s on %s: %s", ErrFit, m.domain, d.Name, fmt.Sprintf(format, args...))
	}
	if !slices.Equal(m.shape, d.Shape) {
		return nil, fail("its samples have shape %v, those of the domain %v", m.shape, d.Shape)
	}
	if m.about.Task != string(d.Task.Kind) {
		return nil, fail("it does %s, the domain is %s", m.about.Task, d.Task.Kind)
	}
	wanted, known, what := d.Task.Classes, m.about.Classes, "class"
	switch d.Task.Kind {
	case dataset.Classification, dataset.Binary:
	case dataset.Regression:
		wanted, known, what = d.Task.Targets, m.about.Targets, "target"
	default:
		return nil, fail("tasks of kind %s are not supported", d.Task.Kind)
	}
	index := make([]int, len(wanted))
	for i, name := range wanted {
		if index[i] = slices.Index(known, name); index[i] < 0 {
			return nil, fail("it does not know the %s %q", what, name)
		}
	}
	return index, nil
}

// Table judges all samples of a split of a domain. The table's rows have the
// domain's name, the given seed and the samples' numbers; the labels of
// classes are the domain's, a predicted class that the domain lacks is -1.
func (m *Model) Table(ctx context.Context, d *dataset.Domain, s *dataset.Split, seed int64) (*losses.Table, error) {
	index, err := m.match(d)
	if err != nil {
		return nil, err
	}
	t := &losses.Table{}
	for start := 0; start < s.Len(); start += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := make([]int, min(chunk, s.Len()-start))
		for i := range rows {
			rows[i] = start + i
		}
		scores, err := m.scores(s, rows)
		if err != nil {
			return nil, fmt.Errorf("evaluate: model of %s on %s: %w", m.domain, d.Name, err)
		}
		for _, i := range rows {
			t.Domain = append(t.Domain, d.Name)
			t.Seed = append(t.Seed, seed)
			t.Sample = append(t.Sample, losses.SampleID{Number: s.ID(i)})
		}
		switch d.Task.Kind {
		case dataset.Classification:
			judgeClasses(t, s, rows, scores, index)
		case dataset.Binary:
			judgeClasses(t, s, rows, besideZero(scores), index)
		default:
			m.judgeValues(t, d, s, rows, scores, index)
		}
	}
	return t, nil
}

// scores runs the model over samples; the result is row-major.
func (m *Model) scores(s *dataset.Split, rows []int) ([]float32, error) {
	shape, size := []int64{int64(len(rows))}, 1
	for _, d := range m.shape {
		shape = append(shape, int64(d))
		size *= d
	}
	x := exec.Zeros(onnxio.Float32, shape...)
	data := x.Float32()
	channels := len(m.about.Mean)
	area := size / max(1, channels)
	for k, i := range rows {
		sample := data[k*size : (k+1)*size]
		s.Raw(i, sample)
		for c := range channels {
			mean, std := m.about.Mean[c], m.about.Std[c]
			for j := c * area; j < (c+1)*area; j++ {
				sample[j] = (sample[j] - mean) / std
			}
		}
	}
	out, err := m.session.Run(map[string]*exec.Tensor{training.InputX: x})
	if err != nil {
		return nil, err
	}
	scores, ok := out[m.output]
	if !ok {
		return nil, fmt.Errorf("the model has no output %q", m.output)
	}
	return scores.Float32(), nil
}
