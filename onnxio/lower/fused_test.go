package lower_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

func fusedSamples() []sample {
	const microsoft = "com.microsoft"
	x, bias := of(2, 3, 8), weight(8)
	relu := stringA("activation", "Relu")
	conv := []operand{of(2, 3, 5, 5), weight(4, 3, 3, 3), weight(4)}
	group := []operand{of(2, 6, 4), weight(3), weight(3)}
	all := []sample{
		{about: "plain", op: "Gelu", in: []operand{x}},
		{about: "plain", op: "BiasGelu", in: []operand{x, bias}},
		{about: "plain", op: "FastGelu", in: []operand{x}},
		{about: "bias", op: "FastGelu", in: []operand{x, bias}},
		{about: "plain", op: "QuickGelu", in: []operand{x}},
		{about: "alpha", op: "QuickGelu", in: []operand{x}, attrs: attrs(floatA("alpha", 0.5))},
		{about: "plain", op: "FusedMatMul", in: []operand{of(2, 3, 4), of(2, 4, 5)}},
		{about: "transposed and scaled", op: "FusedMatMul", in: []operand{of(2, 4, 3), of(2, 5, 4)}, attrs: attrs(intA("transA", 1), intA("transB", 1), floatA("alpha", 0.5))},
		{about: "batches", op: "FusedMatMul", in: []operand{of(2, 4, 3), of(2, 5, 4)}, attrs: attrs(intA("transBatchA", 1)), kept: "transposes batches"},
		{about: "Relu", op: "FusedConv", in: conv, attrs: attrs(relu, intsA("pads", 1, 1, 1, 1), intsA("kernel_shape", 3, 3))},
		{about: "sum", op: "FusedConv", in: append(conv[:3:3], of(2, 4, 3, 3)), attrs: attrs(relu, intsA("kernel_shape", 3, 3))},
		{about: "LeakyRelu", op: "FusedConv", in: conv, attrs: attrs(stringA("activation", "LeakyRelu"), floatsA("activation_params", 0.2), intsA("kernel_shape", 3, 3))},
		{about: "Clip", op: "FusedConv", in: conv, attrs: attrs(stringA("activation", "Clip"), floatsA("activation_params", -0.5, 1), intsA("kernel_shape", 3, 3))},
		{about: "HardSigmoid", op: "FusedConv", in: conv, attrs: attrs(stringA("activation", "HardSigmoid"), floatsA("activation_params", 0.3, 0.4), intsA("kernel_shape", 3, 3))},
		{about: "unknown activation", op: "FusedConv", in: conv, attrs: attrs(stringA("activation", "Mish")), kept: `"Mish"`},
		{about: "Relu", op: "FusedGemm", in: []operand{of(2, 3), weight(3, 4), weight(4)}, attrs: attrs(relu, floatA("alpha", 0.5))},
		{about: "LeakyRelu", op: "FusedGemm", in: []operand{of(2, 3), weight(4, 3), weight(4)}, attrs: attrs(stringA("activation", "LeakyRelu"), floatA("activation_alpha", 0.3), intA("transB", 1))},
		{about: "plain", op: "LayerNormalization", in: []operand{x, weight(8), weight(8)}, foreign: true},
		{about: "plain", op: "SkipLayerNormalization", in: []operand{x, x, weight(8), weight(8)}},
		{about: "bias, no shift", op: "SkipLayerNormalization", in: []operand{x, x, weight(8), none, bias}, attrs: attrs(floatA("epsilon", 0.01))},
		{about: "one of the batch", op: "BiasSoftmax", in: []operand{of(2, 3, 4), of(2, 1, 4)}, attrs: attrs(intA("axis", 2), intA("is_inner_broadcast", 1)), foreign: true},
		{about: "several dimensions", op: "BiasSoftmax", in: []operand{of(2, 3, 4), of(2, 1, 4)}, attrs: attrs(intA("axis", 1), intA("is_inner_broadcast", 1)), kept: "dimensions from 1 on"},
		{about: "residual", op: "BiasDropout", in: []operand{x, bias, x}, foreign: true},
		{about: "upper", op: "Trilu", in: []operand{of(2, 3, 4)}},
		{about: "plain", op: "SkipSimplifiedLayerNormalization", in: []operand{x, x, weight(8)}},
	}
	for i := range all {
		all[i].domain = microsoft
	}
	return append(all,
		sample{about: "version 18", op: "GroupNormalization", opset: 18, in: group, attrs: attrs(intA("num_groups", 3)), foreign: true},
		sample{about: "of an optimised model", op: "SimplifiedLayerNormalization", opset: 13, in: []operand{x, weight(8)}, attrs: attrs(floatA("epsilon", 0.01), intA("axis", -1), intA("stash_type", 1))},
		sample{about: "plain", op: "SimplifiedLayerNormalization", in: []operand{x, weight(8)}, attrs: attrs(floatA("epsilon", 0.01))},
	)
}

func attentionSamples() []sample {
	const microsoft = "com.microsoft"
	queries, keys := of(2, 3, 8), of(2, 4, 8)
	mask := operand{shape: []int64{2, 4}, ints: []int32{1, 1, 0, 0, 1, 1, 1, 0}}
	heads := intA("num_heads", 2)
	allowed := operand{shape: []int64{3, 4}, bools: []bool{true, false, true, true, true, true, false, false, false, true, true, true}}
	four := []operand{of(2, 2, 3, 4), of(2, 2, 4, 4), of(2, 2, 4, 5)}
	three := []operand{of(2, 3, 8), of(2, 4, 8), of(2, 4, 8)}
	counts := attrs(intA("q_num_heads", 2), intA("kv_num_heads", 2))
	standard := []sample{
		{about: "rank 4", in: four},
		{about: "rank 3", in: three, attrs: counts},
		{about: "scaled", in: four, attrs: attrs(floatA("scale", 0.7))},
		{about: "causal", in: four, attrs: attrs(intA("is_causal", 1))},
		{about: "added mask", in: append(four[:3:3], of(3, 4))},
		{about: "allowed", in: append(four[:3:3], allowed)},
		{about: "shared heads", in: []operand{of(2, 4, 3, 4), of(2, 2, 4, 4), of(2, 2, 4, 4)}},
		{about: "shared heads, rank 3", in: []operand{of(2, 3, 16), of(2, 4, 8), of(2, 4, 8)}, attrs: attrs(intA("q_num_heads", 4), intA("kv_num_heads", 2))},
		{about: "capped", in: four, attrs: attrs(floatA("softcap", 2))},
	}
	for i := range standard {
		standard[i].op, standard[i].opset = "Attention", 23
	}
	return append(standard,
		sample{about: "plain", domain: microsoft, op: "MultiHeadAttention", in: []operand{queries, keys, keys}, attrs: attrs(heads)},
		sample{about: "bias", domain: microsoft, op: "MultiHeadAttention", in: []operand{queries, keys, keys, weight(24)}, attrs: attrs(heads)},
		sample{about: "mask", domain: microsoft, op: "MultiHeadAttention", in: []operand{queries, keys, keys, none, mask}, attrs: attrs(heads)},
		sample{about: "attention bias", domain: microsoft, op: "MultiHeadAttention", in: []operand{queries, keys, keys, weight(24), none, of(2, 2, 3, 4)}, attrs: attrs(heads, floatA("scale", 0.3))},
		sample{about: "unidirectional, more keys", domain: microsoft, op: "MultiHeadAttention", in: []operand{queries, keys, keys}, attrs: attrs(heads, intA("unidirectional", 1))},
		sample{about: "unidirectional, one query", domain: microsoft, op: "MultiHeadAttention", in: []operand{of(2, 1, 8), keys, keys}, attrs: attrs(heads, intA("unidirectional", 1))},
		sample{about: "packed", domain: microsoft, op: "MultiHeadAttention", in: []operand{of(2, 3, 2, 3, 4)}, attrs: attrs(heads), foreign: true},
		sample{about: "plain", domain: microsoft, op: "Attention", in: []operand{queries, weight(8, 24), weight(24)}, attrs: attrs(heads)},
		sample{about: "mask", domain: microsoft, op: "Attention", in: []operand{keys, weight(8, 24), weight(24), mask}, attrs: attrs(heads)},
		sample{about: "lengths", domain: microsoft, op: "Attention", in: []operand{keys, weight(8, 24), weight(24), {shape: []int64{2}, ints: []int32{3, 1}}}, attrs: attrs(heads)},
		sample{about: "unidirectional", domain: microsoft, op: "Attention", in: []operand{queries, weight(8, 24), weight(24)}, attrs: attrs(heads, intA("unidirectional", 1))},
		sample{about: "sizes", domain: microsoft, op: "Attention", in: []operand{queries, weight(8, 24), weight(24)}, attrs: attrs(heads, onnxio.IntsAttr("qkv_hidden_sizes", 6, 6, 12))},
	)
}

// TestPackedHeads: queries, keys and values that are packed for every head attend
// as they do apart, of which ONNX Runtime is the judge; it packs on GPUs only.
func TestPackedHeads(t *testing.T) {
	attend := func(in string) *onnxio.Node {
		n := node("MultiHeadAttention", in, "y", intA("num_heads", 2))
		n.Domain = "com.microsoft"
		return n
	}
	shape := func(name string, v ...int64) *onnxio.Node { return list(name, v...) }
	keys := node("Mul", "q q", "k")
	values := node("Neg", "q", "v")
	first := []*onnxio.Node{shape("three", 1, 3, 2), node("Reshape", "x three", "q"), keys, values}
	last := []*onnxio.Node{shape("two", 3, 2), node("Reshape", "y3 two", "y")}
	models := map[string][]*onnxio.Node{
		"apart": {attend("q k v")},
		"keys":  {shape("h", 1, 3, 2, 1, 1), node("Reshape", "k h", "kh"), node("Reshape", "v h", "vh"), node("Concat", "kh vh", "kv", intA("axis", 3)), attend("q kv")},
		"all": {shape("h", 1, 3, 2, 1, 1), node("Reshape", "q h", "qh"), node("Reshape", "k h", "kh"), node("Reshape", "v h", "vh"),
			node("Concat", "qh kh vh", "qkv", intA("axis", 3)), attend("qkv")},
	}
	results := map[string][]float32{}
	for name, nodes := range models {
		nodes[len(nodes)-1].Outputs = []string{"y3"}
		all := append(append(append([]*onnxio.Node{}, first...), nodes...), last...)
		m := graph(all...)
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1})
		_, y := evaluate(t, m)
		results[name] = y.Float32()
	}
	for name, y := range results {
		for i, v := range results["apart"] {
			if d := y[i] - v; d > 1e-6 || d < -1e-6 {
				t.Errorf("%s: element %d is %g, want %g", name, i, y[i], v)
			}
		}
	}
}
