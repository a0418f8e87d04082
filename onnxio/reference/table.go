package reference

import (
	"maps"
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// An operator is one meaning of an operator name: from version Since of its
// operator set on, up to the next entry. Versions that only admitted more
// element types share an entry.
type operator struct {
	Domain string // "" is ai.onnx
	Name   string
	Since  int64
}

// kernels is everything that can be evaluated, one family per group; the
// functions of a family are in a file of their own.
var kernels = map[operator]kernel{
	// Elementwise, one operand (elementwise.go, activation.go).
	{"", "Abs", 1}:              numbers(math.Abs, absInt),
	{"", "Neg", 1}:              numbers(func(x float64) float64 { return -x }, func(x int64) int64 { return -x }),
	{"", "Sign", 9}:             numbers(sign, signInt),
	{"", "Sqrt", 1}:             unary(math.Sqrt),
	{"", "Exp", 1}:              unary(math.Exp),
	{"", "Log", 1}:              unary(math.Log),
	{"", "Reciprocal", 1}:       unary(func(x float64) float64 { return 1 / x }),
	{"", "Erf", 9}:              unary(math.Erf),
	{"", "Floor", 1}:            unary(math.Floor),
	{"", "Ceil", 1}:             unary(math.Ceil),
	{"", "Round", 11}:           unary(math.RoundToEven),
	{"", "Sin", 7}:              unary(math.Sin),
	{"", "Cos", 7}:              unary(math.Cos),
	{"", "Tan", 7}:              unary(math.Tan),
	{"", "Asin", 7}:             unary(math.Asin),
	{"", "Acos", 7}:             unary(math.Acos),
	{"", "Atan", 7}:             unary(math.Atan),
	{"", "Sinh", 9}:             unary(math.Sinh),
	{"", "Cosh", 9}:             unary(math.Cosh),
	{"", "Asinh", 9}:            unary(math.Asinh),
	{"", "Acosh", 9}:            unary(math.Acosh),
	{"", "Atanh", 9}:            unary(math.Atanh),
	{"", "Tanh", 1}:             unary(math.Tanh),
	{"", "Sigmoid", 1}:          unary(sigmoid),
	{"", "Softplus", 1}:         unary(softplus),
	{"", "Softsign", 1}:         unary(func(x float64) float64 { return x / (1 + math.Abs(x)) }),
	{"", "HardSwish", 14}:       unary(func(x float64) float64 { return x * clamp(x/6+0.5, 0, 1) }),
	{"", "Mish", 18}:            unary(func(x float64) float64 { return x * math.Tanh(softplus(x)) }),
	{"", "Relu", 1}:             numbers(func(x float64) float64 { return max(x, 0) }, func(x int64) int64 { return max(x, 0) }),
	{"", "LeakyRelu", 1}:        activation(leakyRelu),
	{"", "Elu", 1}:              activation(elu),
	{"", "Selu", 6}:             activation(selu),
	{"", "Celu", 12}:            activation(celu),
	{"", "ThresholdedRelu", 10}: activation(thresholdedRelu),
	{"", "HardSigmoid", 1}:      activation(hardSigmoid),
	{"", "Shrink", 9}:           activation(shrink),
	{"", "Gelu", 20}:            activation(gelu),
	{"", "Swish", 24}:           activation(swish),
	{"com.microsoft", "Gelu", 1}: unary(func(x float64) float64 {
		return x * normalCDF(x)
	}),
	{"com.microsoft", "QuickGelu", 1}: activation(quickGelu),
	{"", "IsNaN", 9}:                  one(func(c *call) *value { return test(c, math.IsNaN) }),
	{"", "IsInf", 10}:                 one(isInf),
	{"", "Not", 1}:                    one(not),

	// Elementwise with broadcasting (elementwise.go).
	{"", "Add", 7}:             arithmetic(func(a, b float64) float64 { return a + b }, func(a, b int64) int64 { return a + b }),
	{"", "Sub", 7}:             arithmetic(func(a, b float64) float64 { return a - b }, func(a, b int64) int64 { return a - b }),
	{"", "Mul", 7}:             arithmetic(func(a, b float64) float64 { return a * b }, func(a, b int64) int64 { return a * b }),
	{"", "Div", 7}:             arithmetic(func(a, b float64) float64 { return a / b }, divInt),
	{"", "Mod", 10}:            one(mod),
	{"", "Pow", 7}:             one(pow),
	{"", "PRelu", 7}:           arithmetic(preluFloat, preluInt),
	{"", "Equal", 7}:           one(equal),
	{"", "Greater", 7}:         compare(func(a, b float64) bool { return a > b }, func(a, b int64) bool { return a > b }),
	{"", "Less", 7}:            compare(func(a, b float64) bool { return a < b }, func(a, b int64) bool { return a < b }),
	{"", "GreaterOrEqual", 12}: compare(func(a, b float64) bool { return a >= b }, func(a, b int64) bool { return a >= b }),
	{"", "LessOrEqual", 12}:    compare(func(a, b float64) bool { return a <= b }, func(a, b int64) bool { return a <= b }),
	{"", "And", 7}:             logical(func(a, b bool) bool { return a && b }),
	{"", "Or", 7}:              logical(func(a, b bool) bool { return a || b }),
	{"", "Xor", 7}:             logical(func(a, b bool) bool { return a != b }),
	{"", "Where", 9}:           one(where),
	{"", "Clip", 6}:            one(clipAttributes),
	{"", "Clip", 11}:           one(clipInputs),
	{"", "Sum", 8}:             variadic(func(a, b float64) float64 { return a + b }, func(a, b int64) int64 { return a + b }),
	{"", "Mean", 8}:            one(mean),
	{"", "Min", 8}:             variadic(minFloat, func(a, b int64) int64 { return min(a, b) }),
	{"", "Max", 8}:             variadic(maxFloat, func(a, b int64) int64 { return max(a, b) }),

	// Matrix products (matmul.go).
	{"", "MatMul", 1}: one(matMul),
	{"", "Gemm", 7}:   one(gemm),

	// Sliding windows (window.go, conv.go, pool.go, resize.go, gridsample.go, affine.go, fold.go).
	{"", "Conv", 1}:              one(conv),
	{"", "ConvTranspose", 1}:     one(convTranspose),
	{"", "MaxPool", 1}:           maxPool,
	{"", "AveragePool", 1}:       one(averagePool),
	{"", "GlobalAveragePool", 1}: one(globalAveragePool),
	{"", "GlobalMaxPool", 1}:     one(globalMaxPool),
	{"", "GlobalLpPool", 2}:      one(globalLpPool),
	{"", "LpPool", 2}:            one(lpPool),
	{"", "GridSample", 16}:       one(gridSample),
	{"", "AffineGrid", 20}:       one(affineGrid),
	{"", "Col2Im", 18}:           one(col2Im),
	{"", "MaxUnpool", 9}:         one(maxUnpool),
	{"", "Resize", 10}:           one(resize),
	{"", "Resize", 11}:           one(resize),

	// Normalisation and probabilities (norm.go, softmax.go, loss.go).
	{"", "BatchNormalization", 9}:        batchNormalization,
	{"", "BatchNormalization", 14}:       batchNormalization,
	{"", "LayerNormalization", 17}:       layerNormalization,
	{"", "InstanceNormalization", 1}:     one(instanceNormalization),
	{"", "GroupNormalization", 18}:       one(groupNormalizationByGroup),
	{"", "GroupNormalization", 21}:       one(groupNormalization),
	{"", "LpNormalization", 1}:           one(lpNormalization),
	{"", "RMSNormalization", 23}:         one(rmsNormalization),
	{"", "MeanVarianceNormalization", 9}: one(meanVarianceNormalization),
	{"", "LRN", 1}:                       one(lrn),
	{"", "Softmax", 1}:                   one(func(c *call) *value { return softmax(c, flattened(c), false) }),
	{"", "Softmax", 13}:                  one(func(c *call) *value { return softmax(c, alongAxis(c), false) }),
	{"", "LogSoftmax", 1}:                one(func(c *call) *value { return softmax(c, flattened(c), true) }),
	{"", "LogSoftmax", 13}:               one(func(c *call) *value { return softmax(c, alongAxis(c), true) }),
	{"", "Hardmax", 13}:                  one(hardmax),
	{"", "SoftmaxCrossEntropyLoss", 12}:  softmaxCrossEntropyLoss,
	{"", "NegativeLogLikelihoodLoss", 12}: one(func(c *call) *value {
		return negativeLogLikelihood(c, c.input(0))
	}),

	// Recurrent networks (recurrent.go).
	{"", "RNN", 1}:  recurrent(1, []string{"Tanh"}, advanceRNN),
	{"", "GRU", 1}:  recurrent(3, []string{"Sigmoid", "Tanh"}, advanceGRU),
	{"", "LSTM", 1}: recurrent(4, []string{"Sigmoid", "Tanh", "Tanh"}, advanceLSTM),

	// Reductions (reduce.go).
	{"", "ReduceSum", 1}:       reduce(addUp, sumInt),
	{"", "ReduceMean", 1}:      reduce(average, nil),
	{"", "ReduceMax", 1}:       reduce(maximum, maxInt),
	{"", "ReduceMin", 1}:       reduce(minimum, minInt),
	{"", "ReduceProd", 1}:      reduce(product, productInt),
	{"", "ReduceSumSquare", 1}: reduce(sumSquare, nil),
	{"", "ReduceL1", 1}:        reduce(l1, nil),
	{"", "ReduceL2", 1}:        reduce(l2, nil),
	{"", "ReduceLogSum", 1}:    reduce(logSum, nil),
	{"", "ReduceLogSumExp", 1}: reduce(logSumExp, nil),
	{"", "ArgMax", 1}:          one(func(c *call) *value { return argExtreme(c, func(a, b float64) bool { return a > b }) }),
	{"", "ArgMin", 1}:          one(func(c *call) *value { return argExtreme(c, func(a, b float64) bool { return a < b }) }),
	{"", "CumSum", 11}:         one(cumSum),
	{"", "TopK", 10}:           topK,

	// Shape (shape.go).
	{"", "Reshape", 5}:      one(reshape),
	{"", "Flatten", 1}:      one(flatten),
	{"", "Squeeze", 1}:      one(squeeze),
	{"", "Unsqueeze", 1}:    one(unsqueeze),
	{"", "Shape", 1}:        one(shapeOf),
	{"", "Size", 1}:         one(func(c *call) *value { return intValue(nil, []int64{int64(c.input(0).len())}) }),
	{"", "Identity", 1}:     one(func(c *call) *value { return c.input(0) }),
	{"", "Transpose", 1}:    one(transpose),
	{"", "DepthToSpace", 1}: one(depthToSpace),
	{"", "SpaceToDepth", 1}: one(spaceToDepth),
	{"", "Expand", 8}:       one(expand),
	{"", "Tile", 6}:         one(tile),
	{"", "Trilu", 14}:       one(trilu),
	{"", "Einsum", 12}:      one(einsum),

	// Pieces of tensors (slice.go, gather.go, sequence.go).
	{"", "Concat", 4}:           one(concat),
	{"", "Split", 2}:            splitInto,
	{"", "Slice", 1}:            one(sliceAttributes),
	{"", "Slice", 10}:           one(sliceInputs),
	{"", "Pad", 2}:              one(pad),
	{"", "CenterCropPad", 18}:   one(centerCropPad),
	{"", "Gather", 1}:           one(gather),
	{"", "GatherElements", 11}:  one(gatherElements),
	{"", "GatherND", 11}:        one(gatherND),
	{"", "ScatterElements", 11}: one(scatterElements),
	{"", "ScatterND", 11}:       one(scatterND),
	{"", "OneHot", 9}:           one(oneHot),
	{"", "NonZero", 9}:          one(nonZero),
	{"", "ReverseSequence", 10}: one(reverseSequence),

	// Selections, bits and determinants (select.go, bits.go).
	{"", "Compress", 9}:           one(compress),
	{"", "Unique", 11}:            unique,
	{"", "NonMaxSuppression", 10}: one(nonMaxSuppression),
	{"", "BitShift", 11}:          bitShift,
	{"", "BitwiseAnd", 18}:        bitwise(func(a, b int64) int64 { return a & b }),
	{"", "BitwiseOr", 18}:         bitwise(func(a, b int64) int64 { return a | b }),
	{"", "BitwiseXor", 18}:        bitwise(func(a, b int64) int64 { return a ^ b }),
	{"", "BitwiseNot", 18}:        one(bitwiseNot),
	{"", "Det", 11}:               one(det),

	// Signals (signal.go).
	{"", "BlackmanWindow", 17}:  cosineWindow(0.42, -0.5, 0.08),
	{"", "HammingWindow", 17}:   cosineWindow(25.0/46, -21.0/46),
	{"", "HannWindow", 17}:      cosineWindow(0.5, -0.5),
	{"", "MelWeightMatrix", 17}: one(melWeightMatrix),

	// Quantization (quantize.go).
	{"", "QuantizeLinear", 10}:        one(quantizeLinear),
	{"", "DequantizeLinear", 10}:      one(dequantizeLinear),
	{"", "DynamicQuantizeLinear", 11}: dynamicQuantizeLinear,
	{"", "MatMulInteger", 10}:         one(matMulInteger),
	{"", "ConvInteger", 10}:           one(convInteger),

	// Constants, types and what is left out at inference (constant.go).
	{"", "Constant", 1}:        one(constant),
	{"", "ConstantOfShape", 9}: one(constantOfShape),
	{"", "EyeLike", 9}:         one(eyeLike),
	{"", "Range", 11}:          one(rangeOf),
	{"", "Cast", 6}:            one(func(c *call) *value { return cast(c.input(0), onnxio.DataType(c.int("to", 0))) }),
	{"", "CastLike", 15}:       one(func(c *call) *value { return cast(c.input(0), c.input(1).dt) }),
	{"", "Dropout", 7}:         dropout,
}

// maxOpset is the newest version of ai.onnx whose operators were compared
// with the table. A newer version may have changed a meaning.
const maxOpset = 26

// lookup finds the kernel of an operator in a model that imports the given
// version of its domain.
func lookup(domain, name string, opset int64) (kernel, bool) {
	if domain == "ai.onnx" {
		domain = ""
	}
	switch {
	case domain == "" && opset > maxOpset:
		return nil, false
	case domain == onnxio.KernelDomain:
		k, ok := library[name]
		return k, ok && opset == 1
	}
	var found kernel
	newest := int64(0)
	for op, k := range kernels {
		if op.Domain == domain && op.Name == name && op.Since <= opset && op.Since > newest {
			found, newest = k, op.Since
		}
	}
	return found, found != nil
}

// Supports reports whether the evaluator has the operator as it is defined in
// the given version of its operator set. The domains "" and "ai.onnx" are the
// same.
func Supports(domain, name string, opset int64) bool {
	_, ok := lookup(domain, name, opset)
	return ok
}

// Operators lists the names of what can be evaluated, sorted, those of other
// domains as domain.name. Those of package kernels, which no model that is read
// has, are left out.
func Operators() []string {
	seen := map[string]bool{}
	for op := range kernels {
		name := op.Name
		if op.Domain != "" {
			name = op.Domain + "." + op.Name
		}
		seen[name] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
