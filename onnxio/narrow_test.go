package onnxio

import (
	"encoding/binary"
	"math"
	"testing"
)

// TestNewFloats rounds numbers around the edges of 16 bits. The expected bits are
// those of NumPy's float16 and of the definition of bfloat16.
func TestNewFloats(t *testing.T) {
	for _, test := range []struct {
		x        float32
		half, bf uint16
	}{
		{0, 0, 0}, {1, 0x3c00, 0x3f80}, {-2.5, 0xc100, 0xc020}, {0.1, 0x2e66, 0x3dcd},
		{65504, 0x7bff, 0x4780}, {65519, 0x7bff, 0x4780}, {65520, 0x7c00, 0x4780}, {-1e30, 0xfc00, 0xf14a},
		{6.1035156e-05, 0x0400, 0x3880}, {6.1e-05, 0x03ff, 0x3880}, {5.9604645e-08, 0x0001, 0x3380}, {2.9802322e-08, 0x0000, 0x3300}, {2.98024e-08, 0x0001, 0x3300},
		{1 + 1.0/2048, 0x3c00, 0x3f80}, {1 + 3.0/2048, 0x3c02, 0x3f80}, {1.00390625, 0x3c04, 0x3f80}, {1.01171875, 0x3c0c, 0x3f82}, {2047.9, 0x6800, 0x4500},
		{float32(math.Inf(-1)), 0xfc00, 0xff80},
	} {
		for dt, want := range map[DataType]uint16{Float16: test.half, BFloat16: test.bf} {
			x, err := NewFloats("x", dt, nil, []float32{test.x})
			if err != nil {
				t.Fatal(err)
			}
			if got := binary.LittleEndian.Uint16(x.Data); got != want || x.Type != dt {
				t.Errorf("%g as %v is %#04x, want %#04x", test.x, dt, got, want)
			}
		}
	}
	for dt, quiet := range map[DataType]uint16{Float16: 0x7e00, BFloat16: 0x7fc0} {
		x, _ := NewFloats("x", dt, nil, []float32{float32(math.NaN())})
		if got := binary.LittleEndian.Uint16(x.Data); got != quiet {
			t.Errorf("NaN as %v is %#04x", dt, got)
		}
	}
	if x, err := NewFloats("x", Float64, []int64{2}, []float32{0.5, -3}); err != nil || math.Float64frombits(binary.LittleEndian.Uint64(x.Data[8:])) != -3 {
		t.Errorf("%v, %v", x, err)
	}
	if _, err := NewFloats("x", Int8, []int64{1}, []float32{1}); err == nil {
		t.Error("an integer type was accepted")
	}
}
