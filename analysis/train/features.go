package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// ErrHeadless is returned for a model that is trained with a head of its own, of which
// nobody can tell where it begins.
var ErrHeadless = errors.New("the model has no linear head of one layer")

// featureRows is the number of samples whose features are computed at a time.
const featureRows = 64

// features computes what the trunk makes of samples.
type features struct {
	session exec.Session
	inputs  []string
	output  string
}

// Features returns what the trunk makes of rows of a split, [len(rows), width] row by
// row, and the width. domain, by its place in the job, says whose statistics batch
// normalisations use where domains have their own; the split may be of another domain
// whose samples have the same shape. The model is as it is evaluated. It fails with ErrHeadless where features are
// the scores.
func (p *Point) Features(domain int, split *dataset.Split, rows []int) (values []float32, width int, err error) {
	e := p.engine
	if p.features[domain] == nil {
		if p.features[domain], err = e.openFeatures(domain); err != nil {
			return nil, 0, fmt.Errorf("train: features of %s: %w", e.job.Run.ID, err)
		}
	}
	of := p.features[domain]
	inputs := map[string]*exec.Tensor{}
	for _, name := range of.inputs {
		if name != training.InputX {
			inputs[name] = e.vars[0][name]
		}
	}
	for chunk := range slices.Chunk(rows, featureRows) {
		shape := []int64{int64(len(chunk))}
		for _, k := range e.job.Domains[domain].Shape {
			shape = append(shape, int64(k))
		}
		x := exec.Zeros(onnxio.Float32, shape...)
		if err := split.Gather(chunk, x.Float32()); err != nil {
			return nil, 0, fmt.Errorf("train: features of %s: %w", e.job.Run.ID, err)
		}
		inputs[training.InputX] = x
		out, err := of.session.Run(inputs)
		if err != nil {
			return nil, 0, fmt.Errorf("train: features of %s: %w", e.job.Run.ID, err)
		}
		t := out[of.output]
		values, width = append(values, t.Float32()...), t.Len()/len(chunk)
	}
	return values, width, nil
}

// openFeatures opens the graph that predicts for a domain, up to what its head reads.
func (e *engine) openFeatures(domain int) (*features, error) {
	m := e.job.Program.Predict[domain].Clone()
	weight := training.HeadWeight(e.job.Domains[domain].Name)
	at := slices.IndexFunc(m.Graph.Nodes, func(n *onnxio.Node) bool { return slices.Index(n.Inputs, weight) == 1 })
	if at < 0 {
		return nil, ErrHeadless
	}
	f := &features{output: m.Graph.Nodes[at].Inputs[0]}
	m.Graph.Outputs = []*onnxio.Value{{Name: f.output, Type: onnxio.Float32, Shape: []onnxio.Dim{{Symbol: "rows"}, {Symbol: "features"}}}}
	m.Graph.Nodes = m.Graph.Nodes[:at]
	prune(m.Graph)
	for _, v := range m.Graph.Inputs {
		f.inputs = append(f.inputs, v.Name)
	}
	var err error
	f.session, err = e.backend.Open(m, e.options)
	return f, err
}
