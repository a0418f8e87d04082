package autodiff

import "math"

// ai.onnx versions that emitted nodes are valid in. The rules were compared
// with the definitions of the operators up to maxOpset; a newer version may
// have changed one.
const (
	minOpset = 13
	maxOpset = 26
)

// A ruleTable finds the rule for an operator as one version of its operator
// set defines it.
type ruleTable map[operator]rule

// find returns the newest rule that is not newer than the version.
func (t ruleTable) find(domain, name string, opset int64) (r rule, ok bool) {
	op, ok := t.entry(domain, name, opset)
	return t[op], ok
}

func (t ruleTable) entry(domain, name string, opset int64) (newest operator, ok bool) {
	if domain == "ai.onnx" {
		domain = ""
	}
	for op := range t {
		if op.Domain == domain && op.Name == name && op.Since <= opset && op.Since > newest.Since {
			newest, ok = op, true
		}
	}
	return newest, ok
}

// rules is everything that can be differentiated. With a, b the inputs, y the
// output and dy its cotangent, an entry is the list of ∂y/∂a·dy, ∂y/∂b·dy, …;
// longer ones are in the file of their family.
var rules = ruleTable{
	// Arithmetic (arithmetic.go).
	{"", "Add", 7}:        broadcasting(pass, pass),
	{"", "Sub", 7}:        broadcasting(pass, func(c *call) string { return c.neg(c.dy) }),
	{"", "Mul", 7}:        broadcasting(func(c *call) string { return c.mul(c.dy, c.b) }, func(c *call) string { return c.mul(c.dy, c.a) }),
	{"", "Div", 7}:        broadcasting(func(c *call) string { return c.div(c.dy, c.b) }, divisor),
	{"", "Pow", 7}:        broadcasting(powBase, powExponent),
	{"", "Mod", 10}:       broadcasting(pass, modDivisor),
	{"", "Neg", 1}:        exact(func(c *call) string { return c.neg(c.dy) }),
	{"", "Abs", 1}:        slope(func(c *call) string { return c.sign(c.a) }),
	{"", "Reciprocal", 1}: slope(func(c *call) string { return c.neg(c.square(c.y)) }),
	{"", "Sqrt", 1}:       slope(func(c *call) string { return c.div(c.k(0.5), c.y) }),
	{"", "Exp", 1}:        slope(func(c *call) string { return c.y }),
	{"", "Log", 1}:        exact(func(c *call) string { return c.div(c.dy, c.a) }),
	{"", "Sum", 8}:        each(func(c *call, _ int) string { return c.dy }),
	{"", "Mean", 8}:       each(func(c *call, _ int) string { return c.over(float64(len(c.Inputs)), c.dy) }),
	{"", "Max", 8}:        each(extreme),
	{"", "Min", 8}:        each(extreme),
	{"", "Clip", 11}:      broadcasting(clipped, clipLow, clipHigh),
	{"", "Where", 9}:      broadcasting(nil, whereTrue, whereFalse),
	{"", "Sign", 9}:       flat,
	{"", "Floor", 1}:      flat,
	{"", "Ceil", 1}:       flat,
	{"", "Round", 11}:     flat,
	{"", "Sin", 7}:        slope(func(c *call) string { return c.op("Cos", []string{c.a}) }),
	{"", "Cos", 7}:        slope(func(c *call) string { return c.neg(c.op("Sin", []string{c.a})) }),
	{"", "Tan", 7}:        slope(func(c *call) string { return c.add(c.k(1), c.square(c.y)) }),
	{"", "Asin", 7}:       slope(func(c *call) string { return c.reciprocal(c.sqrt(c.oneMinusSquare(c.a))) }),
	{"", "Acos", 7}:       slope(func(c *call) string { return c.neg(c.reciprocal(c.sqrt(c.oneMinusSquare(c.a)))) }),
	{"", "Atan", 7}:       slope(func(c *call) string { return c.reciprocal(c.add(c.k(1), c.square(c.a))) }),
	{"", "Sinh", 9}:       slope(func(c *call) string { return c.op("Cosh", []string{c.a}) }),
	{"", "Cosh", 9}:       slope(func(c *call) string { return c.op("Sinh", []string{c.a}) }),
	{"", "Asinh", 9}:      slope(func(c *call) string { return c.reciprocal(c.sqrt(c.add(c.square(c.a), c.k(1)))) }),
	{"", "Acosh", 9}:      slope(func(c *call) string { return c.reciprocal(c.sqrt(c.sub(c.square(c.a), c.k(1)))) }),
	{"", "Atanh", 9}:      slope(func(c *call) string { return c.reciprocal(c.oneMinusSquare(c.a)) }),

	// Activations (activation.go).
	{"", "Relu", 1}:             exact(relu),
	{"", "LeakyRelu", 1}:        exact(leakyRelu),
	{"", "PRelu", 7}:            broadcasting(preluInput, preluSlope),
	{"", "ThresholdedRelu", 10}: exact(thresholdedRelu),
	{"", "Shrink", 9}:           exact(shrink),
	{"", "Elu", 1}:              slope(elu),
	{"", "Selu", 6}:             slope(selu),
	{"", "Celu", 12}:            slope(celu),
	{"", "HardSigmoid", 1}:      exact(hardSigmoid),
	{"", "HardSwish", 14}:       slope(hardSwish),
	{"", "Mish", 18}:            slope(mish),
	{"", "Swish", 24}:           slope(swish),
	{"", "Sigmoid", 1}:          slope(func(c *call) string { return c.mul(c.y, c.sub(c.k(1), c.y)) }),
	{"", "Tanh", 1}:             slope(func(c *call) string { return c.oneMinusSquare(c.y) }),
	{"", "Softplus", 1}:         slope(func(c *call) string { return c.sigmoid(c.a) }),
	{"", "Softsign", 1}:         slope(func(c *call) string { return c.reciprocal(c.square(c.add(c.k(1), c.abs(c.a)))) }),
	{"", "Erf", 9}:              slope(func(c *call) string { return c.times(2/math.SqrtPi, c.exp(c.neg(c.square(c.a)))) }),
	{"", "Gelu", 20}:            slope(gelu),

	// Matrix products (matmul.go, einsum.go).
	{"", "MatMul", 1}:  {inputs: []vjp{matMulLeft, matMulRight}, spread: matMulSpread},
	{"", "Gemm", 7}:    {inputs: []vjp{gemmA, gemmB, gemmC}, spread: gemmSpread},
	{"", "Einsum", 12}: parts(einsum),

	// Sliding windows (conv.go, convtranspose.go, pool.go, resize.go, gridsample.go, affine.go, fold.go).
	{"", "Conv", 1}:              exact(convInput, convWeight, bias),
	{"", "ConvTranspose", 1}:     exact(convTransposeInput, convTransposeWeight, bias),
	{"", "MaxPool", 1}:           exact(maxPool),
	{"", "AveragePool", 1}:       exact(averagePool),
	{"", "GlobalAveragePool", 1}: exact(globalAveragePool),
	{"", "GlobalMaxPool", 1}:     exact(globalMaxPool),
	{"", "LpPool", 2}:            exact(lpPool),
	{"", "GlobalLpPool", 2}:      exact(globalLpPool),
	{"", "Resize", 11}:           exact(resize),
	{"", "GridSample", 16}:       exact(gridInput, gridGrid),
	{"", "AffineGrid", 20}:       exact(affineGrid),
	{"", "MaxUnpool", 9}:         exact(maxUnpool),
	{"", "Col2Im", 18}:           exact(col2Im),

	// Normalisation (norm.go).
	{"", "BatchNormalization", 9}:        exact(batchNormInput, batchNormScale, bias, batchNormMean, batchNormVariance),
	{"", "LayerNormalization", 17}:       broadcasting(layerNormInput, layerNormScale, pass),
	{"", "InstanceNormalization", 1}:     exact(instanceNormInput, instanceNormScale, bias),
	{"", "GroupNormalization", 21}:       exact(groupNormInput, groupNormScale, bias),
	{"", "RMSNormalization", 23}:         broadcasting(rmsNormInput, rmsNormScale),
	{"", "LRN", 1}:                       exact(lrn),
	{"", "MeanVarianceNormalization", 9}: exact(meanVarianceNorm),
	{"", "LpNormalization", 1}:           exact(lpNorm),

	// Probabilities and losses (softmax.go).
	{"", "Softmax", 13}:                   exact(softmax),
	{"", "LogSoftmax", 13}:                exact(logSoftmax),
	{"", "SoftmaxCrossEntropyLoss", 12}:   outputs(crossEntropyScores),
	{"", "NegativeLogLikelihoodLoss", 12}: exact(logLikelihood),

	// Reductions (reduce.go).
	{"", "ReduceSum", 1}:       reduction(func(c *call) string { return c.expandLikeInput(c.kept(c.dy)) }),
	{"", "ReduceMean", 1}:      reduction(func(c *call) string { return c.expandLikeInput(c.over(c.folded(), c.kept(c.dy))) }),
	{"", "ReduceMax", 1}:       reduction(reduceExtreme),
	{"", "ReduceMin", 1}:       reduction(reduceExtreme),
	{"", "ReduceProd", 1}:      reduction(reduceProd),
	{"", "ReduceSumSquare", 1}: reduction(func(c *call) string { return c.mul(c.kept(c.times(2, c.dy)), c.a) }),
	{"", "ReduceL1", 1}:        reduction(func(c *call) string { return c.mul(c.kept(c.dy), c.sign(c.a)) }),
	{"", "ReduceL2", 1}:        reduction(reduceL2),
	{"", "ReduceLogSum", 1}:    reduction(func(c *call) string { return c.expandLikeInput(c.kept(c.div(c.dy, c.exp(c.y)))) }),
	{"", "ReduceLogSumExp", 1}: reduction(func(c *call) string { return c.mul(c.kept(c.dy), c.exp(c.sub(c.a, c.kept(c.y)))) }),
	{"", "CumSum", 11}:         exact(cumSum),

	// Shape (shape.go).
	{"", "Identity", 1}:     exact(pass),
	{"", "Reshape", 5}:      exact(view),
	{"", "Flatten", 1}:      exact(view),
	{"", "Squeeze", 1}:      exact(view),
	{"", "Unsqueeze", 1}:    exact(view),
	{"", "Cast", 6}:         exact(castBack),
	{"", "CastLike", 15}:    exact(castBack, func(*call) string { return "" }),
	{"", "Expand", 8}:       broadcasting(pass),
	{"", "Tile", 6}:         exact(tile),
	{"", "Transpose", 1}:    exact(transpose),
	{"", "DepthToSpace", 1}: exact(depthToSpace),
	{"", "SpaceToDepth", 1}: exact(spaceToDepth),
	{"", "Trilu", 14}:       exact(trilu),
	{"", "Dropout", 12}:     exact(dropout),

	// Quantization, straight through (quantize.go).
	{"", "DequantizeLinear", 10}: exact(dequantizeInput, dequantizeScale),
	{"", "QuantizeLinear", 10}:   exact(quantizeInput, quantizeScale),

	// Pieces of tensors (slice.go, pad.go, gather.go, scatter.go).
	{"", "Concat", 4}:           parts(concat),
	{"", "Split", 2}:            outputs(split),
	{"", "Slice", 10}:           exact(slice),
	{"", "Pad", 2}:              exact(pad, nil, padValue),
	{"", "CenterCropPad", 18}:   exact(centerCropPad),
	{"", "Gather", 1}:           exact(gather),
	{"", "GatherElements", 11}:  exact(gatherElements),
	{"", "GatherND", 11}:        exact(gatherND),
	{"", "ScatterElements", 11}: exact(scatterData, nil, scatterUpdates),
	{"", "ScatterND", 11}:       exact(scatterData, nil, scatterUpdates),
	{"", "TopK", 10}:            exact(topK),
	{"", "ReverseSequence", 10}: exact(reverseSequence),
}
