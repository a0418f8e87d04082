package onnxio_test

import (
	"io"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// FuzzMutants takes real models with damaged fields or changed graphs apart: no
// panic, no endless loop, no memory beyond what a small file can ask for.
func FuzzMutants(f *testing.F) {
	seeds, err := mutate.Seeds("../testdata")
	if err != nil {
		f.Fatal(err)
	}
	for i := range seeds {
		f.Add(uint8(i), true, []byte{9, 80, 3, 200, 7, 31, 40, 1})
		f.Add(uint8(i), false, []byte{5, 17, 2, 130})
	}
	f.Fuzz(func(t *testing.T, seed uint8, wire bool, code []byte) {
		m := mutate.Damaged(seeds[int(seed)%len(seeds)], wire, code, 32)
		if m == nil {
			return
		}
		valid := onnxio.Check(m) == nil
		if values, err := onnxio.InferShapes(m); err == nil {
			onnxio.Costs(m, values, nil)
		} else if valid {
			t.Errorf("valid, but shapes cannot be inferred: %v", err)
		}
		// May find fault with what Check cannot know: sizes that nodes compute.
		_, _ = onnxio.Infer(m, reference.Evaluate)
		_, _ = onnxio.Upgrade(m, 17)
		_, _ = onnxio.Specialise(m, []string{"N=3"})
		if err := onnxio.Print(io.Discard, m); err != nil {
			t.Error(err)
		}
	})
}
