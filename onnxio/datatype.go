package onnxio

import "fmt"

// DataType is the element type of a tensor, with ONNX's numbers.
type DataType int32

// The element types. The last letters of the eight-bit floats are F: finite
// only, N: not-a-number, UZ: unsigned zero, as ONNX names them.
const (
	Undefined      DataType = 0
	Float32        DataType = 1
	Uint8          DataType = 2
	Int8           DataType = 3
	Uint16         DataType = 4
	Int16          DataType = 5
	Int32          DataType = 6
	Int64          DataType = 7
	String         DataType = 8
	Bool           DataType = 9
	Float16        DataType = 10
	Float64        DataType = 11
	Uint32         DataType = 12
	Uint64         DataType = 13
	Complex64      DataType = 14
	Complex128     DataType = 15
	BFloat16       DataType = 16
	Float8E4M3FN   DataType = 17
	Float8E4M3FNUZ DataType = 18
	Float8E5M2     DataType = 19
	Float8E5M2FNUZ DataType = 20
	Uint4          DataType = 21
	Int4           DataType = 22
	Float4E2M1     DataType = 23
	Float8E8M0     DataType = 24
	Uint2          DataType = 25
	Int2           DataType = 26
)

// kind sorts element types by what operators accept.
type kind uint8

const (
	kindNone kind = iota
	kindFloat
	kindSigned
	kindUnsigned
	kindComplex
	kindBool
	kindString
)

var dataTypes = [...]struct {
	name string
	bits int // of one element; 0 where elements have no fixed size
	kind kind
}{
	Undefined:      {"undefined", 0, kindNone},
	Float32:        {"float32", 32, kindFloat},
	Uint8:          {"uint8", 8, kindUnsigned},
	Int8:           {"int8", 8, kindSigned},
	Uint16:         {"uint16", 16, kindUnsigned},
	Int16:          {"int16", 16, kindSigned},
	Int32:          {"int32", 32, kindSigned},
	Int64:          {"int64", 64, kindSigned},
	String:         {"string", 0, kindString},
	Bool:           {"bool", 8, kindBool},
	Float16:        {"float16", 16, kindFloat},
	Float64:        {"float64", 64, kindFloat},
	Uint32:         {"uint32", 32, kindUnsigned},
	Uint64:         {"uint64", 64, kindUnsigned},
	Complex64:      {"complex64", 64, kindComplex},
	Complex128:     {"complex128", 128, kindComplex},
	BFloat16:       {"bfloat16", 16, kindFloat},
	Float8E4M3FN:   {"float8e4m3fn", 8, kindFloat},
	Float8E4M3FNUZ: {"float8e4m3fnuz", 8, kindFloat},
	Float8E5M2:     {"float8e5m2", 8, kindFloat},
	Float8E5M2FNUZ: {"float8e5m2fnuz", 8, kindFloat},
	Uint4:          {"uint4", 4, kindUnsigned},
	Int4:           {"int4", 4, kindSigned},
	Float4E2M1:     {"float4e2m1", 4, kindFloat},
	Float8E8M0:     {"float8e8m0", 8, kindFloat},
	Uint2:          {"uint2", 2, kindUnsigned},
	Int2:           {"int2", 2, kindSigned},
}

// valid reports whether t is a type this package knows.
func (t DataType) valid() bool { return t > Undefined && int(t) < len(dataTypes) }

// String returns a name in the style of Go, such as "float32".
func (t DataType) String() string {
	if t < 0 || int(t) >= len(dataTypes) {
		return fmt.Sprintf("type(%d)", int32(t))
	}
	return dataTypes[t].name
}

// Bits returns the size of one element in raw data, and 0 for strings and
// unknown types. Types below eight bits are packed, low bits first.
func (t DataType) Bits() int {
	if !t.valid() {
		return 0
	}
	return dataTypes[t].bits
}

// IsFloat reports whether t is a floating-point type.
func (t DataType) IsFloat() bool { return t.valid() && dataTypes[t].kind == kindFloat }

// IsInteger reports whether t is a signed or unsigned integer type.
func (t DataType) IsInteger() bool {
	return t.valid() && (dataTypes[t].kind == kindSigned || dataTypes[t].kind == kindUnsigned)
}

// AttributeType says which field of an [Attribute] holds its value, with
// ONNX's numbers.
type AttributeType int32

// The attribute types. Values of the last four have no Go field; they survive
// Load and Save.
const (
	AttrUndefined     AttributeType = 0
	AttrFloat         AttributeType = 1
	AttrInt           AttributeType = 2
	AttrString        AttributeType = 3
	AttrTensor        AttributeType = 4
	AttrGraph         AttributeType = 5
	AttrFloats        AttributeType = 6
	AttrInts          AttributeType = 7
	AttrStrings       AttributeType = 8
	AttrTensors       AttributeType = 9
	AttrGraphs        AttributeType = 10
	AttrSparseTensor  AttributeType = 11
	AttrSparseTensors AttributeType = 12
	AttrType          AttributeType = 13
	AttrTypes         AttributeType = 14
)

var attributeTypes = [...]string{
	"undefined", "float", "int", "string", "tensor", "graph",
	"floats", "ints", "strings", "tensors", "graphs",
	"sparse_tensor", "sparse_tensors", "type_proto", "type_protos",
}

// String returns ONNX's name in lower case, such as "ints".
func (t AttributeType) String() string {
	if t < 0 || int(t) >= len(attributeTypes) {
		return fmt.Sprintf("attribute_type(%d)", int32(t))
	}
	return attributeTypes[t]
}
