package train

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// slope computes losses of single samples with their gradients.
type slope struct {
	session exec.Session
	graph   *training.Differentiated
	x       *exec.Tensor
	target  *exec.Tensor
	rows    []int
}

// Slope returns the loss of one sample of a split of a domain, by its place in the
// job, and writes the loss's gradient of the trunk's parameters, in the order of
// Trunk, into gradient. The model is as it is evaluated: batch normalisations use
// running statistics, and nothing is dropped.
func (p *Point) Slope(domain int, split *dataset.Split, row int, gradient []float32) (loss float64, err error) {
	e := p.engine
	d := e.job.Domains[domain]
	if p.slopes[domain] == nil {
		if p.slopes[domain], err = p.openSlope(domain); err != nil {
			return 0, fmt.Errorf("train: gradients of %s: %w", d.Name, err)
		}
	}
	s := p.slopes[domain]
	s.rows[0] = row
	if err := split.Gather(s.rows, s.x.Float32()); err != nil {
		return 0, fmt.Errorf("train: domain %s: %w", d.Name, err)
	}
	fillTarget(s.target, d.Task, split, s.rows)
	inputs := map[string]*exec.Tensor{training.InputX: s.x, training.TargetName(d.Name): s.target}
	for _, v := range s.graph.Graph.Graph.Inputs {
		if t, ok := e.vars[0][v.Name]; ok {
			inputs[v.Name] = t
		}
	}
	out, err := s.session.Run(inputs)
	if err != nil {
		return 0, fmt.Errorf("train: gradients of %s: %w", d.Name, err)
	}
	at := 0
	for _, q := range p.Trunk() {
		at += copy(gradient[at:], out[s.graph.Gradients[q.Name]].Float32())
	}
	return float64(out[training.OutputSampleLosses].Float32()[0]), nil
}

// openSlope differentiates the evaluation graph of a domain for a minibatch of one
// sample, so that the gradient of a minibatch is that of a sample.
func (p *Point) openSlope(domain int) (*slope, error) {
	e := p.engine
	d := e.job.Domains[domain]
	var wrt []string
	for _, q := range p.Trunk() {
		wrt = append(wrt, q.Name)
	}
	m := e.job.Program.Eval[domain].Clone()
	for _, v := range m.Graph.Inputs {
		if v.Name == training.InputX || v.Name == training.TargetName(d.Name) {
			v.Shape[0] = onnxio.Dim{Size: 1}
		}
	}
	g, err := training.Differentiate(training.Derivative{Model: m, Of: []string{training.OutputSampleLosses}, Wrt: wrt})
	if err != nil {
		return nil, err
	}
	s := &slope{graph: g, rows: []int{0}, target: newTarget(d.Task, 1)}
	shape := []int64{1}
	for _, k := range d.Shape {
		shape = append(shape, int64(k))
	}
	s.x = exec.Zeros(onnxio.Float32, shape...)
	wanted := map[string]bool{training.OutputSampleLosses: true}
	for _, name := range g.Gradients {
		wanted[name] = true
	}
	graph := g.Graph.Graph
	graph.Outputs = slices.DeleteFunc(graph.Outputs, func(v *onnxio.Value) bool { return !wanted[v.Name] })
	s.session, err = e.backend.Open(g.Graph, e.options)
	return s, err
}
