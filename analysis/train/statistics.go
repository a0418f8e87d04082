package train

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// statistics measures the statistics of batch normalisations on minibatches.
type statistics struct {
	session exec.Session
	inputs  []string
	feeder  *feeder
	x       *exec.Tensor
	targets []*exec.Tensor
	// keep is, by buffer, the part of the old statistics that a step keeps.
	keep map[string]float64
}

// Recalibrate sets the running statistics of batch normalisations to the mean of
// those of the first minibatches of training, at the parameters as they are, and
// trains nothing. It does nothing where no statistics follow the data.
//
// A step leaves keep·old + (1 − keep)·s of the statistics s of its minibatch. Fed
// with 0 and with 1 for the old ones it tells keep, and then, fed with 0, s.
func (p *Point) Recalibrate(minibatches int) error {
	buffers := p.engine.job.Program.Buffers
	if len(buffers) == 0 {
		return nil
	}
	if p.batches == nil {
		if err := p.openStatistics(); err != nil {
			return fmt.Errorf("train: statistics of %s: %w", p.engine.job.Run.ID, err)
		}
	}
	s := p.batches
	s.feeder.seek(0)
	sums := map[string][]float64{}
	for range minibatches {
		if err := s.feeder.next(s.x, s.targets); err != nil {
			return err
		}
		zero, err := p.nextStatistics(0)
		if err == nil && s.keep == nil {
			err = p.findKeep(zero)
		}
		if err != nil {
			return fmt.Errorf("train: statistics of %s: %w", p.engine.job.Run.ID, err)
		}
		for name, v := range zero {
			if sums[name] == nil {
				sums[name] = make([]float64, len(v))
			}
			for i, x := range v {
				sums[name][i] += float64(x) / (1 - s.keep[name])
			}
		}
	}
	for name, sum := range sums {
		for i, x := range sum {
			p.Values(name)[i] = float32(x / float64(minibatches))
		}
	}
	return nil
}

// openStatistics opens what a step does to running statistics, without the rest.
func (p *Point) openStatistics() error {
	e := p.engine
	m := e.job.Program.Step.Clone()
	wanted := map[string]bool{}
	for _, b := range e.job.Program.Buffers {
		wanted[training.NextName(b.Name)] = true
	}
	m.Graph.Outputs = slices.DeleteFunc(m.Graph.Outputs, func(v *onnxio.Value) bool { return !wanted[v.Name] })
	prune(m.Graph)
	f, err := newFeeder(e.job)
	if err != nil {
		return err
	}
	s := &statistics{feeder: f}
	for _, v := range m.Graph.Inputs {
		s.inputs = append(s.inputs, v.Name)
	}
	rows := int64(0)
	for i, d := range e.job.Domains {
		rows += int64(e.job.Batches[i])
		s.targets = append(s.targets, newTarget(d.Task, int64(e.job.Batches[i])))
	}
	shape := []int64{rows}
	for _, k := range e.job.Domains[0].Shape {
		shape = append(shape, int64(k))
	}
	s.x = exec.Zeros(onnxio.Float32, shape...)
	if s.session, err = e.backend.Open(training.Reseed(m, e.stream("dropout"), 0), e.options); err != nil {
		return err
	}
	p.batches = s
	return nil
}

// nextStatistics are the running statistics after the minibatch in hand, from old
// ones that are all of one value.
func (p *Point) nextStatistics(old float32) (map[string][]float32, error) {
	inputs := map[string]*exec.Tensor{}
	for _, name := range p.batches.inputs {
		if inputs[name] = p.engine.vars[0][name]; name == training.InputX {
			inputs[name] = p.batches.x
		}
	}
	buffers := p.engine.job.Program.Buffers
	for _, b := range buffers {
		t := exec.Zeros(onnxio.Float32, b.Shape...)
		for i := range t.Float32() {
			t.Float32()[i] = old
		}
		inputs[b.Name] = t
	}
	out, err := p.batches.session.Run(inputs)
	if err != nil {
		return nil, err
	}
	next := map[string][]float32{}
	for _, b := range buffers {
		next[b.Name] = out[training.NextName(b.Name)].Float32()
	}
	return next, nil
}

// findKeep tells what a step keeps, given what it makes of zeros.
func (p *Point) findKeep(zero map[string][]float32) error {
	one, err := p.nextStatistics(1)
	if err != nil {
		return err
	}
	keep := map[string]float64{}
	for name, v := range one {
		keep[name] = float64(v[0]) - float64(zero[name][0])
		if !(keep[name] < 1) {
			return fmt.Errorf("statistics %q do not follow the data", name)
		}
	}
	p.batches.keep = keep
	return nil
}

// prune takes nodes out of a graph that no output needs, and inputs that no node reads.
func prune(g *onnxio.Graph) {
	lower.Prune(g, map[string]bool{})
	used := map[string]bool{}
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			used[x] = true
		}
	}
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v *onnxio.Value) bool { return !used[v.Name] })
}
