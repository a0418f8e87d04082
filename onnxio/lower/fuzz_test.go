package lower_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// FuzzModel: whatever a file holds, lowering ends, without a panic, and gives
// a valid model or an error.
func FuzzModel(f *testing.F) {
	seeds := []*onnxio.Model{ifRank(2), ifRank(1), loopOf(2)}
	for i, s := range samples() {
		if i%5 == 0 {
			m, _ := s.model(rand.New(rand.NewPCG(1, 1)))
			seeds = append(seeds, m)
		}
	}
	for _, m := range seeds {
		b, err := m.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := onnxio.Parse(data)
		if err != nil || onnxio.Check(m) != nil {
			return
		}
		low, _, err := lower.Model(m)
		if err != nil {
			return
		}
		if err := onnxio.Check(low); err != nil {
			t.Errorf("lowered to an invalid model: %v", err)
		}
	})
}
