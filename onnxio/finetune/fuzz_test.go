package finetune_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/training"
)

// FuzzApply makes trunks of real models with damaged fields or changed graphs,
// and merges their adapters: they are refused, or become models that pass the
// check, and nothing panics.
func FuzzApply(f *testing.F) {
	seeds, err := mutate.Seeds("../../testdata")
	if err != nil {
		f.Fatal(err)
	}
	for i := range seeds {
		for choice := range uint8(16) {
			f.Add(uint8(i), choice, true, []byte{9, 80, 3, 200, 7, 31, 40, 1})
			f.Add(uint8(i), choice, false, []byte{5, 17, choice, 130})
		}
	}
	f.Fuzz(func(t *testing.T, seed, choice uint8, wire bool, code []byte) {
		m := mutate.Damaged(seeds[int(seed)%len(seeds)], wire, code, 24)
		if m == nil || onnxio.Check(m) != nil {
			return
		}
		c := finetune.Config{Sample: []int64{1, 8, 8}, Init: finetune.Methods()[int(choice>>4)%5], FreezeDepth: int(choice & 1)}
		if choice&2 != 0 {
			c.Sample = nil
		}
		if choice&4 != 0 {
			c.Features = finetune.Auto
		} else if n := len(m.Graph.Nodes); n > 0 && choice&8 != 0 {
			c.Features = m.Graph.Nodes[len(code)%n].Name
		}
		c.Adapters.Rank = int(choice >> 5 & 1)
		trunk, _, err := finetune.Apply(m, c)
		if err != nil {
			return
		}
		if err := onnxio.Check(trunk); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: []training.Domain{{Name: "a", Batch: 2, Loss: training.CrossEntropy, Outputs: 3}}})
		if err != nil {
			return
		}
		values := map[string][]float32{}
		rng := rand.New(rand.NewPCG(1, 2))
		for _, v := range append(p.Params, p.Buffers...) {
			values[v.Name] = training.Initialize(v, rng)
		}
		baked, err := training.Bake(p.Predict, values)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := finetune.Merge(baked); err != nil {
			t.Fatal(err)
		}
		if err := onnxio.Check(baked); err != nil {
			t.Fatalf("%+v: merged: %v", c, err)
		}
	})
}
