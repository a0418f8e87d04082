package training_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/training"
)

// FuzzWholeMutants trains real models with changed graphs as a whole, and
// differentiates one of their outputs by one of their values: both are refused,
// or give graphs that pass the check, and nothing panics.
func FuzzWholeMutants(f *testing.F) {
	seeds, err := mutate.Seeds("../../testdata")
	if err != nil {
		f.Fatal(err)
	}
	for i := range seeds {
		f.Add(uint8(i), uint16(i), []byte{})
		f.Add(uint8(i), uint16(3*i), []byte{5, 17, 2, 130})
	}
	f.Fuzz(func(t *testing.T, seed uint8, value uint16, code []byte) {
		m, err := onnxio.Parse(seeds[int(seed)%len(seeds)])
		if err != nil {
			t.Fatal(err)
		}
		m = mutate.Graph(m, code[:min(len(code), 24)])
		g := m.Graph
		if onnxio.Check(m) != nil || len(g.Nodes) == 0 || len(g.Outputs) == 0 {
			return
		}
		samples := map[string][]int64{}
		for _, v := range g.Inputs {
			if len(v.Shape) == 2 && !v.Shape[1].Known() {
				samples[v.Name] = []int64{5}
			}
		}
		fixed, err := training.FixInputs(m, 2, samples)
		if err != nil {
			return
		}
		of, n := g.Outputs[int(value)%len(g.Outputs)].Name, g.Nodes[int(value)%len(g.Nodes)]
		cfg := whole(fixed, training.SquaredError)
		cfg.Domains[0].Batch, cfg.Features = 2, of
		var emitted []*onnxio.Model
		if p, err := training.Compile(cfg); err == nil {
			emitted = append(emitted, p.Step, p.Eval[0], p.Predict[0])
		}
		if d, err := training.Differentiate(training.Derivative{Model: fixed, Of: []string{of}, Wrt: n.Outputs[:1]}); err == nil {
			emitted = append(emitted, d.Graph)
		}
		for _, m := range emitted {
			if err := onnxio.Check(m); err != nil {
				t.Errorf("%s: %v", m.Graph.Name, err)
			}
		}
	})
}
