package array

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Float32s writes a row's elements as numbers into dst, the last dimension
// fastest. dst has room for RowSize elements exactly. The array has a first
// dimension and is not one of texts.
func (a *Array) Float32s(row int, dst []float32) {
	if len(dst) == 0 {
		return
	}
	base := row * a.strides[0]
	if a.contiguous() {
		run(a, a.data[base:], a.width, dst)
		return
	}
	walk(a, base, 1, dst)
}

// Float64s is Float32s in 64 bits.
func (a *Array) Float64s(row int, dst []float64) {
	switch {
	case len(dst) == 0:
	case a.contiguous():
		run(a, a.data[row*a.strides[0]:], a.width, dst)
	default:
		walk(a, row*a.strides[0], 1, dst)
	}
}

// Wide reports whether elements may need more than the 24 binary digits of a
// 32-bit float.
func (a *Array) Wide() bool { return a.width > 4 || a.width == 4 && !a.Type.Float() }

// real is what numbers are read as.
type real interface{ float32 | float64 }

// walk goes through the dimensions from axis on and returns what is left of
// dst.
func walk[T real](a *Array, base, axis int, dst []T) []T {
	n := a.Shape[axis]
	if axis == len(a.Shape)-1 {
		run(a, a.data[base:], a.strides[axis], dst[:n])
		return dst[n:]
	}
	for i := range n {
		dst = walk(a, base+i*a.strides[axis], axis+1, dst)
	}
	return dst
}

// run converts elements that are step bytes apart.
func run[T real](a *Array, data []byte, step int, dst []T) {
	switch {
	case a.Type == Uint8 || a.Type == Bool:
		for i := range dst {
			dst[i] = T(data[i*step])
		}
	case a.Type == Float32 && !a.big:
		for i := range dst {
			dst[i] = T(math.Float32frombits(binary.LittleEndian.Uint32(data[i*step:])))
		}
	default:
		for i := range dst {
			dst[i] = T(a.number(data[i*step:]))
		}
	}
}

// number converts one element.
func (a *Array) number(b []byte) float64 {
	switch a.Type {
	case Bool, Uint8:
		return float64(b[0])
	case Int8:
		return float64(int8(b[0]))
	case Int16:
		return float64(int16(a.bits(b)))
	case Int32:
		return float64(int32(a.bits(b)))
	case Int64:
		return float64(int64(a.bits(b)))
	case Uint16, Uint32, Uint64:
		return float64(a.bits(b))
	case Float16:
		return float16(uint16(a.bits(b)))
	case BFloat16:
		return float64(math.Float32frombits(uint32(a.bits(b)) << 16))
	case Float32:
		return float64(math.Float32frombits(uint32(a.bits(b))))
	case Float64:
		return math.Float64frombits(a.bits(b))
	}
	return math.NaN()
}

// bits reads the bytes of an element.
func (a *Array) bits(b []byte) uint64 {
	var order binary.ByteOrder = binary.LittleEndian
	if a.big {
		order = binary.BigEndian
	}
	switch a.width {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

// float16 converts the binary16 format of IEEE 754.
func float16(h uint16) float64 {
	sign, exponent, fraction := 1.0, int(h>>10&0x1f), float64(h&0x3ff)
	if h>>15 == 1 {
		sign = -1
	}
	switch {
	case exponent == 0:
		return sign * math.Ldexp(fraction, -24)
	case exponent < 31:
		return sign * math.Ldexp(fraction+1024, exponent-25)
	case fraction == 0:
		return math.Inf(int(sign))
	}
	return math.NaN()
}

// Uint8s returns the bytes of a row of an array of bytes (Uint8 or Bool), not
// to be changed: a view where they follow each other, else a copy.
func (a *Array) Uint8s(row int) []byte {
	base, size := row*a.strides[0], a.RowSize()
	if size == 0 {
		return nil
	}
	if a.contiguous() {
		return a.data[base : base+size : base+size]
	}
	out := make([]byte, 0, size)
	var walk func(base, axis int)
	walk = func(base, axis int) {
		for i := range a.Shape[axis] {
			at := base + i*a.strides[axis]
			if axis == len(a.Shape)-1 {
				out = append(out, a.data[at])
			} else {
				walk(at, axis+1)
			}
		}
	}
	walk(base, 1)
	return out
}

// Unusable returns the position of the first element of a row that is no
// finite number of 32 bits, counted in the order of Float32s, with its value;
// -1 where all are. scratch has room for a row.
func (a *Array) Unusable(row int, scratch []float32) (position int, value string) {
	if !a.Type.Float() {
		return -1, ""
	}
	a.Float32s(row, scratch)
	for i, v := range scratch {
		if d := float64(v); math.IsNaN(d) || math.IsInf(d, 0) {
			return i, strconv.FormatFloat(a.at(row, i), 'g', -1, 64)
		}
	}
	return -1, ""
}

// at is the element at a position of a row.
func (a *Array) at(row, position int) float64 {
	at := row * a.strides[0]
	for k := len(a.Shape) - 1; k > 0; k-- {
		at += position % a.Shape[k] * a.strides[k]
		position /= a.Shape[k]
	}
	return a.number(a.data[at:])
}

// Label returns element i of an array with one dimension as a text: whole
// numbers in decimals, truth values as true and false.
func (a *Array) Label(i int) (string, error) {
	b := a.data[i*a.strides[0]:][:a.width]
	switch {
	case a.Type == Unicode:
		return a.unicode(b, i)
	case a.Type == Bytes:
		s := strings.TrimRight(string(b), "\x00")
		if !utf8.ValidString(s) {
			return "", &Error{Array: a.Name, Value: s, Reason: "a text that is not UTF-8"}
		}
		return s, nil
	case a.Type == Bool:
		return strconv.FormatBool(b[0] != 0), nil
	case a.Type == Uint64:
		return strconv.FormatUint(a.bits(b), 10), nil
	case a.Type == Int64:
		return strconv.FormatInt(int64(a.bits(b)), 10), nil
	}
	v := a.number(b)
	if v != math.Trunc(v) || math.IsInf(v, 0) {
		return "", &Error{Array: a.Name, Value: strconv.FormatFloat(v, 'g', -1, 64), Reason: "a label is a text or a whole number"}
	}
	return strconv.FormatFloat(v+0, 'f', -1, 64), nil
}

// OneHot returns which column of row i has a 1, of an array with two dimensions where all
// others have 0, as a text.
func (a *Array) OneHot(i int) (string, error) {
	hot, ones := -1, 0
	for k := range a.RowSize() {
		switch v := a.at(i, k); v {
		case 0:
		case 1:
			hot, ones = k, ones+1
		default:
			return "", &Error{Array: a.Name, Value: strconv.FormatFloat(v, 'g', -1, 64), Reason: "neither 0 nor 1, where labels have a column for each class"}
		}
	}
	if ones != 1 {
		return "", &Error{Array: a.Name, Value: strconv.Itoa(ones) + " ones", Reason: "labels with a column for each class have a single 1"}
	}
	return strconv.Itoa(hot), nil
}

// unicode reads a text of four-byte characters that ends with zeros.
func (a *Array) unicode(b []byte, i int) (string, error) {
	var out strings.Builder
	zeros := 0
	for ; len(b) >= 4; b = b[4:] {
		var order binary.ByteOrder = binary.LittleEndian
		if a.big {
			order = binary.BigEndian
		}
		r := rune(order.Uint32(b))
		if r == 0 {
			zeros++
			continue
		}
		if !utf8.ValidRune(r) {
			return "", &Error{Array: a.Name, Value: strconv.FormatUint(uint64(uint32(r)), 16), Reason: "text " + strconv.Itoa(i) + " has a character that Unicode does not"}
		}
		for range zeros {
			out.WriteByte(0)
		}
		zeros = 0
		out.WriteRune(r)
	}
	return out.String(), nil
}
