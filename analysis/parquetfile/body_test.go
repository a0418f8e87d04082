package parquetfile

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestDeltas adds up lengths that the library wrote, and finds where they end.
func TestDeltas(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 31, 32, 33, 128, 129, 160, 1000, 4097} {
		for _, most := range []int{1, 2, 100, 1 << 20, 1<<31 - 1} {
			lengths, want := make([]int32, n), int64(0)
			for i := range lengths {
				lengths[i] = int32(rng.IntN(most))
				want += int64(lengths[i])
			}
			data, err := parquet.DeltaBinaryPacked.EncodeInt32(nil, lengths)
			if err != nil {
				t.Fatal(err)
			}
			d, err := newDeltas(append(data, "what follows"...), int64(n))
			if err != nil || d == nil {
				t.Fatalf("%d lengths below %d: %v", n, most, err)
			}
			sum, rest, ok := d.sum()
			if !ok || sum != want || !bytes.Equal(rest, []byte("what follows")) {
				t.Errorf("%d lengths below %d: sum %d (%t), want %d, and %q follows", n, most, sum, ok, want, rest)
			}
			if n > 0 {
				if _, err := newDeltas(data, int64(n-1)); err == nil {
					t.Errorf("%d lengths where there may be one less", n)
				}
			}
		}
	}
}

// TestRuns counts the indices that the library wrote to the last but one.
func TestRuns(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{8, 64, 1000, 4096} {
		for _, words := range []int{1, 2, 3, 200, 70000} {
			indices := make([]int32, n)
			for i := range indices {
				if i%100 < 50 {
					indices[i] = int32(rng.IntN(words))
				}
			}
			data, err := parquet.RLEDictionary.EncodeInt32(nil, indices)
			if err != nil {
				t.Fatal(err)
			}
			if err := countRuns(data[1:], int(data[0]), int64(n)); err != nil {
				t.Errorf("%d indices of %d words: %v", n, words, err)
			}
			if err := countRuns(data[1:], int(data[0]), int64(n-1)); err == nil {
				t.Errorf("%d indices of %d words where there may be one less", n, words)
			}
		}
	}
}
