package effect

import (
	"math/rand/v2"
	"testing"
)

func TestTranspose(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var m, turned [64]uint64
	for i := range m {
		m[i] = r.Uint64()
	}
	turned = m
	transpose(&turned)
	for i := range m {
		for k := range m {
			if m[i]>>k&1 != turned[k]>>i&1 {
				t.Fatalf("bit %d of word %d is not bit %d of word %d", k, i, i, k)
			}
		}
	}
}
