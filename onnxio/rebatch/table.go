package rebatch

import "strings"

// rules by operator.
var rules = map[string]rule{
	"ArgMax": choose, "ArgMin": choose,
	"Concat": concat, "CumSum": running,
	"DequantizeLinear": quantize, "DynamicQuantizeLinear": dynamicQuantize, "QuantizeLinear": quantize,
	"Einsum": einsum, "Expand": expand,
	"Gather": pick, "GatherElements": pickElements, "GatherND": pickParts, "Gemm": gemm,
	"LayerNormalization": fromAxis, "RMSNormalization": fromAxis,
	"LpNormalization": along(-1), "MatMul": matMul, "MatMulInteger": matMulInteger, "MeanVarianceNormalization": overAxes(0, 2, 3),
	"OneHot": oneHot, "Pad": pad, "Resize": resize,
	"ScatterElements": pickElements, "ScatterND": scatterParts, "Slice": slice, "Split": along(0),
	"Softmax": along(-1), "LogSoftmax": along(-1), "Hardmax": along(-1),
	"Tile": tile, "TopK": along(-1), "Transpose": transpose, "Trilu": triangle,
	"Reshape": reshape, "Flatten": reshape, "Squeeze": reshape, "Unsqueeze": reshape,
	"RNN": recurrent, "GRU": recurrent, "LSTM": recurrent,
}

func init() {
	for r, names := range map[string]string{
		"pointwise": `Abs Acos Acosh Asin Asinh Atan Atanh Cast CastLike Ceil Celu Clip Cos Cosh Dropout
			Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal
			Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh ThresholdedRelu`,
		"broadcast": `Add And Div Equal Greater GreaterOrEqual Less LessOrEqual
			Max Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor`,
		"window": `AveragePool BatchNormalization Conv ConvInteger ConvTranspose DepthToSpace GlobalAveragePool GlobalLpPool
			GlobalMaxPool GroupNormalization InstanceNormalization LRN LpPool MaxPool SpaceToDepth`,
		"reduce": `ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
			ReduceSumSquare`,
	} {
		for _, op := range strings.Fields(names) {
			rules[op] = map[string]rule{"pointwise": pointwise, "broadcast": broadcast, "window": window, "reduce": reduce}[r]
		}
	}
}
