package onnxio

import (
	"fmt"
	"strings"
)

// integerInputs are parameters, by the names that signatures give them, that
// hold whole numbers whatever the operator.
var integerInputs = map[string]bool{
	"axes": true, "ends": true, "pads": true, "repeats": true, "sequence_lens": true,
	"shape": true, "sizes": true, "split": true, "starts": true, "steps": true,
}

// elementSet is a set of element types that operators ask for, and its name in errors.
type elementSet struct {
	name string
	has  func(DataType) bool
}

// The sets have the names that fit behind "need". Numbers of less than eight bits, and
// floating-point numbers of less than sixteen, are only stored.
var (
	floats   = &elementSet{"floating-point numbers", func(t DataType) bool { return t.IsFloat() && t.Bits() >= 16 }}
	wholes   = &elementSet{"whole numbers", func(t DataType) bool { return t.IsInteger() && t.Bits() >= 8 }}
	bytes8   = &elementSet{"int8 or uint8", func(t DataType) bool { return t == Int8 || t == Uint8 }}
	counts   = &elementSet{"int32 or int64", func(t DataType) bool { return t == Int32 || t == Int64 }}
	naturals = &elementSet{"whole numbers without a sign", func(t DataType) bool { return wholes.has(t) && dataTypes[t].kind == kindUnsigned }}
	numbers  = &elementSet{"numbers", func(t DataType) bool { return floats.has(t) || wholes.has(t) }}
	signed   = &elementSet{"numbers with a sign", func(t DataType) bool { return numbers.has(t) && !naturals.has(t) }}
	wide     = &elementSet{"floating-point numbers or whole ones of at least 32 bits", func(t DataType) bool { return floats.has(t) || wholes.has(t) && t.Bits() >= 32 }}
	steps    = &elementSet{"floating-point numbers, int16, int32 or int64", func(t DataType) bool { return signed.has(t) && t.Bits() >= 16 }}
	powers   = &elementSet{"floating-point numbers, int32 or int64", func(t DataType) bool { return floats.has(t) || counts.has(t) }}
	pooled   = &elementSet{"floating-point numbers, int8 or uint8", func(t DataType) bool { return floats.has(t) || bytes8.has(t) }}
	extremes = &elementSet{"floating-point numbers, or whole ones of 8, 32 or 64 bits", func(t DataType) bool { return wide.has(t) || bytes8.has(t) }}
	truths   = &elementSet{"bool", func(t DataType) bool { return t == Bool }}
	compared = &elementSet{"bool, int32 or int64", func(t DataType) bool { return t == Bool || counts.has(t) }}
	exact    = &elementSet{"numbers or bool", func(t DataType) bool { return t == Bool || numbers.has(t) }}
	texts    = &elementSet{"texts", func(t DataType) bool { return t == String }}
	anything = &elementSet{"elements", func(DataType) bool { return true }}
)

// elementRule is what an operator asks of all of its inputs that hold no whole numbers
// whatever the operator, from an operator set on.
type elementRule struct {
	since int64
	set   *elementSet
}

// elementRules are by operator, the latest first. They follow the types that ONNX lists with
// its operators; ONNX lets Erf take integers and
// Celu float32 alone; ONNX Runtime takes no integers, and gradients are proved in float64.
var elementRules = func() map[string][]elementRule {
	out := map[string][]elementRule{}
	for _, row := range []struct {
		since int64
		set   *elementSet
		ops   string
	}{
		{1, floats, `Abs Acos Acosh Add Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli Ceil Celu Clip Conv ConvTranspose Cos
			Cosh Det Div DynamicQuantizeLinear Elu Erf Exp Flatten Floor GRU Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool
			Greater GroupNormalization HardSigmoid HardSwish Hardmax InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization
			LeakyRelu Less Log LogSoftmax LpNormalization LpPool MatMul Max MaxPool MaxRoiPool Mean MeanVarianceNormalization Min Mish Mul
			Multinomial Neg PRelu Pow RNN Reciprocal Relu Round Selu Sigmoid SimplifiedLayerNormalization Sin Sinh Softmax Softplus Softsign
			Sqrt Sub Sum Tan Tanh ThresholdedRelu TopK`},
		{1, numbers, "ArgMax ArgMin Einsum GreaterOrEqual LessOrEqual Mod Shrink Sign"},
		{1, wide, `CumProd CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
			ReduceSumSquare`},
		{1, steps, "Range"},
		{1, naturals, "BitShift"},
		{1, wholes, "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor"},
		{1, bytes8, "ConvInteger MatMulInteger"},
		{1, counts, "BlackmanWindow HammingWindow HannWindow"},
		{1, truths, "And Not Or Xor"},
		{1, compared, "Equal"},
		{1, exact, "EyeLike"},
		{1, texts, "RegexFullMatch StringConcat StringNormalizer StringSplit"},
		{6, numbers, "Abs"},
		{6, wide, "Add Div Mul Sub"},
		{6, signed, "Neg"},
		{9, anything, "Flatten"},
		{9, numbers, "Greater Less"},
		{9, wide, "Gemm MatMul PRelu"},
		{11, exact, "Equal"},
		{11, numbers, "TopK"},
		{12, numbers, "Clip Max Min"},
		{12, pooled, "MaxPool"},
		{12, powers, "Pow"},
		{12, extremes, "ReduceMax ReduceMin"},
		{14, numbers, "Add Div Mul Sub"},
		{14, signed, "Relu"},
		{19, anything, "Equal"},
		{20, anything, "ReduceMax ReduceMin"},
	} {
		for _, op := range strings.Fields(row.ops) {
			out[op] = append([]elementRule{{row.since, row.set}}, out[op]...)
		}
	}
	return out
}()

// elements is what the operator asks of its inputs in an operator set.
func (s *schema) elements(opset int64) *elementSet {
	for _, r := range elementRules[s.op] {
		if r.since <= opset {
			return r.set
		}
	}
	return anything
}

// others reports whether a parameter has element types of its own: the number of an axis or
// of what is asked for, or an exponent, which may be of any numbers.
func (s *schema) others(param string, opset int64) bool {
	switch s.op {
	case "CumProd", "CumSum":
		return param == "axis"
	case "Pow":
		return param == "Y" && opset >= 12
	case "TopK":
		return param == "K"
	}
	return integerInputs[param]
}

// removed are operators that went away, with the operator set from which on
// they are no more.
var removed = map[string]int64{"Scatter": 11, "Upsample": 10}

// checkTypes verifies the element types that are known of a call's inputs.
func (s *schema) checkTypes(c *call) error {
	if s.domain != "" {
		return nil
	}
	need := s.elements(c.opset)
	for i := range c.in {
		dt := c.typ(i)
		if dt == Undefined || len(s.inputs) == 0 {
			continue
		}
		param := strings.TrimRight(s.inputs[min(i, len(s.inputs)-1)], "?*.")
		switch {
		case param == "sequence_lens" && dt != sequenceLens(s.op):
			return fmt.Errorf("input %d (%s) is %v, need %v", i, param, dt, sequenceLens(s.op))
		case integerInputs[param] && dt != Int64 && !(dt == Int32 && takesInt32(s.op, param)):
			return fmt.Errorf("input %d (%s) is %v, need %v", i, param, dt, Int64)
		case !s.others(param, c.opset) && !need.has(dt):
			return fmt.Errorf("input %d (%s) is %v, need %s", i, param, dt, need.name)
		}
	}
	if need != floats {
		return nil
	}
	for _, group := range s.alike(c) {
		if _, err := c.sameType(group...); err != nil {
			return err
		}
	}
	return nil
}

// takesInt32 reports whether an operator takes a parameter in 32 bits, too.
func takesInt32(op, param string) bool {
	switch op {
	case "CenterCropPad", "Slice":
		return true
	case "Pad":
		return param == "axes"
	}
	return param == "sequence_lens"
}

// sequenceLens is the type of the lengths of sequences that an operator takes.
func sequenceLens(op string) DataType {
	if op == "ReverseSequence" {
		return Int64
	}
	return Int32
}

// alike lists inputs of a floating-point operator that have one element type:
// those that hold no whole numbers, but statistics and weights of a batch
// normalisation may each have one of their own.
func (s *schema) alike(c *call) [][]int {
	if s.op == "BatchNormalization" && c.opset >= 14 {
		return [][]int{{1, 2}, {3, 4}}
	}
	var all []int
	for i := range c.in {
		if !s.others(strings.TrimRight(s.inputs[min(i, len(s.inputs)-1)], "?*."), c.opset) {
			all = append(all, i)
		}
	}
	return [][]int{all}
}

// holdsOthers names a field of an attribute that is set and is not that of its
// type, or "".
func (a *Attribute) holdsOthers() string {
	for _, f := range []struct {
		typ  AttributeType
		what string
		set  bool
	}{
		{AttrFloat, "a float", a.Float != 0}, {AttrInt, "an integer", a.Int != 0}, {AttrString, "a text", len(a.String) > 0},
		{AttrTensor, "a tensor", a.Tensor != nil}, {AttrGraph, "a graph", a.Graph != nil}, {AttrFloats, "floats", len(a.Floats) > 0},
		{AttrInts, "integers", len(a.Ints) > 0}, {AttrStrings, "texts", len(a.Strings) > 0},
		{AttrTensors, "tensors", len(a.Tensors) > 0}, {AttrGraphs, "graphs", len(a.Graphs) > 0},
	} {
		if f.set && f.typ != a.Type {
			return f.what
		}
	}
	return ""
}
