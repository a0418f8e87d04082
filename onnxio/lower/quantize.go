package lower

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Quantized models. What stands in the model as integers with a scale becomes
// floating-point weights; operators on quantized values become the
// floating-point operators that they stand for, between DequantizeLinear and
// QuantizeLinear, so that the model goes on computing what it did.

// dequantize makes an initializer of a constant that is dequantized. It has the
// name of the value; nodes that dequantize one constant in one way share one.
func dequantize(c *call) []string {
	x, scale := c.constant(0), c.constant(1)
	if x == nil || scale == nil || len(x.Shape) == 0 {
		return nil
	}
	key := fmt.Sprintf("%q %d %d %d", c.Inputs, c.IntOr("axis", 1), c.IntOr("block_size", 0), c.IntOr("output_dtype", 0))
	if name, ok := c.memo[key]; ok {
		return name
	}
	inputs := []*onnxio.Tensor{x, scale}
	if c.has(2) {
		zero := c.constant(2)
		if zero == nil {
			return nil
		}
		inputs = append(inputs, zero)
	}
	node := &onnxio.Node{Op: "DequantizeLinear", Outputs: []string{c.Outputs[0]}, Attrs: c.Attrs}
	t, err := reference.Evaluate(node, c.opset, inputs)
	if err != nil {
		keepf("weights of %v cannot be dequantized: %v", x.Type, err)
	}
	g := c.b.Graph()
	g.Initializers = append(g.Initializers, t[0])
	c.memo[key] = []string{t[0].Name}
	return c.memo[key]
}

// dequantized is input i in floating point, given that its scale and its zero
// point are the inputs behind it.
func (c *call) dequantized(i int, attrs ...*onnxio.Attribute) string {
	return c.dequantizedBy(i, c.in(i+1), c.optional(i+2), attrs...)
}

func (c *call) dequantizedBy(i int, scale, zero string, attrs ...*onnxio.Attribute) string {
	inputs := []string{c.in(i), scale}
	if zero != "" {
		inputs = append(inputs, zero)
	}
	return c.b.OpNamed(c.b.Name(c.in(i)+"_dequantized"), "DequantizeLinear", inputs, attrs...)
}

// requantized is y in integers of the scale and zero point that are inputs i
// and i+1.
func (c *call) requantized(y string, i int) []string {
	inputs := []string{y, c.in(i)}
	if c.has(i + 1) {
		inputs = append(inputs, c.in(i+1))
	}
	return []string{c.one("QuantizeLinear", inputs...)}
}

// quantized is the rewriting of an operator on quantized values to op of
// ai.onnx: operands are the inputs that are such, each before its scale and
// its zero point, and result is the input that is the scale of the output.
func quantized(op string, operands []int, result int) rewrite {
	return func(c *call) []string {
		var inputs []string
		for _, i := range operands {
			inputs = append(inputs, c.dequantized(i))
		}
		return c.requantized(c.op(op, inputs, c.channelsFirst()...), result)
	}
}

// channelsFirst lists the attributes of an operator of com.microsoft that
// ai.onnx has too.
func (c *call) channelsFirst() []*onnxio.Attribute {
	var attrs []*onnxio.Attribute
	for _, a := range c.Attrs {
		switch {
		case a.Name == "channels_last" && a.Int != 0:
			keepf("its channels come last; quantize the model without the NHWC transformer")
		case a.Name == "channels_last", a.Name == "opset" && c.Op == "QLinearSoftmax":
		default:
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// qlinearConv: the scales of the weights may be by output channel, the bias is
// in steps of both scales.
func qlinearConv(c *call) []string {
	first := onnxio.IntAttr("axis", 0)
	inputs := []string{c.dequantized(0), c.dequantized(3, first)}
	if c.has(8) {
		inputs = append(inputs, c.dequantizedBy(8, c.mul(c.in(1), c.in(4)), "", first))
	}
	return c.requantized(c.op("Conv", inputs, c.Attrs...), 6)
}

// qlinearMatMul: the scales of the right matrix may be by column.
func qlinearMatMul(c *call) []string {
	left, right := c.anyShape(1), c.anyShape(4)
	if len(left) > 0 && left[0] != (onnxio.Dim{Size: 1}) || len(right) > 1 {
		keepf("its scales have shapes %v and %v; one for the left matrix and one by column of the right are supported", left, right)
	}
	y := c.matMul(c.dequantized(0), c.dequantized(3, onnxio.IntAttr("axis", -1)))
	return c.requantized(y, 6)
}

// qGemm's result is quantized only if it has a scale.
func qGemm(c *call) []string {
	columns := int64(1)
	if c.IntOr("transB", 0) != 0 {
		columns = 0
	}
	inputs := []string{c.dequantized(0), c.dequantized(3, onnxio.IntAttr("axis", columns))}
	if c.has(6) {
		alpha := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", nil, []float32{c.FloatOr("alpha", 1)})))
		inputs = append(inputs, c.dequantizedBy(6, c.mul(alpha, c.mul(c.in(1), c.in(4))), "", onnxio.IntAttr("axis", 0)))
	}
	y := c.op("Gemm", inputs, c.Attrs...)
	if !c.has(7) {
		return []string{y}
	}
	return c.requantized(y, 7)
}

func qlinearConcat(c *call) []string {
	var parts []string
	for i := 2; i < len(c.Inputs); i += 3 {
		parts = append(parts, c.dequantized(i))
	}
	return c.requantized(c.op("Concat", parts, c.Attrs...), 0)
}

// movable are operators that hand elements on whatever they are. Integer models
// apply them to quantized values as they are.
var movable = map[string]bool{
	"DepthToSpace": true, "Expand": true, "Flatten": true, "Gather": true, "Identity": true, "MaxPool": true, "Reshape": true,
	"Slice": true, "SpaceToDepth": true, "Split": true, "Squeeze": true, "Tile": true, "Transpose": true, "Unsqueeze": true,
}

// moves reports whether a node hands on the elements of a value of 8 bits.
func (l *lowering) moves(n *onnxio.Node) bool {
	if n.Domain != "" && n.Domain != "ai.onnx" || !movable[n.Op] || len(n.Inputs) == 0 {
		return false
	}
	v := l.inferred.Values[n.Inputs[0]]
	return v != nil && (v.Type == onnxio.Int8 || v.Type == onnxio.Uint8)
}

// moved applies an operator to dequantized elements and quantizes them again,
// which changes none, so that gradients pass. The scale is that of the
// QuantizeLinear that the elements come from.
func moved(c *call) []string {
	from := c.producer(c.in(0))
	if from == nil || from.OpName() != "QuantizeLinear" || len(from.Inputs) < 2 {
		return nil
	}
	scale, zero := from.Inputs[1], ""
	if len(from.Inputs) > 2 {
		zero = from.Inputs[2]
	}
	if s := c.inferred.Values[scale]; s == nil || s.Shape == nil || len(s.Shape) > 1 || len(s.Shape) == 1 && s.Shape[0] != (onnxio.Dim{Size: 1}) {
		return nil // by channel, and channels may move
	}
	inputs := append([]string{c.dequantizedBy(0, scale, zero)}, c.Inputs[1:]...)
	outputs := slices.Clone(c.b.Ops(c.Op, len(c.Outputs), inputs, c.Attrs...))
	back := []string{"", scale, zero}
	if zero == "" {
		back = back[:2]
	}
	for i := range outputs {
		if c.Op == "Split" || i == 0 {
			outputs[i] = c.one("QuantizeLinear", append([]string{outputs[i]}, back[1:]...)...)
		}
	}
	return outputs
}

// dynamicQuantize leaves the choice of the range to the node, and the rounding
// to a QuantizeLinear.
func dynamicQuantize(c *call) []string {
	if !c.used(c.Outputs[0]) {
		return nil
	}
	chosen := c.b.Ops("DynamicQuantizeLinear", 3, []string{c.in(0)})
	return []string{c.one("QuantizeLinear", c.in(0), chosen[1], chosen[2]), chosen[1], chosen[2]}
}

// matMulInteger is a product of numbers less their zero points, in
// floating-point numbers: what reads it must cast it to such anyway.
func matMulInteger(c *call) []string {
	return c.integerProduct(func(x, w string) string { return c.matMul(x, w) }, 1)
}

func convInteger(c *call) []string {
	return c.integerProduct(func(x, w string) string { return c.op("Conv", []string{x, w}, c.Attrs...) }, 0)
}

// integerProduct multiplies input 0 by weights, input 1. Dynamic quantization
// multiplies the result by the scales of both; that of the weights is put into
// them, and divided by again, so that they train as the weights that they were.
func (c *call) integerProduct(product func(x, w string) string, axis int64) []string {
	for _, n := range c.consumers(c.Outputs[0]) {
		if n.OpName() != "Cast" || n.IntOr("to", 0) != int64(onnxio.Float32) {
			keepf("node %q reads its integers; only products that are cast to floating-point numbers can be trained", n.Name)
		}
	}
	if c.b.Graph().Output(c.Outputs[0]) != nil {
		keepf("its integers are an output of the model")
	}
	one := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", nil, []float32{1})))
	x := c.dequantizedBy(0, one, c.optional(2))
	scale := c.weightScale(axis)
	if scale == "" {
		return []string{product(x, c.dequantizedBy(1, one, c.optional(3)))}
	}
	w := c.dequantizedBy(1, scale, c.optional(3), onnxio.IntAttr("axis", axis))
	return []string{c.one("Div", product(x, w), scale)}
}

// weightScale is the constant scale by which the product is multiplied in the
// end, "" if that cannot be found.
func (c *call) weightScale(axis int64) string {
	for _, cast := range c.consumers(c.Outputs[0]) {
		for _, mul := range c.consumers(cast.Outputs[0]) {
			if mul.OpName() != "Mul" {
				continue
			}
			for _, x := range mul.Inputs {
				scales := c.producer(x)
				if scales == nil || scales.OpName() != "Mul" {
					continue
				}
				for _, s := range scales.Inputs {
					t := c.valueOf(s)
					if t != nil && t.Type == onnxio.Float32 && (t.Len() == 1 || axis == 1 && len(t.Shape) == 1) {
						return s
					}
				}
			}
		}
	}
	return ""
}

// matMulIntegerToFloat is MatMulInteger with its scales and a bias.
func matMulIntegerToFloat(c *call) []string {
	w := c.dequantizedBy(1, c.in(3), c.optional(5), onnxio.IntAttr("axis", -1))
	return []string{c.addIf(c.matMul(c.dequantizedBy(0, c.in(2), c.optional(4)), w), c.optional(6))}
}

// dynamicQuantizeMatMul is that of a left matrix that it quantizes itself.
func dynamicQuantizeMatMul(c *call) []string {
	chosen := c.b.Ops("DynamicQuantizeLinear", 3, []string{c.in(0)})
	q := c.one("QuantizeLinear", c.in(0), chosen[1], chosen[2])
	x := c.one("DequantizeLinear", q, chosen[1], chosen[2])
	w := c.dequantizedBy(1, c.in(2), c.optional(3), onnxio.IntAttr("axis", -1))
	return []string{c.addIf(c.matMul(x, w), c.optional(4))}
}
