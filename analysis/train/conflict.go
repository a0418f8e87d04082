package train

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// conflict measures the cosines between the domains' gradients of the trunk at
// the current parameters, on the next minibatch of the feeder.
func (e *engine) conflict(f *feeder, epoch int) ([]layout.HistoryRow, error) {
	if e.probe == nil {
		var err error
		probe := training.Reseed(e.job.Program.Probe, e.job.Run.Seed64("dropout/probe"), epoch-1)
		if e.probe, err = e.backend.Open(probe, e.options); err != nil {
			return nil, fmt.Errorf("train: open probe graph: %w", err)
		}
	}
	if err := f.next(e.x, e.targets); err != nil {
		return nil, err
	}
	inputs := map[string]*exec.Tensor{}
	for _, v := range e.job.Program.Probe.Graph.Inputs {
		if t, ok := e.inputs[v.Name]; ok {
			inputs[v.Name] = t
		} else {
			inputs[v.Name] = e.vars[e.current][v.Name]
		}
	}
	n := int64(len(e.job.Domains))
	gram := exec.Zeros(onnxio.Float32, n, n)
	b, err := e.probe.Bind(inputs, map[string]*exec.Tensor{training.OutputGram: gram})
	if err != nil {
		return nil, fmt.Errorf("train: bind probe graph: %w", err)
	}
	defer b.Close()
	if err := b.Run(); err != nil {
		return nil, fmt.Errorf("train: probe: %w", err)
	}
	var rows []layout.HistoryRow
	g := gram.Float32()
	for i := range e.job.Domains {
		for j := i + 1; j < int(n); j++ {
			norm := math.Sqrt(float64(g[i*int(n)+i]) * float64(g[j*int(n)+j]))
			if norm == 0 {
				continue
			}
			cosine := float64(g[i*int(n)+j]) / norm
			rows = append(rows, gradientRow(epoch, e.job.Domains[i].Name, e.job.Domains[j].Name, cosine))
		}
	}
	return rows, nil
}
