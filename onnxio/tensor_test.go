package onnxio

import (
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

func TestTensorElements(t *testing.T) {
	f := []float32{0, -1.5, float32(math.Inf(1)), math.MaxFloat32}
	if got, err := NewFloat32("t", []int64{2, 2}, f).Float32(); err != nil || !slices.Equal(got, f) {
		t.Errorf("Float32 = %v, %v", got, err)
	}
	d := []float64{math.Pi, math.SmallestNonzeroFloat64}
	if got, err := NewFloat64("t", []int64{2}, d).Float64(); err != nil || !slices.Equal(got, d) {
		t.Errorf("Float64 = %v, %v", got, err)
	}
	l := []int64{math.MinInt64, -1, math.MaxInt64}
	if got, err := NewInt64("t", []int64{3}, l).Int64(); err != nil || !slices.Equal(got, l) {
		t.Errorf("Int64 = %v, %v", got, err)
	}
	i := []int32{math.MinInt32, 7}
	if got, err := NewInt32("t", []int64{2}, i).Int32(); err != nil || !slices.Equal(got, i) {
		t.Errorf("Int32 = %v, %v", got, err)
	}
	b := []bool{true, false, true}
	if got, err := NewBool("t", []int64{3}, b).Bool(); err != nil || !slices.Equal(got, b) {
		t.Errorf("Bool = %v, %v", got, err)
	}
	if s := NewInt64("t", nil, []int64{5}); s.Len() != 1 || len(s.Shape) != 0 {
		t.Errorf("a scalar has %d elements and shape %v", s.Len(), s.Shape)
	}
	if _, err := NewInt64("t", nil, []int64{5}).Float32(); err == nil || err.Error() != `tensor "t" is int64, not float32` {
		t.Errorf("Float32 of int64 = %v", err)
	}
	short := &Tensor{Name: "t", Type: Float32, Shape: []int64{2}, Data: make([]byte, 4)}
	if _, err := short.Float32(); err == nil || !strings.Contains(err.Error(), "needs 8 bytes of data, found 4") {
		t.Errorf("Float32 of short data = %v", err)
	}
	huge := &Tensor{Name: "t", Type: Float32, Shape: []int64{1 << 62, 4}}
	if _, err := huge.Float32(); err == nil || huge.Len() != -1 {
		t.Errorf("a huge tensor has %d elements: %v", huge.Len(), err)
	}
}

func TestNewTensorPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NewFloat32 with too few elements did not panic")
		}
	}()
	NewFloat32("t", []int64{3}, []float32{1})
}

// TestTypedData decodes each typed field with values at the edges of the
// element type.
func TestTypedData(t *testing.T) {
	tests := []struct {
		dt   DataType
		p    *onnxpb.TensorProto
		want []byte
	}{
		{Int8, &onnxpb.TensorProto{Int32Data: []int32{-1, 127}}, []byte{0xff, 0x7f}},
		{Uint8, &onnxpb.TensorProto{Int32Data: []int32{255, 0}}, []byte{0xff, 0}},
		{Bool, &onnxpb.TensorProto{Int32Data: []int32{1, 0}}, []byte{1, 0}},
		{Int16, &onnxpb.TensorProto{Int32Data: []int32{-2}}, []byte{0xfe, 0xff}},
		{Uint16, &onnxpb.TensorProto{Int32Data: []int32{0xabcd}}, []byte{0xcd, 0xab}},
		{Float16, &onnxpb.TensorProto{Int32Data: []int32{0x3c00}}, []byte{0, 0x3c}},
		{BFloat16, &onnxpb.TensorProto{Int32Data: []int32{0x3f80}}, []byte{0x80, 0x3f}},
		{Int32, &onnxpb.TensorProto{Int32Data: []int32{-2}}, []byte{0xfe, 0xff, 0xff, 0xff}},
		{Uint32, &onnxpb.TensorProto{Uint64Data: []uint64{0xffffffff}}, []byte{0xff, 0xff, 0xff, 0xff}},
		{Uint64, &onnxpb.TensorProto{Uint64Data: []uint64{1}}, []byte{1, 0, 0, 0, 0, 0, 0, 0}},
		{Int64, &onnxpb.TensorProto{Int64Data: []int64{-1}}, []byte{255, 255, 255, 255, 255, 255, 255, 255}},
		{Float32, &onnxpb.TensorProto{FloatData: []float32{1}}, []byte{0, 0, 0x80, 0x3f}},
		{Complex64, &onnxpb.TensorProto{FloatData: []float32{0, 1}}, []byte{0, 0, 0, 0, 0, 0, 0x80, 0x3f}},
		{Float64, &onnxpb.TensorProto{DoubleData: []float64{1}}, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}},
		{Int4, &onnxpb.TensorProto{Int32Data: []int32{0xf1}}, []byte{0xf1}},
	}
	for _, tt := range tests {
		tt.p.DataType = proto.Int32(int32(tt.dt))
		n := int64(len(tt.want) * 8 / tt.dt.Bits())
		tt.p.Dims = []int64{n}
		got := decodeTensor(tt.p)
		if !slices.Equal(got.Data, tt.want) {
			t.Errorf("%v: data %x, want %x", tt.dt, got.Data, tt.want)
		}
		if err := got.check(); err != nil {
			t.Errorf("%v: %v", tt.dt, err)
		}
	}
}

func TestDataType(t *testing.T) {
	// ONNX's enumeration and ours must have the same members.
	for number := range onnxpb.TensorProto_DataType_name {
		if dt := DataType(number); dt != Undefined && !dt.valid() {
			t.Errorf("type %d is unknown", number)
		}
	}
	for number, name := range onnxpb.AttributeProto_AttributeType_name {
		if got := AttributeType(number).String(); !strings.EqualFold(got, name) {
			t.Errorf("attribute type %d is %s, want %s", number, got, name)
		}
	}
	if s := DataType(-3).String(); s != "type(-3)" {
		t.Errorf("DataType(-3) = %s", s)
	}
	if Float16.IsInteger() || !Float16.IsFloat() || !Uint4.IsInteger() || Bool.IsInteger() {
		t.Error("types are in the wrong kind")
	}
}
