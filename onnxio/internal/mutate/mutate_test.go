package mutate_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
)

// TestMutations: changed models are not all broken, nor all as they were, and
// the same bytes make the same changes.
func TestMutations(t *testing.T) {
	seeds, err := mutate.Seeds("../../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(4, 2))
	changed, valid, parsed := 0, 0, 0
	const tries = 400
	for i := range tries {
		seed := seeds[i%len(seeds)]
		code := make([]byte, 1+rng.IntN(12))
		for k := range code {
			code[k] = byte(rng.IntN(256))
		}
		if _, err := onnxio.Parse(mutate.Wire(seed, code)); err == nil {
			parsed++
		}
		m, err := onnxio.Parse(seed)
		if err != nil {
			t.Fatal(err)
		}
		before, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		mutant := mutate.Graph(m, code)
		after, err := mutant.Marshal()
		if err == nil && !bytes.Equal(before, after) {
			changed++
		}
		if onnxio.Check(mutant) == nil {
			valid++
		}
		again, _ := mutate.Graph(m, code).Marshal()
		if still, _ := m.Marshal(); !bytes.Equal(still, before) || !bytes.Equal(again, after) {
			t.Fatal("the seed was changed, or the same bytes made other changes")
		}
	}
	t.Logf("of %d: %d files parse, %d graphs differ, %d are valid", tries, parsed, changed, valid)
	if parsed < tries/4 || changed < tries/2 || valid < tries/20 || valid > tries*3/4 {
		t.Errorf("of %d: %d files parse, %d graphs differ, %d are valid", tries, parsed, changed, valid)
	}
}
