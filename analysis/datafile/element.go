package datafile

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// Element is how one number is stored.
type Element struct {
	Width int
	Value func(binary.ByteOrder, []byte) float64
}

// Elements are the ways to store a number, by the names that studies have for
// them.
var Elements = map[string]Element{
	study.Float32: {4, func(o binary.ByteOrder, b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
	study.Float64: {8, func(o binary.ByteOrder, b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }},
	study.Int8:    {1, func(_ binary.ByteOrder, b []byte) float64 { return float64(int8(b[0])) }},
	study.Uint8:   {1, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) }},
	study.Int16:   {2, func(o binary.ByteOrder, b []byte) float64 { return float64(int16(o.Uint16(b))) }},
	study.Int32:   {4, func(o binary.ByteOrder, b []byte) float64 { return float64(int32(o.Uint32(b))) }},
}

// ReadUpTo fills buf as far as there is something to read. Unlike io.ReadFull
// it keeps the error of a truncated file apart from that of its end.
func ReadUpTo(r io.Reader, buf []byte) (int, error) {
	n := 0
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
