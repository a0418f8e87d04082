package parquetfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/rle"
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
			if err != nil {
				t.Fatalf("%d lengths below %d: %v", n, most, err)
			}
			if sum, err := d.sum(); err != nil || sum != want || !bytes.Equal(d.data, []byte("what follows")) {
				t.Errorf("%d lengths below %d: sum %d (%v), want %d, and %q follows", n, most, sum, err, want, d.data)
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

// TestRandomRuns counts what is no sound page to the last value, as the library decodes
// it: levels, indices, and true and false.
func TestRandomRuns(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	decoded := [3]int{}
	for range 100_000 {
		data := make([]byte, rng.IntN(12))
		for i := range data {
			data[i] = byte(rng.IntN(128) >> rng.IntN(8)) // heads of one byte, many of them small
		}
		width := rng.IntN(9)
		levels, err := (&rle.Encoding{BitWidth: width}).DecodeLevels(nil, data)
		indices, err2 := Guard(func() ([]int32, error) {
			return parquet.RLEDictionary.DecodeInt32(nil, append([]byte{byte(width)}, data...))
		})
		for kind, d := range []struct {
			width, values int
			err           error
		}{{width, len(levels), err}, {width, len(indices), err2}} {
			if d.err != nil {
				continue
			}
			decoded[kind]++
			if err := countRuns(data, d.width, int64(d.values)); err != nil {
				t.Fatalf("%x of %d bits has %d values: %v", data, d.width, d.values, err)
			}
			if err := countRuns(data, d.width, int64(d.values)-1); err == nil && d.values > 0 {
				t.Fatalf("%x of %d bits has %d values, and may have one less", data, d.width, d.values)
			}
		}
		// Runs of true and false fill their last byte.
		bits, err := parquet.RLE.DecodeBoolean(nil, append(binary.LittleEndian.AppendUint32(nil, uint32(len(data))), data...))
		if err != nil {
			continue
		}
		decoded[2]++
		if err := countRuns(data, 1, int64(8*len(bits))); err != nil {
			t.Fatalf("%x has at most %d truth values: %v", data, 8*len(bits), err)
		}
		if least := 8 * (len(bits) - len(data)); least > 0 && countRuns(data, 1, int64(least-1)) == nil {
			t.Fatalf("%x has at least %d truth values, and may have less", data, least)
		}
	}
	for kind, n := range decoded {
		if n < 10_000 {
			t.Errorf("of kind %d only %d were decoded", kind, n)
		}
	}
}

// TestRandomDeltas counts and adds up what is no sound page, as the library decodes it.
func TestRandomDeltas(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	decoded, added, cut := 0, 0, 0
	for range 50_000 {
		data := binary.AppendUvarint(nil, uint64(128<<rng.IntN(3)))
		data = binary.AppendUvarint(data, uint64(1+rng.IntN(4)))
		data = binary.AppendUvarint(data, uint64(rng.IntN(100)))
		if rng.IntN(20) == 0 {
			data[rng.IntN(len(data))] = byte(rng.IntN(128))
		}
		for range rng.IntN(60) {
			data = append(data, byte(rng.IntN(256)>>rng.IntN(9)))
		}
		if rng.IntN(4) > 0 {
			data = append(data, make([]byte, 4096)...)
		}
		lengths, err := Guard(func() ([]int32, error) { return parquet.DeltaBinaryPacked.DecodeInt32(nil, slices.Clip(data)) })
		if err != nil {
			continue
		}
		decoded++
		d, err := newDeltas(data, int64(len(lengths)))
		if err != nil {
			t.Fatalf("%x has %d lengths: %v", data, len(lengths), err)
		}
		if _, err := newDeltas(data, int64(len(lengths)-1)); err == nil && len(lengths) > 0 {
			t.Fatalf("%x has %d lengths, and may have one less", data, len(lengths))
		}
		want := int64(0)
		for _, n := range lengths {
			want += int64(n)
		}
		sum, err := d.sum()
		switch {
		case errors.Is(err, errDeltas):
			cut++ // where the library goes on with what it finds in memory
		case len(lengths) > 0 && slices.Min(lengths) < 0:
			if err == nil {
				t.Fatalf("%x adds up to %d, but %d is below zero", data, sum, slices.Min(lengths))
			}
		case err != nil || sum != want:
			t.Fatalf("%x adds up to %d (%v), want %d of %v", data, sum, err, want, lengths)
		default:
			added++
		}
	}
	if decoded < 10_000 || added < 1_000 || cut > decoded/3 {
		t.Errorf("%d were decoded, %d of which added up, and %d were cut off", decoded, added, cut)
	}

}
