package onnxio

import (
	"fmt"
	"math"
	"strings"
)

// integerInputs are parameters, by the names that signatures give them, that
// hold whole numbers whatever the operator.
var integerInputs = map[string]bool{
	"axes": true, "ends": true, "pads": true, "repeats": true, "sequence_lens": true,
	"shape": true, "sizes": true, "split": true, "starts": true, "steps": true,
}

// floatUntil has operators that compute in floating-point numbers: all of their
// inputs that hold no whole numbers are such, in operator sets before the given
// one. ONNX lets Erf take integers, ONNX Runtime does not.
var floatUntil = func() map[string]int64 {
	until := map[string]int64{
		"Clip": 12, "Flatten": 9, "Gemm": 9, "Greater": 9, "Less": 9, "MatMul": 9, "Max": 12, "MaxPool": 12, "Min": 12,
		"PRelu": 9, "Pow": 12, "Relu": 14,
	}
	for _, op := range strings.Fields(`Acos Acosh Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli Ceil Celu
		Conv ConvTranspose Cos Cosh Det DynamicQuantizeLinear Elu Erf Exp Floor GRU Gelu GlobalAveragePool GlobalLpPool GlobalMaxPool
		GroupNormalization HardSigmoid HardSwish Hardmax InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization
		LeakyRelu Log LogSoftmax LpNormalization LpPool MaxRoiPool Mean MeanVarianceNormalization Mish Multinomial RNN
		Reciprocal Round Selu Sigmoid Sin Sinh Softmax Softplus Softsign Sqrt Sum Tan Tanh ThresholdedRelu`) {
		until[op] = math.MaxInt64
	}
	return until
}()

// removed are operators that went away, with the operator set from which on
// they are no more.
var removed = map[string]int64{"Scatter": 11, "Upsample": 10}

// checkTypes verifies the element types that are known of a call's inputs.
func (s *schema) checkTypes(c *call) error {
	if s.domain != "" {
		return nil
	}
	float := c.opset < floatUntil[s.op]
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
		case float && !integerInputs[param] && !dt.IsFloat():
			return fmt.Errorf("input %d (%s) is %v, need floating-point numbers", i, param, dt)
		}
	}
	if !float {
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
		if !integerInputs[strings.TrimRight(s.inputs[min(i, len(s.inputs)-1)], "?*.")] {
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
