package onnxio

import (
	"slices"
	"strings"
	"testing"
)

// TestContribShapes: what is known of operators of com.microsoft.
func TestContribShapes(t *testing.T) {
	num := IntAttr
	for _, c := range []opCase{
		{"BiasGelu", 0, "float32[N,4,8] float32[8]", nil, "float32[N,4,8]"},
		{"SkipLayerNormalization", 0, "float32[N,4,8] float32[N,4,8] float32[8]", nil, "float32[N,4,8] ?[...] ?[...] float32[N,4,8]"},
		{"Attention", 0, "float32[N,4,8] float32[8,24]", attrs(num("num_heads", 2)), "float32[N,4,8]"},
		{"Attention", 0, "float32[N,4,8] float32[8,28]", attrs(num("num_heads", 2), IntsAttr("qkv_hidden_sizes", 8, 8, 12)), "float32[N,4,12]"},
		{"MultiHeadAttention", 0, "float32[N,4,8] float32[N,5,8] float32[N,5,6]", nil, "float32[N,4,6]"},
		{"MultiHeadAttention", 0, "float32[N,4,8] float32[N,2,5,4] float32[N,2,5,3]", nil, "float32[N,4,6]"},
		{"MultiHeadAttention", 0, "float32[N,4,2,3,5]", nil, "float32[N,4,10]"},
		{"EmbedLayerNormalization", 0, "int32[N,S] _ float32[30,8] float32[9,8]", nil, "float32[N,S,8] int32[N]"},
		{"FusedMatMul", 0, "float32[N,4,3] float32[N,5,4]", attrs(num("transA", 1), num("transB", 1)), "float32[N,3,5]"},
		{"FusedGemm", 0, "float32[N,4] float32[3,4]", attrs(num("transB", 1)), "float32[N,3]"},
		{"FusedConv", 0, "float32[N,4,7] float32[3,4,3]", nil, "float32[N,3,5]"},
		{"MatMulNBits", 0, "float32[N,4,32] uint8[5,2,8] float32[10]", attrs(num("N", 5), num("K", 32)), "float32[N,4,5]"},
		{"DynamicQuantizeMatMul", 0, "float32[N,4] int8[4,5] float32[]", nil, "float32[N,5]"},
		{"QLinearAdd", 0, "uint8[N,4] float32[] uint8[] uint8[4] float32[] uint8[] float32[] uint8[]", nil, "uint8[N,4]"},
	} {
		m := c.model(t)
		n := m.Graph.Nodes[0]
		n.Domain = "com.microsoft"
		m.Opsets = append(m.Opsets, Opset{Domain: n.Domain, Version: 1})
		values, err := InferShapes(m)
		if err != nil {
			t.Errorf("%s: %v", c.name(), err)
			continue
		}
		var got []string
		for _, name := range n.Outputs {
			got = append(got, values[name].describe())
		}
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s:\n got %s\nwant %s", c.name(), strings.Join(got, " "), c.want)
		}
	}
}
