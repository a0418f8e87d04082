package lower_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// octets draws a value of small integers. Signed ones stay within 6 bits: without
// VNNI instructions ONNX Runtime adds products up in 16 bits.
func octets(dt onnxio.DataType, fixed bool, shape ...int64) operand {
	n, rng := int64(1), rand.New(rand.NewPCG(uint64(len(shape)), 9))
	for _, d := range shape {
		n *= d
	}
	x := operand{shape: append([]int64{}, shape...), small: dt, fixed: fixed, bytes: make([]byte, n*int64(dt.Bits())/8)}
	for i := range x.bytes {
		x.bytes[i] = byte(rng.Uint32())
		if dt == onnxio.Int8 {
			x.bytes[i] = byte(int8(x.bytes[i]) / 4)
		}
	}
	return x
}

// constantOf is a constant whose elements are all one number.
func constantOf(v float32, shape ...int64) operand {
	return operand{shape: append([]int64{}, shape...), fixed: true, value: v}
}

func zeroPoint(dt onnxio.DataType, v ...byte) operand {
	x := operand{shape: []int64{}, small: dt, fixed: true, bytes: v}
	if len(v) > 1 {
		x.shape = []int64{int64(len(v))}
	}
	return x
}

func words(v ...int32) operand {
	x := operand{shape: []int64{int64(len(v))}, small: onnxio.Int32, fixed: true}
	for _, w := range v {
		x.bytes = binary.LittleEndian.AppendUint32(x.bytes, uint32(w))
	}
	return x
}

func quantizedSamples() []sample {
	const microsoft = "com.microsoft"
	by := func(v float32) operand { return constantOf(v) }
	zero := zeroPoint(onnxio.Uint8, 120)
	q := func(shape ...int64) []operand {
		return []operand{octets(onnxio.Uint8, false, shape...), by(0.02), zero}
	}
	signed := zeroPoint(onnxio.Int8, 0)
	all := []sample{
		{about: "weights", op: "DequantizeLinear", in: []operand{octets(onnxio.Int8, true, 3, 4), by(0.1), zeroPoint(onnxio.Int8, 5)}},
		{about: "no zero point", op: "DequantizeLinear", in: []operand{octets(onnxio.Uint8, true, 3, 4), by(0.1)}},
		{about: "by channel", op: "DequantizeLinear", in: []operand{octets(onnxio.Int8, true, 3, 4), weight(3), zeroPoint(onnxio.Int8, 5, 0, 255)}, attrs: attrs(intA("axis", 0))},
		{about: "bias", op: "DequantizeLinear", in: []operand{words(1000, -70000, 3), weight(3)}, attrs: attrs(intA("axis", 0))},
		{about: "four bits in blocks", op: "DequantizeLinear", opset: 21, in: []operand{{shape: []int64{4, 3}, small: onnxio.Int4, fixed: true, bytes: []byte{0x18, 0xf7, 0x2a, 0x93, 0x5c, 0xe0}}, weight(2, 3)}, attrs: attrs(intA("axis", 0), intA("block_size", 2))},
		{about: "by channel", op: "QLinearConv", in: slices.Concat(q(2, 3, 5, 5), []operand{octets(onnxio.Int8, true, 4, 3, 3, 3), constantOf(0.01, 4), zeroPoint(onnxio.Int8, 0, 0, 0, 0), by(0.05), zero, words(100, -400, 900, 0)}), attrs: attrs(intsA("pads", 1, 1, 1, 1), intsA("strides", 2, 2))},
		{about: "one scale", op: "QLinearConv", in: slices.Concat(q(2, 3, 5, 5), []operand{octets(onnxio.Uint8, true, 4, 3, 3, 3), by(0.01), zero, by(0.05), zero}), attrs: attrs(intsA("kernel_shape", 3, 3))},
		{about: "plain", op: "QLinearMatMul", in: slices.Concat(q(2, 3, 5), []operand{octets(onnxio.Uint8, true, 5, 4), by(0.01), zero, by(0.05), zero})},
	}
	for _, s := range []sample{
		{op: "QLinearAdd", in: slices.Concat(q(2, 3), q(2, 3), []operand{by(0.04), zero})},
		{op: "QLinearMul", in: slices.Concat(q(2, 3), q(1, 3), []operand{by(0.04), zero})},
		{op: "QLinearSigmoid", in: slices.Concat(q(2, 3), []operand{by(1. / 255), zeroPoint(onnxio.Uint8, 0)})},
		{op: "QLinearLeakyRelu", in: slices.Concat(q(2, 3), []operand{by(0.02), zero}), attrs: attrs(floatA("alpha", 0.2))},
		{op: "QLinearGlobalAveragePool", in: slices.Concat(q(2, 3, 4, 4), []operand{by(0.02), zero})},
		{op: "QLinearAveragePool", in: slices.Concat(q(2, 3, 4, 4), []operand{by(0.02), zero}), attrs: attrs(intsA("kernel_shape", 2, 2))},
		{op: "QLinearConcat", in: slices.Concat([]operand{by(0.03), zero}, q(2, 3), q(2, 2)), attrs: attrs(intA("axis", 1))},
		{op: "QLinearSoftmax", in: slices.Concat(q(2, 5), []operand{by(1. / 256), zeroPoint(onnxio.Uint8, 0)}), attrs: attrs(intA("axis", -1), intA("opset", 13))},
		{op: "QGemm", in: slices.Concat(q(2, 3), []operand{octets(onnxio.Int8, true, 4, 3), by(0.01), signed, words(1, -2000, 300, 4000), by(0.05), zero}), attrs: attrs(intA("transB", 1))},
		{about: "to numbers", op: "QGemm", in: slices.Concat(q(2, 3), []operand{octets(onnxio.Int8, true, 3, 4), by(0.01), signed, words(1, -2000, 300, 4000)})},
		{op: "MatMulIntegerToFloat", in: []operand{octets(onnxio.Uint8, false, 2, 3), octets(onnxio.Int8, true, 3, 4), by(0.02), by(0.01), zero, zeroPoint(onnxio.Int8, 3), weight(4)}},
		{op: "DynamicQuantizeMatMul", in: []operand{of(2, 3), octets(onnxio.Int8, true, 3, 4), by(0.01), zeroPoint(onnxio.Int8, 3), weight(4)}},
		{about: "four bits", op: "MatMulNBits", in: []operand{of(2, 40), octets(onnxio.Uint8, true, 3, 3, 8), weight(9)}, attrs: attrs(intA("K", 40), intA("N", 3), intA("bits", 4), intA("block_size", 16))},
		{about: "four bits, zero points", op: "MatMulNBits", in: []operand{of(2, 5, 48), octets(onnxio.Uint8, true, 3, 3, 8), weight(9), octets(onnxio.Uint8, true, 6)}, attrs: attrs(intA("K", 48), intA("N", 3), intA("bits", 4), intA("block_size", 16))},
		{about: "eight bits", op: "MatMulNBits", in: []operand{of(2, 32), octets(onnxio.Uint8, true, 3, 2, 16), weight(6)}, attrs: attrs(intA("K", 32), intA("N", 3), intA("bits", 8), intA("block_size", 16))},
		{about: "reordered", op: "MatMulNBits", in: []operand{of(2, 16), octets(onnxio.Uint8, true, 3, 1, 8), weight(3), none, lengths(slices.Repeat([]int32{0}, 16)...)}, attrs: attrs(intA("K", 16), intA("N", 3), intA("bits", 4), intA("block_size", 16)), kept: "act_order"},
	} {
		s.domain = microsoft
		all = append(all, s)
	}
	return all
}

// TestDynamicQuantization lowers a linear layer as quantize_dynamic of ONNX
// Runtime writes it: the model computes what it did, and the weights are an
// initializer in the units of the scores.
func TestDynamicQuantization(t *testing.T) {
	m := graph(
		node("DynamicQuantizeLinear", "x", "q scale zero"),
		node("MatMulInteger", "q w zero wzero", "product"),
		node("Cast", "product", "cast", intA("to", int64(onnxio.Float32))),
		node("Mul", "scale wscale", "scales"),
		node("Mul", "cast scales", "scaled"),
		node("Add", "scaled bias", "y"),
	)
	m.Graph.Initializers = []*onnxio.Tensor{
		{Name: "w", Type: onnxio.Int8, Shape: []int64{2, 3}, Data: []byte{10, 200, 3, 100, 5, 250}},
		{Name: "wzero", Type: onnxio.Int8, Shape: []int64{}, Data: []byte{2}},
		onnxio.NewFloat32("wscale", nil, []float32{0.25}),
		onnxio.NewFloat32("bias", []int64{3}, []float32{1, 2, 3}),
	}
	low, y := evaluate(t, m)
	w := low.Graph.Initializer("w_dequantized")
	if w == nil {
		t.Fatal("there are no dequantized weights")
	}
	v, err := w.Float32()
	if err != nil || !slices.Equal(v, []float32{2, -14.5, 0.25, 24.5, 0.75, -2}) {
		t.Errorf("weights %v, %v", v, err)
	}
	inputs := map[string]*exec.Tensor{"x": exec.NewTensor([]int64{3, 2}, []float32{1, 2, 3, 4, 5, 6})}
	exact, err := reference.Eval(m, inputs)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*exec.Tensor{"y": y}
	agree(t, "the reference", got, exact, 1e-6)
	backend := orttest.Backend(t)
	m.Graph.Outputs[0] = floats("y", 3, 3)
	session, err := backend.Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	run, err := session.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "ONNX Runtime", got, run, 1e-5)
}

// TestIntegersThatAreRead: a product whose integers something else reads is left.
func TestIntegersThatAreRead(t *testing.T) {
	m := graph(node("DynamicQuantizeLinear", "x", "q scale zero"), node("MatMulInteger", "q w zero", "product"), node("Cast", "product", "y", intA("to", int64(onnxio.Int64))))
	m.Graph.Initializers = []*onnxio.Tensor{{Name: "w", Type: onnxio.Int8, Shape: []int64{2, 1}, Data: []byte{10, 200}}}
	_, kept, err := lower.Model(m)
	if err != nil || len(kept) != 1 || kept[0].Op != "MatMulInteger" {
		t.Errorf("kept %v, %v", kept, err)
	}
}

// TestIntegerModel lowers a model that hands integers on from operator to
// operator. It computes what it did, and every value of 8 bits is dequantized by
// all who read it, so that gradients pass.
func TestIntegerModel(t *testing.T) {
	backend := orttest.Backend(t)
	integers := func(name string, dt onnxio.DataType, shape ...int64) *onnxio.Tensor {
		x := octets(dt, true, shape...)
		return &onnxio.Tensor{Name: name, Type: dt, Shape: shape, Data: x.bytes}
	}
	number := func(name string, v float32) *onnxio.Tensor { return onnxio.NewFloat32(name, nil, []float32{v}) }
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "integers", Inputs: []*onnxio.Value{floats("x", 2, 3, 6, 6)}, Outputs: []*onnxio.Value{floats("y", 2, 5)},
		Initializers: []*onnxio.Tensor{
			number("s", 0.02), {Name: "z", Type: onnxio.Uint8, Shape: []int64{}, Data: []byte{128}},
			integers("w", onnxio.Int8, 4, 3, 3, 3), number("ws", 0.01), {Name: "wz", Type: onnxio.Int8, Shape: []int64{}, Data: []byte{0}}, number("s2", 0.05),
			integers("w2", onnxio.Int8, 16, 5), number("s3", 0.1),
		},
		Nodes: []*onnxio.Node{
			node("QuantizeLinear", "x s z", "q"), node("QLinearConv", "q s z w ws wz s2 z", "c"), node("MaxPool", "c", "p", intsA("kernel_shape", 2, 2), intsA("strides", 2, 2)),
			node("Transpose", "p", "t", intsA("perm", 0, 2, 3, 1)), node("Flatten", "t", "f"), node("QLinearMatMul", "f s2 z w2 ws wz s3 z", "r"), node("DequantizeLinear", "r s3 z", "y"),
		},
	}}
	inputs := map[string]*exec.Tensor{"x": exec.Zeros(onnxio.Float32, 2, 3, 6, 6)}
	rng := rand.New(rand.NewPCG(8, 8))
	for i := range inputs["x"].Float32() {
		inputs["x"].Float32()[i] = float32(rng.NormFloat64())
	}
	session, err := backend.Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	want, err := session.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	low, kept, err := lower.Model(m)
	if err != nil || len(kept) > 0 {
		t.Fatal(err, kept)
	}
	got, err := reference.Eval(low, inputs)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want["y"].Float32() {
		// Roundings may go to the next of the integers, each 0.1.
		if d := got["y"].Float32()[i] - v; d > 0.11 || d < -0.11 {
			t.Errorf("element %d is %g, ONNX Runtime says %g", i, got["y"].Float32()[i], v)
		}
	}
	types, err := onnxio.InferShapes(low)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range low.Graph.Nodes {
		for _, x := range n.Inputs[:1] {
			if types[x].Type == onnxio.Uint8 && n.Op != "DequantizeLinear" {
				t.Errorf("%s reads integers", n.Op)
			}
		}
	}
}
