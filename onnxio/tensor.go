package onnxio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// NewFloat32 returns a tensor with a copy of v. It panics if v does not have
// as many elements as shape says, as do the other constructors.
func NewFloat32(name string, shape []int64, v []float32) *Tensor {
	t := newTensor(name, Float32, shape, len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(t.Data[4*i:], math.Float32bits(x))
	}
	return t
}

// NewFloat64 returns a tensor with a copy of v.
func NewFloat64(name string, shape []int64, v []float64) *Tensor {
	t := newTensor(name, Float64, shape, len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint64(t.Data[8*i:], math.Float64bits(x))
	}
	return t
}

// NewInt64 returns a tensor with a copy of v.
func NewInt64(name string, shape []int64, v []int64) *Tensor {
	t := newTensor(name, Int64, shape, len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint64(t.Data[8*i:], uint64(x))
	}
	return t
}

// NewInt32 returns a tensor with a copy of v.
func NewInt32(name string, shape []int64, v []int32) *Tensor {
	t := newTensor(name, Int32, shape, len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(t.Data[4*i:], uint32(x))
	}
	return t
}

// NewBool returns a tensor with a copy of v.
func NewBool(name string, shape []int64, v []bool) *Tensor {
	t := newTensor(name, Bool, shape, len(v))
	for i, x := range v {
		if x {
			t.Data[i] = 1
		}
	}
	return t
}

func newTensor(name string, dt DataType, shape []int64, n int) *Tensor {
	if want := elements(shape); want != int64(n) {
		panic(fmt.Sprintf("onnxio: tensor %q: %d elements for shape %v", name, n, shape))
	}
	return &Tensor{
		Name:  name,
		Type:  dt,
		Shape: append([]int64{}, shape...),
		Data:  make([]byte, n*dt.Bits()/8),
	}
}

// Len returns the number of elements that the shape says, or -1 if the shape
// is not valid.
func (t *Tensor) Len() int { return int(elements(t.Shape)) }

// Float32 returns a copy of the elements of a float32 tensor.
func (t *Tensor) Float32() ([]float32, error) {
	if err := t.want(Float32); err != nil {
		return nil, err
	}
	v := make([]float32, len(t.Data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
	}
	return v, nil
}

// Float64 returns a copy of the elements of a float64 tensor.
func (t *Tensor) Float64() ([]float64, error) {
	if err := t.want(Float64); err != nil {
		return nil, err
	}
	v := make([]float64, len(t.Data)/8)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:]))
	}
	return v, nil
}

// Int64 returns a copy of the elements of an int64 tensor.
func (t *Tensor) Int64() ([]int64, error) {
	if err := t.want(Int64); err != nil {
		return nil, err
	}
	v := make([]int64, len(t.Data)/8)
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(t.Data[8*i:]))
	}
	return v, nil
}

// Int32 returns a copy of the elements of an int32 tensor.
func (t *Tensor) Int32() ([]int32, error) {
	if err := t.want(Int32); err != nil {
		return nil, err
	}
	v := make([]int32, len(t.Data)/4)
	for i := range v {
		v[i] = int32(binary.LittleEndian.Uint32(t.Data[4*i:]))
	}
	return v, nil
}

// Bool returns a copy of the elements of a bool tensor.
func (t *Tensor) Bool() ([]bool, error) {
	if err := t.want(Bool); err != nil {
		return nil, err
	}
	v := make([]bool, len(t.Data))
	for i := range v {
		v[i] = t.Data[i] != 0
	}
	return v, nil
}

func (t *Tensor) want(dt DataType) error {
	if t.Type != dt {
		return fmt.Errorf("tensor %q is %v, not %v", t.Name, t.Type, dt)
	}
	return t.check()
}

// check verifies that the tensor has a known type, a valid shape and exactly
// the data that these ask for.
func (t *Tensor) check() error {
	switch {
	case t.IsExternal():
		return fmt.Errorf("tensor %q: %w were not read; open the file with Load", t.Name, ErrExternalData)
	case !t.Type.valid():
		return fmt.Errorf("tensor %q has element type %v", t.Name, t.Type)
	case t.Len() < 0:
		return fmt.Errorf("tensor %q has shape %v, which is not valid", t.Name, t.Shape)
	}
	if t.Type == String {
		if len(t.Strings) != t.Len() {
			return fmt.Errorf("tensor %q of shape %v has %d strings", t.Name, t.Shape, len(t.Strings))
		}
		return nil
	}
	if want := t.bytes(); int64(len(t.Data)) != want {
		return fmt.Errorf("tensor %q: %v%v needs %d bytes of data, found %d",
			t.Name, t.Type, Static(t.Shape...), want, len(t.Data))
	}
	return nil
}

// bytes returns the length of Data that type and shape ask for. The shape must
// be valid.
func (t *Tensor) bytes() int64 {
	n, bits := elements(t.Shape), int64(t.Type.Bits())
	if bits < 8 {
		return (n*bits + 7) / 8
	}
	return n * (bits / 8)
}

// Value returns the tensor's name, type and shape as a value.
func (t *Tensor) Value() *Value {
	return &Value{Name: t.Name, Type: t.Type, Shape: Static(t.Shape...)}
}
