package lower

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// An operator is one meaning of an operator name: from version Since of its
// operator set on, up to the next entry.
type operator struct {
	Domain string // "" is ai.onnx
	Name   string
	Since  int64
}

// A rewrite appends the nodes that a node stands for and returns the names of
// the values that are its outputs; "" or nothing for an output that it does
// not support. It stops through keepf; a node for which it returns nothing at all
// and appends nothing needs no rewriting. A nil entry says the same of all
// nodes.
type rewrite func(c *call) []string

// table is everything that is rewritten, one family per group; the functions
// of a family are in a file of their own. It is filled in init because
// rewritings look operators up in it.
var table map[operator]rewrite

func init() {
	table = map[operator]rewrite{
		// Control flow (control.go).
		{"", "If", 1}:   ifOp,
		{"", "Loop", 1}: loop,
		{"", "Scan", 9}: scan,

		// Recurrent networks (recurrent.go).
		{"", "RNN", 1}:  recurrent(1, []string{"Tanh"}, rnnStep),
		{"", "GRU", 1}:  recurrent(3, []string{"Sigmoid", "Tanh"}, gruStep),
		{"", "LSTM", 1}: recurrent(4, []string{"Sigmoid", "Tanh", "Tanh"}, lstmStep),

		// Attention (attention.go).
		{"", "Attention", 23}:                      attention,
		{"com.microsoft", "Attention", 1}:          packedAttention,
		{"com.microsoft", "MultiHeadAttention", 1}: multiHeadAttention,

		// Embeddings (embed.go).
		{"", "RotaryEmbedding", 23}:                     rotaryEmbedding,
		{"com.microsoft", "EmbedLayerNormalization", 1}: embedLayerNorm,
		{"com.microsoft", "RotaryEmbedding", 1}:         rotaryEmbeddingOfPositions,

		// What optimizers fuse, and normalisation by group (fused.go).
		{"", "GroupNormalization", 18}:                           groupNormByGroup,
		{"", "GroupNormalization", 21}:                           nil,
		{"", "SimplifiedLayerNormalization", 1}:                  simplifiedLayerNorm,
		{"com.microsoft", "BiasDropout", 1}:                      biasDropout,
		{"com.microsoft", "BiasGelu", 1}:                         biasGelu,
		{"com.microsoft", "BiasSoftmax", 1}:                      biasSoftmax,
		{"com.microsoft", "FastGelu", 1}:                         fastGelu,
		{"com.microsoft", "FusedConv", 1}:                        fusedConv,
		{"com.microsoft", "FusedGemm", 1}:                        fusedGemm,
		{"com.microsoft", "FusedMatMul", 1}:                      fusedMatMul,
		{"com.microsoft", "Gelu", 1}:                             gelu,
		{"com.microsoft", "LayerNormalization", 1}:               standard,
		{"com.microsoft", "QuickGelu", 1}:                        quickGelu,
		{"com.microsoft", "SimplifiedLayerNormalization", 1}:     simplifiedLayerNorm,
		{"com.microsoft", "SkipLayerNormalization", 1}:           skipLayerNorm,
		{"com.microsoft", "SkipSimplifiedLayerNormalization", 1}: skipRMSNorm,
		{"com.microsoft", "TransposeMatMul", 1}:                  fusedMatMul,
		{"com.microsoft", "Trilu", 1}:                            standard,

		// Sequences and optional values (sequence.go).
		{"", "ConcatFromSequence", 11}: concatFromSequence,
		{"", "OptionalGetElement", 15}: optionalGet,
		{"", "OptionalHasElement", 15}: optionalHas,
		{"", "SequenceAt", 11}:         sequenceAt,
		{"", "SequenceLength", 11}:     sequenceLength,

		// Selections that are known (select.go).
		{"", "Compress", 9}: compress,

		// Fourier transforms (signal.go).
		{"", "DFT", 17}:  dft,
		{"", "STFT", 17}: stft,

		// Quantization (quantize.go).
		{"", "ConvInteger", 10}:                          convInteger,
		{"", "DequantizeLinear", 10}:                     dequantize,
		{"", "DynamicQuantizeLinear", 11}:                dynamicQuantize,
		{"", "MatMulInteger", 10}:                        matMulInteger,
		{"", "QLinearConv", 10}:                          qlinearConv,
		{"", "QLinearMatMul", 10}:                        qlinearMatMul,
		{"com.microsoft", "DequantizeLinear", 1}:         standard,
		{"com.microsoft", "DynamicQuantizeMatMul", 1}:    dynamicQuantizeMatMul,
		{"com.microsoft", "MatMulNBits", 1}:              matMulNBits,
		{"com.microsoft", "MatMulIntegerToFloat", 1}:     matMulIntegerToFloat,
		{"com.microsoft", "QGemm", 1}:                    qGemm,
		{"com.microsoft", "QLinearAdd", 1}:               quantized("Add", []int{0, 3}, 6),
		{"com.microsoft", "QLinearAveragePool", 1}:       quantized("AveragePool", []int{0}, 3),
		{"com.microsoft", "QLinearConcat", 1}:            qlinearConcat,
		{"com.microsoft", "QLinearConv", 1}:              qlinearConv,
		{"com.microsoft", "QLinearGlobalAveragePool", 1}: quantized("GlobalAveragePool", []int{0}, 3),
		{"com.microsoft", "QLinearLeakyRelu", 1}:         quantized("LeakyRelu", []int{0}, 3),
		{"com.microsoft", "QLinearMul", 1}:               quantized("Mul", []int{0, 3}, 6),
		{"com.microsoft", "QLinearSigmoid", 1}:           quantized("Sigmoid", []int{0}, 3),
		{"com.microsoft", "QLinearSoftmax", 1}:           quantized("Softmax", []int{0}, 3),
		{"com.microsoft", "QuantizeLinear", 1}:           standard,

		// Linear models and features (ml.go).
		{"ai.onnx.ml", "ArrayFeatureExtractor", 1}: arrayFeatureExtractor,
		{"ai.onnx.ml", "FeatureVectorizer", 1}:     featureVectorizer,
		{"ai.onnx.ml", "LinearClassifier", 1}:      linearClassifier,
		{"ai.onnx.ml", "LinearRegressor", 1}:       linearRegressor,
		{"ai.onnx.ml", "Normalizer", 1}:            normalizer,
		{"ai.onnx.ml", "Scaler", 1}:                scaler,

		// Chance (dropout.go).
		{"", "Dropout", 12}: dropout,
	}
}

// Supports reports whether nodes of an operator, as the given version of its
// operator set defines it, are rewritten. The domains "" and "ai.onnx" are the
// same.
func Supports(domain, op string, opset int64) bool {
	_, ok := find(&onnxio.Node{Domain: domain, Op: op}, opset)
	return ok
}

// Operators lists what is rewritten, with its domain unless that is ai.onnx,
// in alphabetical order.
func Operators() []string {
	var names []string
	for op, f := range table {
		if f != nil {
			names = append(names, (&onnxio.Node{Domain: op.Domain, Op: op.Name}).OpName())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// find returns the rewriting of a node in a model that imports the given
// version of its domain.
func find(n *onnxio.Node, opset int64) (rewrite, bool) {
	domain := n.Domain
	if domain == "ai.onnx" {
		domain = ""
	}
	var found rewrite
	newest := int64(0)
	for op, f := range table {
		if op.Domain == domain && op.Name == n.Op && op.Since <= opset && op.Since > newest {
			found, newest = f, op.Since
		}
	}
	return found, found != nil
}
