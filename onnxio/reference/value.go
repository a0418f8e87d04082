package reference

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A value is a dense tensor in row-major order. Exactly one of f, i and b
// holds its elements, by the kind of dt.
type value struct {
	dt    onnxio.DataType
	shape []int
	f     []float64
	i     []int64
	b     []bool
}

// kind is the way in which the elements of a data type are computed.
type kind int

const (
	noKind kind = iota
	floats
	integers
	booleans
)

func kindOf(dt onnxio.DataType) kind {
	switch dt {
	case onnxio.Float32, onnxio.Float64, onnxio.Float16, onnxio.BFloat16:
		return floats
	case onnxio.Int8, onnxio.Int16, onnxio.Int32, onnxio.Int64,
		onnxio.Uint8, onnxio.Uint16, onnxio.Uint32, onnxio.Uint64, onnxio.Int4, onnxio.Uint4:
		return integers
	case onnxio.Bool:
		return booleans
	}
	return noKind
}

// newValue returns a value of zeros.
func newValue(dt onnxio.DataType, shape []int) *value {
	v := &value{dt: dt, shape: slices.Clone(shape)}
	n := size(shape)
	switch kindOf(dt) {
	case floats:
		v.f = make([]float64, n)
	case integers:
		v.i = make([]int64, n)
	case booleans:
		v.b = make([]bool, n)
	default:
		unsupportedf("element type %v", dt)
	}
	return v
}

func floatValue(dt onnxio.DataType, shape []int, f []float64) *value {
	return &value{dt: dt, shape: slices.Clone(shape), f: f}
}

func intValue(shape []int, i []int64) *value {
	return &value{dt: onnxio.Int64, shape: slices.Clone(shape), i: i}
}

func (v *value) kind() kind { return kindOf(v.dt) }
func (v *value) len() int   { return size(v.shape) }
func (v *value) rank() int  { return len(v.shape) }

// reshaped is the same elements under another shape of the same size.
func (v *value) reshaped(shape []int) *value {
	if size(shape) != v.len() {
		failf("cannot view shape %v as %v", v.shape, shape)
	}
	w := *v
	w.shape = slices.Clone(shape)
	return &w
}

// clone has elements of its own.
func (v *value) clone() *value {
	w := *v
	w.shape, w.f, w.i, w.b = slices.Clone(v.shape), slices.Clone(v.f), slices.Clone(v.i), slices.Clone(v.b)
	return &w
}

// pick builds a value of the given shape from the elements of v at the given
// positions. Position -1 stands for the only element of fill, or for zero
// when fill is nil.
func (v *value) pick(shape, at []int, fill *value) *value {
	w := newValue(v.dt, shape)
	switch v.kind() {
	case floats:
		pickInto(w.f, v.f, at, first(fill, func(v *value) []float64 { return v.f }))
	case integers:
		pickInto(w.i, v.i, at, first(fill, func(v *value) []int64 { return v.i }))
	case booleans:
		pickInto(w.b, v.b, at, first(fill, func(v *value) []bool { return v.b }))
	}
	return w
}

func pickInto[T any](dst, src []T, at []int, fill T) {
	for i, p := range at {
		if p < 0 {
			dst[i] = fill
		} else {
			dst[i] = src[p]
		}
	}
}

func first[T any](v *value, elements func(*value) []T) T {
	var zero T
	if v == nil {
		return zero
	}
	if e := elements(v); len(e) > 0 {
		return e[0]
	}
	failf("a value of type %v is no fill value here", v.dt)
	return zero
}

// set stores element q of w as element p of v; both have the same type.
func (v *value) set(p int, w *value, q int) {
	switch v.kind() {
	case floats:
		v.f[p] = w.f[q]
	case integers:
		v.i[p] = w.i[q]
	case booleans:
		v.b[p] = w.b[q]
	}
}

// floats gives the elements as float64, for operators on floating-point types.
func (v *value) floats() []float64 {
	if v.kind() != floats {
		failf("type %v where a floating-point type is needed", v.dt)
	}
	return v.f
}

// ints gives the elements as int, for shapes, axes and indices.
func (v *value) ints() []int {
	if v.kind() != integers {
		failf("type %v where an integer type is needed", v.dt)
	}
	out := make([]int, len(v.i))
	for i, x := range v.i {
		out[i] = int(x)
	}
	return out
}

func (v *value) bools() []bool {
	if v.kind() != booleans {
		failf("type %v where bool is needed", v.dt)
	}
	return v.b
}

// scalar gives the only element of a one-element value as float64.
func (v *value) scalar() float64 {
	if v.len() != 1 {
		failf("shape %v where one element is needed", v.shape)
	}
	return v.number(0)
}

// number is element p as float64, whatever the type; true is 1.
func (v *value) number(p int) float64 {
	switch v.kind() {
	case floats:
		return v.f[p]
	case integers:
		return float64(v.i[p])
	}
	if v.b[p] {
		return 1
	}
	return 0
}
