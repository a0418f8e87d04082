package onnxio

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// NewFloats returns a tensor of a floating-point type with the given elements,
// rounded to the nearest number that the type has, of two equally near ones to
// the even one: IEEE 754's rounding, and that of ONNX's Cast. Numbers too large
// for the type become infinite.
func NewFloats(name string, dt DataType, shape []int64, v []float32) (*Tensor, error) {
	t := newTensor(name, dt, shape, len(v))
	t.Data = nil
	for _, x := range v {
		switch dt {
		case Float32:
			t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(x))
		case Float64:
			t.Data = binary.LittleEndian.AppendUint64(t.Data, math.Float64bits(float64(x)))
		case Float16:
			t.Data = binary.LittleEndian.AppendUint16(t.Data, toFloat16(x))
		case BFloat16:
			t.Data = binary.LittleEndian.AppendUint16(t.Data, toBFloat16(x))
		default:
			return nil, fmt.Errorf("tensor %q: %v is no floating-point type that numbers can be written in", name, dt)
		}
	}
	t.Data = slices.Clip(t.Data)
	return t, nil
}

// toFloat16 rounds to 1 bit of sign, 5 of exponent and 10 of fraction.
func toFloat16(x float32) uint16 {
	bits := math.Float32bits(x)
	sign, magnitude := uint16(bits>>16)&0x8000, bits&0x7fffffff
	switch {
	case magnitude > 0x7f800000: // not a number
		return sign | 0x7e00
	case magnitude >= 0x477ff000: // rounds to 2^16 or more
		return sign | 0x7c00
	case magnitude < 0x38800000: // below 2^-14: steps of 2^-24
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(magnitude))*(1<<24)))
	}
	magnitude += 0xfff + magnitude>>13&1
	return sign | uint16((magnitude-0x38000000)>>13)
}

// toBFloat16 rounds to the upper half of a float32.
func toBFloat16(x float32) uint16 {
	bits := math.Float32bits(x)
	if x != x {
		return uint16(bits>>16) | 0x40
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}
