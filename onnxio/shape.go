package onnxio

import (
	"strconv"
	"strings"
)

// Static returns a shape of known sizes. Static() is the shape of a scalar.
func Static(dims ...int64) Shape {
	s := make(Shape, len(dims))
	for i, d := range dims {
		s[i] = Dim{Size: d}
	}
	return s
}

// Sym returns a dimension known by name only.
func Sym(symbol string) Dim { return Dim{Size: -1, Symbol: symbol} }

// Known reports whether d's size is known.
func (d Dim) Known() bool { return d.Size >= 0 && d.Symbol == "" }

// String returns the size, the symbol, or "?".
func (d Dim) String() string {
	switch {
	case d.Symbol != "":
		return d.Symbol
	case d.Size < 0:
		return "?"
	}
	return strconv.FormatInt(d.Size, 10)
}

// Ints returns the sizes; ok is false unless the rank and all sizes are known.
func (s Shape) Ints() (dims []int64, ok bool) {
	if s == nil {
		return nil, false
	}
	dims = make([]int64, len(s))
	for i, d := range s {
		if !d.Known() {
			return nil, false
		}
		dims[i] = d.Size
	}
	return dims, true
}

// String returns, for instance, "[N,3,?]", "[]" for a scalar, and "[...]"
// where the rank is unknown.
func (s Shape) String() string {
	if s == nil {
		return "[...]"
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, d := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(d.String())
	}
	b.WriteByte(']')
	return b.String()
}

// maxElements bounds the number of elements that a shape may have. It keeps
// sizes in bytes within int64 and refuses nonsense early.
const maxElements = 1 << 48

// elements returns the product of dims, or -1 where one is negative or the
// product absurd.
func elements(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		if d < 0 {
			return -1
		}
		if d == 0 {
			n = 0
		}
		if n > 0 && d > maxElements/n {
			return -1
		}
		n *= d
	}
	return n
}
