package training_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// FuzzMutants compiles real models with damaged fields or changed graphs: they
// are refused, or become graphs that pass the check, and nothing panics.
func FuzzMutants(f *testing.F) {
	seeds, err := mutate.Seeds("../../testdata")
	if err != nil {
		f.Fatal(err)
	}
	for i := range seeds {
		f.Add(uint8(i), true, []byte{9, 80, 3, 200, 7, 31, 40, 1})
		f.Add(uint8(i), false, []byte{5, 17, 2, 130})
		f.Add(uint8(i), false, []byte{})
	}
	f.Fuzz(func(t *testing.T, seed uint8, wire bool, code []byte) {
		m := mutate.Damaged(seeds[int(seed)%len(seeds)], wire, code, 24)
		if m == nil {
			return
		}
		if low, _, err := lower.Model(m); err == nil && onnxio.Check(m) == nil {
			if err := onnxio.Check(low); err != nil {
				t.Errorf("lowered to an invalid model: %v", err)
			}
		}
		p, err := training.Compile(training.Config{
			Trunk:     m,
			Domains:   []training.Domain{{Name: "a", Batch: 2, Loss: training.CrossEntropy, Outputs: 3}, {Name: "b", Batch: 3, Loss: training.SquaredError, Outputs: 1}},
			Optimizer: training.Optimizer{Kind: training.AdamW}, Gradients: true,
		})
		if err != nil {
			return
		}
		for _, g := range append(p.Eval, p.Step) {
			if err := onnxio.Check(g); err != nil {
				t.Errorf("%s: %v", g.Graph.Name, err)
			}
		}
	})
}
