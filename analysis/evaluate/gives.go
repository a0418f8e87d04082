package evaluate

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// passing are operators that do not change what the numbers of an output mean.
var passing = map[string]bool{
	"Identity": true, "Cast": true, "Reshape": true, "Flatten": true, "Squeeze": true, "Unsqueeze": true,
	"DequantizeLinear": true, "QuantizeLinear": true, "com.microsoft.DequantizeLinear": true, "com.microsoft.QuantizeLinear": true,
	"ai.onnx.ml.ZipMap": true,
}

// input is input i of a node, "" where a file that is not valid has none.
func input(n *onnxio.Node, i int) string {
	if i >= len(n.Inputs) {
		return ""
	}
	return n.Inputs[i]
}

// gives tells by the operator that makes an output what it means.
func gives(g *onnxio.Graph, output string) Gives {
	for range g.Nodes { // each step goes up one node
		n := producer(g, output)
		if n == nil {
			return Scores
		}
		switch op := n.OpName(); {
		case passing[op]:
			output = input(n, 0)
		case op == "ai.onnx.ml.LinearClassifier":
			// Without this its scores are sums of any size.
			if n.StringOr("post_transform", "NONE") == "NONE" {
				return Scores
			}
			return Probabilities
		case op == "ai.onnx.ml.SVMClassifier":
			if a := n.Attr("prob_a"); a == nil || len(a.Floats) == 0 {
				return Scores
			}
			return Probabilities
		case slices.Contains([]string{
			"Softmax", "Sigmoid", "com.microsoft.QLinearSoftmax", "com.microsoft.QLinearSigmoid",
			"ai.onnx.ml.TreeEnsembleClassifier", "ai.onnx.ml.Normalizer",
		}, op):
			return Probabilities
		case op == "LogSoftmax":
			return LogProbabilities
		default:
			return Scores
		}
	}
	return Scores
}

// quantizes lists, of operators that give integers, the inputs that are the scale
// and the zero point of their result.
var quantizes = map[string][2]int{
	"QuantizeLinear": {1, 2}, "com.microsoft.QuantizeLinear": {1, 2}, "QLinearMatMul": {6, 7}, "QLinearConv": {6, 7},
	"com.microsoft.QGemm": {7, 8}, "com.microsoft.QLinearAdd": {6, 7}, "com.microsoft.QLinearMul": {6, 7},
	"com.microsoft.QLinearSigmoid": {3, 4}, "com.microsoft.QLinearSoftmax": {3, 4}, "com.microsoft.QLinearLeakyRelu": {3, 4},
}

// quantized names the scale and the zero point of a value of integers that stand
// for other numbers; both are "" for other values. It looks past operators that
// change the shape alone.
func quantized(g *onnxio.Graph, value string) (scale, zero string) {
	for range g.Nodes {
		n := producer(g, value)
		if n == nil {
			return "", ""
		}
		if at, ok := quantizes[n.OpName()]; ok && at[0] < len(n.Inputs) {
			if at[1] < len(n.Inputs) {
				zero = n.Inputs[at[1]]
			}
			return n.Inputs[at[0]], zero
		}
		switch n.OpName() {
		case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze":
			value = input(n, 0)
		default:
			return "", ""
		}
	}
	return "", ""
}

// stepOf is the distance of neighbouring numbers that an output of 8 bits can
// take, 0 for one that is not quantized or whose scale is not one constant.
func stepOf(g *onnxio.Graph, output string) float64 {
	for range g.Nodes {
		scale, _ := quantized(g, output)
		n := producer(g, output)
		if n == nil {
			return 0
		}
		if op := n.OpName(); op == "DequantizeLinear" || op == "com.microsoft.DequantizeLinear" {
			scale = input(n, 1)
		}
		if scale != "" {
			t := g.Initializer(scale)
			if from := producer(g, scale); from != nil && from.OpName() == "Constant" && from.Attr("value") != nil {
				t = from.Attr("value").Tensor
			}
			if t == nil || t.Len() != 1 {
				return 0
			}
			v, err := t.Float32()
			if err != nil || !(v[0] > 0) {
				return 0
			}
			return float64(v[0])
		}
		if !passing[n.OpName()] {
			return 0
		}
		output = input(n, 0)
	}
	return 0
}
