package train

import (
	"fmt"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// conflict measures the lengths of the domains' gradients of the trunk at the
// current parameters, and the cosines between them, on the next minibatch of the
// feeder.
func (e *engine) conflict(f *feeder, epoch int) ([]layout.HistoryRow, error) {
	if e.probe == nil {
		var err error
		start := time.Now()
		probe := training.Reseed(e.job.Program.Probe, e.stream("probe"), epoch-1)
		if e.probe, err = e.backend.Open(probe, e.options); err != nil {
			return nil, fmt.Errorf("train: open probe graph: %w", err)
		}
		e.clock.apart(&e.clock.spent.Open, start)
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
	at := func(i, j int) float64 { return float64(g[i*int(n)+j]) }
	for i, a := range e.job.Domains {
		for j := i + 1; j < int(n); j++ {
			if at(i, i) > 0 && at(j, j) > 0 {
				rows = append(rows, gradientRow(epoch, a.Name, e.job.Domains[j].Name, at(i, i), at(j, j), at(i, j)))
			}
		}
	}
	return rows, nil
}
