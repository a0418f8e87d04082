package array

import (
	"fmt"
	"math"
	"slices"
)

// Type is the type of elements.
type Type uint8

// The types of elements.
const (
	Bool Type = iota + 1
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Unicode // texts of fixed length, four bytes per character
	Bytes   // texts of fixed length, one byte per character
)

var typeNames = [...]string{
	Bool: "bool", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64",
	Uint8: "uint8", Uint16: "uint16", Uint32: "uint32", Uint64: "uint64",
	Float16: "float16", BFloat16: "bfloat16", Float32: "float32", Float64: "float64",
	Unicode: "text", Bytes: "bytes",
}

// String returns the name that NumPy uses.
func (t Type) String() string {
	if int(t) < len(typeNames) && t > 0 {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// widths are the bytes of an element.
var widths = [...]int{
	Bool: 1, Int8: 1, Int16: 2, Int32: 4, Int64: 8,
	Uint8: 1, Uint16: 2, Uint32: 4, Uint64: 8,
	Float16: 2, BFloat16: 2, Float32: 4, Float64: 8,
	Unicode: 0, Bytes: 0, // stated with each array
}

// Text reports whether elements are texts.
func (t Type) Text() bool { return t == Unicode || t == Bytes }

// Float reports whether elements may be NaN or infinite.
func (t Type) Float() bool { return t >= Float16 && t <= Float64 }

// Array is an array of elements in the bytes of a file.
type Array struct {
	Name  string // in the file; "" where a file has one array
	Type  Type
	Shape []int // empty for a single number

	data    []byte
	strides []int // bytes from one element to the next, by axis
	width   int   // bytes of an element
	big     bool  // big-endian
}

// maxRank is more dimensions than any data has.
const maxRank = 32

// newArray checks that the data are as long as the shape wants.
func newArray(name string, t Type, width int, shape []int, data []byte, big, fortran bool) (*Array, error) {
	if len(shape) > maxRank {
		return nil, &Error{Array: name, Reason: fmt.Sprintf("%d dimensions; %d are the most", len(shape), maxRank)}
	}
	size := width
	for _, d := range shape {
		if d < 0 {
			return nil, &Error{Array: name, Reason: fmt.Sprintf("shape %v has a negative size", shape)}
		}
		if d > 0 && size > maxBytes/d {
			return nil, &Error{Array: name, Reason: fmt.Sprintf("shape %v of %s is too large for any file", shape, t)}
		}
		size *= d
	}
	if size != len(data) {
		return nil, &Error{Array: name, Reason: fmt.Sprintf("shape %v of %s takes %d bytes, and there are %d; the file is damaged or truncated", shape, t, size, len(data))}
	}
	a := &Array{Name: name, Type: t, Shape: shape, data: data, width: width, big: big, strides: make([]int, len(shape))}
	step := width
	for k := range shape {
		axis := len(shape) - 1 - k
		if fortran {
			axis = k
		}
		a.strides[axis] = step
		step *= max(1, shape[axis])
	}
	return a, nil
}

// maxBytes keeps sizes and positions far from overflow.
const maxBytes = min(1<<50, math.MaxInt)

// Rows is the size of the first dimension, 0 for a single number.
func (a *Array) Rows() int {
	if len(a.Shape) == 0 {
		return 0
	}
	return a.Shape[0]
}

// RowShape is the shape of what has one index in the first dimension.
func (a *Array) RowShape() []int {
	if len(a.Shape) == 0 {
		return nil
	}
	return a.Shape[1:]
}

// RowSize is the number of elements of a row.
func (a *Array) RowSize() int {
	n := 1
	for _, d := range a.RowShape() {
		n *= d
	}
	return n
}

// Permuted returns a view whose axis k is axis axes[k] of a. Axes are all of
// those of a, in another order.
func (a *Array) Permuted(axes ...int) *Array {
	b := *a
	b.Shape, b.strides = make([]int, len(axes)), make([]int, len(axes))
	for k, axis := range axes {
		b.Shape[k], b.strides[k] = a.Shape[axis], a.strides[axis]
	}
	return &b
}

// Expanded returns a view with another dimension of size 1 at an axis.
func (a *Array) Expanded(axis int) *Array {
	b := *a
	b.Shape = slices.Insert(slices.Clone(a.Shape), axis, 1)
	b.strides = slices.Insert(slices.Clone(a.strides), axis, 0)
	return &b
}

// Squeezed returns a view without the dimensions of size 1 behind the first.
func (a *Array) Squeezed() *Array {
	b := *a
	b.Shape, b.strides = nil, nil
	for k, d := range a.Shape {
		if k == 0 || d != 1 {
			b.Shape, b.strides = append(b.Shape, d), append(b.strides, a.strides[k])
		}
	}
	return &b
}

// contiguous reports whether the elements of a row follow each other.
func (a *Array) contiguous() bool {
	step := a.width
	for k := len(a.Shape) - 1; k > 0; k-- {
		if a.Shape[k] != 1 && a.strides[k] != step {
			return false
		}
		step *= a.Shape[k]
	}
	return true
}
