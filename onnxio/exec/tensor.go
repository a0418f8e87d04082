package exec

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Tensor is a dense tensor in row-major order. Data is one of []float32,
// []float64, []int64, []int32, []uint8, []bool, with exactly as many elements
// as Shape says.
type Tensor struct {
	Shape []int64
	Data  any
}

// Element lists the element types of tensors.
type Element interface {
	float32 | float64 | int64 | int32 | uint8 | bool
}

// NewTensor returns a tensor over data, which it does not copy. Whether data
// has as many elements as shape says is for Validate, which every backend
// calls.
func NewTensor[T Element](shape []int64, data []T) *Tensor {
	return &Tensor{Shape: slices.Clone(shape), Data: data}
}

// Scalar returns a tensor of shape [] with one element.
func Scalar[T Element](v T) *Tensor {
	return &Tensor{Shape: []int64{}, Data: []T{v}}
}

// Zeros returns a tensor of zeros (false for Bool). Without shape it is a
// scalar. A type that is not supported or a shape with a negative size gives a
// tensor that Validate refuses.
//
// Its elements start at a multiple of Alignment bytes.
func Zeros(dt onnxio.DataType, shape ...int64) *Tensor {
	t := &Tensor{Shape: slices.Clone(shape)}
	n, ok := elements(shape)
	if !ok {
		return t
	}
	switch dt {
	case onnxio.Float32:
		t.Data = alignedZeros[float32](n)
	case onnxio.Float64:
		t.Data = alignedZeros[float64](n)
	case onnxio.Int64:
		t.Data = alignedZeros[int64](n)
	case onnxio.Int32:
		t.Data = alignedZeros[int32](n)
	case onnxio.Uint8:
		t.Data = alignedZeros[uint8](n)
	case onnxio.Bool:
		t.Data = alignedZeros[bool](n)
	}
	return t
}

// Type returns the ONNX type of the elements, Undefined if Data is none of the
// supported slices.
func (t *Tensor) Type() onnxio.DataType {
	switch t.Data.(type) {
	case []float32:
		return onnxio.Float32
	case []float64:
		return onnxio.Float64
	case []int64:
		return onnxio.Int64
	case []int32:
		return onnxio.Int32
	case []uint8:
		return onnxio.Uint8
	case []bool:
		return onnxio.Bool
	}
	return onnxio.Undefined
}

// Len returns the number of elements in Data.
func (t *Tensor) Len() int {
	switch d := t.Data.(type) {
	case []float32:
		return len(d)
	case []float64:
		return len(d)
	case []int64:
		return len(d)
	case []int32:
		return len(d)
	case []uint8:
		return len(d)
	case []bool:
		return len(d)
	}
	return 0
}

// Float32 returns the elements, which are not copied, and nil if they are of
// another type. The other accessors do the same for theirs.
func (t *Tensor) Float32() []float32 { return data[float32](t) }

// Float64 returns the elements of a Float64 tensor.
func (t *Tensor) Float64() []float64 { return data[float64](t) }

// Int64 returns the elements of an Int64 tensor.
func (t *Tensor) Int64() []int64 { return data[int64](t) }

// Int32 returns the elements of an Int32 tensor.
func (t *Tensor) Int32() []int32 { return data[int32](t) }

// Uint8 returns the elements of a Uint8 tensor.
func (t *Tensor) Uint8() []uint8 { return data[uint8](t) }

// Bool returns the elements of a Bool tensor.
func (t *Tensor) Bool() []bool { return data[bool](t) }

func data[T Element](t *Tensor) []T {
	d, _ := t.Data.([]T)
	return d
}

// Clone returns a copy that shares nothing with t.
func (t *Tensor) Clone() *Tensor {
	c := &Tensor{Shape: slices.Clone(t.Shape), Data: t.Data}
	switch d := t.Data.(type) {
	case []float32:
		c.Data = slices.Clone(d)
	case []float64:
		c.Data = slices.Clone(d)
	case []int64:
		c.Data = slices.Clone(d)
	case []int32:
		c.Data = slices.Clone(d)
	case []uint8:
		c.Data = slices.Clone(d)
	case []bool:
		c.Data = slices.Clone(d)
	}
	return c
}

// Validate reports whether t holds together: a supported element type and as
// many elements as the shape says. Its errors match ErrTensor.
func (t *Tensor) Validate() error {
	if t == nil {
		return fmt.Errorf("%w: nil", ErrTensor)
	}
	if t.Data == nil {
		return fmt.Errorf("%w: no data (unsupported type or negative size)", ErrTensor)
	}
	if t.Type() == onnxio.Undefined {
		return fmt.Errorf("%w: elements of type %T are not supported", ErrTensor, t.Data)
	}
	n, ok := elements(t.Shape)
	if !ok {
		return fmt.Errorf("%w: shape %v has a negative size or too many elements", ErrTensor, t.Shape)
	}
	if n != t.Len() {
		return fmt.Errorf("%w: shape %v needs %d elements, not %d", ErrTensor, t.Shape, n, t.Len())
	}
	return nil
}

// elements returns the number of elements of a shape, and false if a size is
// negative or the tensor could not be addressed.
func elements(shape []int64) (int, bool) {
	n, fits := int64(1), true
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, false
		case d == 0:
			n = 0
		case n > math.MaxInt/16/d:
			fits = false
		default:
			n *= d
		}
	}
	return int(n), fits || n == 0
}
