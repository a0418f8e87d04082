package reference

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

func intShape(shape []int64) []int {
	s := make([]int, len(shape))
	for i, d := range shape {
		s[i] = int(d)
	}
	return s
}

func int64Shape(shape []int) []int64 {
	s := make([]int64, len(shape))
	for i, d := range shape {
		s[i] = int64(d)
	}
	return s
}

func widen[T float32 | float64](x []T) []float64 {
	f := make([]float64, len(x))
	for i, v := range x {
		f[i] = float64(v)
	}
	return f
}

func convert[To, From float32 | float64 | int64 | int32 | uint8](x []From) []To {
	y := make([]To, len(x))
	for i, v := range x {
		y[i] = To(v)
	}
	return y
}

// fromExec copies a caller's tensor. want is the declared type; float64 is
// accepted for any floating-point type and int64 for any integer type.
func fromExec(t *exec.Tensor, want onnxio.DataType) (*value, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	v := &value{dt: want, shape: intShape(t.Shape)}
	have := t.Type()
	switch d := t.Data.(type) {
	case []float32:
		v.f = widen(d)
	case []float64:
		v.f = widen(d)
	case []int64:
		v.i = convert[int64](d)
	case []int32:
		v.i = convert[int64](d)
	case []uint8:
		v.i = convert[int64](d)
	case []bool:
		v.b = slices.Clone(d)
	}
	if want == onnxio.Undefined {
		v.dt = have
	}
	// Types that exec.Tensor cannot hold come in a wider one of their kind.
	wider := kindOf(have) == v.kind() && (have == onnxio.Float64 || have == onnxio.Int64 || v.dt == onnxio.Float16 || v.dt == onnxio.BFloat16)
	if have != v.dt && !wider {
		return nil, fmt.Errorf("%w: elements are %v, the model declares %v", exec.ErrTensor, have, want)
	}
	return v, nil
}

// toExec gives a value in its declared type, or floating-point types as
// float64 when exact. Types that exec.Tensor cannot hold come as float32 or
// int64.
func (v *value) toExec(exact bool) *exec.Tensor {
	t := &exec.Tensor{Shape: int64Shape(v.shape)}
	switch {
	case v.kind() == booleans:
		t.Data = slices.Clone(v.b)
	case v.kind() == floats && (exact || v.dt == onnxio.Float64):
		t.Data = widen(v.f)
	case v.kind() == floats:
		t.Data = convert[float32](v.f)
	case v.dt == onnxio.Int32:
		t.Data = convert[int32](v.i)
	case v.dt == onnxio.Uint8:
		t.Data = convert[uint8](v.i)
	default:
		t.Data = convert[int64](v.i)
	}
	return t
}

// fromTensor decodes a constant of the model.
func fromTensor(t *onnxio.Tensor) (*value, error) {
	width := map[onnxio.DataType]int{
		onnxio.Float32: 4, onnxio.Float64: 8, onnxio.Float16: 2, onnxio.BFloat16: 2, onnxio.Bool: 1,
		onnxio.Int8: 1, onnxio.Int16: 2, onnxio.Int32: 4, onnxio.Int64: 8,
		onnxio.Uint8: 1, onnxio.Uint16: 2, onnxio.Uint32: 4, onnxio.Uint64: 8,
	}[t.Type]
	if t.Type == onnxio.Int4 || t.Type == onnxio.Uint4 {
		return fromNibbles(t)
	}
	if width == 0 {
		return nil, fmt.Errorf("constant %q of type %v: %w", t.Name, t.Type, ErrUnsupported)
	}
	n := int64(1)
	for _, d := range t.Shape {
		if d < 0 || d > 0 && n > maxSize/d {
			return nil, fmt.Errorf("%w: constant %q has shape %v", ErrOperand, t.Name, t.Shape)
		}
		n *= d
	}
	if int64(len(t.Data)) != n*int64(width) {
		return nil, fmt.Errorf("%w: constant %q of shape %v has %d bytes", ErrOperand, t.Name, t.Shape, len(t.Data))
	}
	v := newValue(t.Type, intShape(t.Shape))
	for i := range int(n) {
		e := t.Data[i*width:]
		switch t.Type {
		case onnxio.Float32:
			v.f[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(e)))
		case onnxio.Float64:
			v.f[i] = math.Float64frombits(binary.LittleEndian.Uint64(e))
		case onnxio.Float16:
			v.f[i] = half(binary.LittleEndian.Uint16(e))
		case onnxio.BFloat16:
			v.f[i] = float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(e)) << 16))
		case onnxio.Bool:
			v.b[i] = e[0] != 0
		case onnxio.Int8, onnxio.Uint8:
			v.i[i] = narrow(t.Type, int64(e[0]))
		case onnxio.Int16, onnxio.Uint16:
			v.i[i] = narrow(t.Type, int64(binary.LittleEndian.Uint16(e)))
		case onnxio.Int32, onnxio.Uint32:
			v.i[i] = narrow(t.Type, int64(binary.LittleEndian.Uint32(e)))
		default:
			v.i[i] = int64(binary.LittleEndian.Uint64(e))
		}
	}
	return v, nil
}

// fromNibbles decodes integers of four bits, two in a byte, the lower half
// first.
func fromNibbles(t *onnxio.Tensor) (*value, error) {
	n := t.Len()
	if n < 0 || len(t.Data) != (n+1)/2 {
		return nil, fmt.Errorf("%w: constant %q of shape %v has %d bytes", ErrOperand, t.Name, t.Shape, len(t.Data))
	}
	v := newValue(t.Type, intShape(t.Shape))
	for i := range v.i {
		v.i[i] = narrow(t.Type, int64(t.Data[i/2]>>(i%2*4)))
	}
	return v, nil
}

// half is the value of an IEEE 754 binary16 number.
func half(bits uint16) float64 {
	exp, frac := int(bits>>10&0x1f), float64(bits&0x3ff)
	x := math.Ldexp(1+frac/1024, exp-15)
	switch exp {
	case 0:
		x = math.Ldexp(frac, -24)
	case 0x1f:
		x = math.Inf(1)
		if frac != 0 {
			return math.NaN()
		}
	}
	if bits&0x8000 != 0 {
		x = -x
	}
	return x
}

// narrow wraps an integer to the width of its type.
func narrow(dt onnxio.DataType, x int64) int64 {
	switch dt {
	case onnxio.Int4:
		return x << 60 >> 60
	case onnxio.Uint4:
		return x & 15
	case onnxio.Int8:
		return int64(int8(x))
	case onnxio.Int16:
		return int64(int16(x))
	case onnxio.Int32:
		return int64(int32(x))
	case onnxio.Uint8:
		return int64(uint8(x))
	case onnxio.Uint16:
		return int64(uint16(x))
	case onnxio.Uint32:
		return int64(uint32(x))
	}
	return x
}
