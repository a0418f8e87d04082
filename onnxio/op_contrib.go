package onnxio

// contribOps are operators of com.microsoft, as the optimizers and quantizers of
// ONNX Runtime write them. Check takes them on trust; what is known of their
// results serves shape inference, so that the operators around them are known.
var contribOps = []operator{
	{"com.microsoft", "Attention", 1, "input weights inputs* -> outputs*", "", fusedAttention},
	{"com.microsoft", "BiasDropout", 1, "data inputs* -> outputs*", "", sameAsInput},
	{"com.microsoft", "BiasGelu", 1, "A B -> C", "", sameAsInput},
	{"com.microsoft", "BiasSoftmax", 1, "data bias -> output", "", sameAsInput},
	{"com.microsoft", "DequantizeLinear", 1, "x x_scale x_zero_point? -> y", "", dequantizeLinear},
	{"com.microsoft", "DynamicQuantizeMatMul", 1, "A B inputs* -> Y", "", matmul8},
	{"com.microsoft", "EmbedLayerNormalization", 1, "input_ids segment_ids? word_embedding inputs* -> outputs*", "", embedLayerNormalization},
	{"com.microsoft", "FastGelu", 1, "X bias? -> Y", "", sameAsInput},
	{"com.microsoft", "FusedConv", 1, "X W B? Z? -> Y", "", conv},
	{"com.microsoft", "FusedGemm", 1, "A B C? -> Y", "", gemm},
	{"com.microsoft", "FusedMatMul", 1, "A B -> Y", "", fusedMatMul},
	{"com.microsoft", "Gelu", 1, "X -> Y", "", sameAsInput},
	{"com.microsoft", "LayerNormalization", 1, "X Scale B? -> outputs*", "", sameAsInput},
	{"com.microsoft", "MatMulIntegerToFloat", 1, "A B inputs* -> Y", "", matmul8},
	{"com.microsoft", "MatMulNBits", 1, "A B scales inputs* -> Y", "", matMulNBits},
	{"com.microsoft", "MultiHeadAttention", 1, "query key? value? inputs* -> outputs*", "", multiHeadAttention},
	{"com.microsoft", "QLinearAdd", 1, "A A_scale A_zero_point B B_scale B_zero_point C_scale C_zero_point? -> C", "", qlinearBroadcast},
	{"com.microsoft", "QLinearGlobalAveragePool", 1, "X x_scale x_zero_point? y_scale y_zero_point? -> Y", "", globalPool},
	{"com.microsoft", "QLinearLeakyRelu", 1, "X X_scale X_zero_point? Y_scale Y_zero_point? -> Y", "", sameAsInput},
	{"com.microsoft", "QLinearMul", 1, "A A_scale A_zero_point B B_scale B_zero_point C_scale C_zero_point? -> C", "", qlinearBroadcast},
	{"com.microsoft", "QLinearSigmoid", 1, "X X_scale X_zero_point? Y_scale Y_zero_point? -> Y", "", sameAsInput},
	{"com.microsoft", "QLinearSoftmax", 1, "X X_scale X_zero_point? Y_scale Y_zero_point? -> Y", "", sameAsInput},
	{"com.microsoft", "QuantizeLinear", 1, "x y_scale y_zero_point? -> y", "", quantizeLinear},
	{"com.microsoft", "QuickGelu", 1, "X -> Y", "", sameAsInput},
	{"com.microsoft", "RotaryEmbedding", 1, "input position_ids cos_cache sin_cache -> output", "", sameAsInput},
	{"com.microsoft", "SimplifiedLayerNormalization", 1, "X scale -> outputs*", "", sameAsInput},
	{"com.microsoft", "SkipLayerNormalization", 1, "input skip gamma beta? bias? -> outputs*", "", skipNormalization},
	{"com.microsoft", "SkipSimplifiedLayerNormalization", 1, "input skip gamma bias? -> outputs*", "", skipNormalization},
	{"com.microsoft", "TransposeMatMul", 1, "A B -> Y", "", fusedMatMul},
	{"com.microsoft", "Trilu", 1, "input k? -> output", "", sameAsInput},
}

// skipNormalization's fourth output is the sum that is normalised.
func skipNormalization(c *call) error {
	c.set(3, c.typ(0), c.shape(0))
	return sameAsInput(c)
}

// fusedAttention projects [batch, steps, width] to the sizes of queries, keys and
// values, a third each unless an attribute says otherwise; the last is that of
// the result.
func fusedAttention(c *call) error {
	x, w := c.shape(0), c.shape(1)
	if len(x) != 3 {
		c.set(0, c.typ(0), nil)
		return nil
	}
	out := Shape{x[0], x[1], {Size: -1}}
	if sizes := c.node.IntsOr("qkv_hidden_sizes", nil); len(sizes) == 3 {
		out[2].Size = max(sizes[2], -1)
	} else if len(w) == 2 {
		out[2] = w[1].number().div(integer(3)).dim()
	}
	c.set(0, c.typ(0), out)
	return nil
}

// multiHeadAttention gives [batch, queries, heads·size of values]; see package
// lower for the forms that its inputs come in.
func multiHeadAttention(c *call) error {
	q, k, v := c.shape(0), c.shape(1), c.shape(2)
	c.set(0, c.typ(0), nil)
	if len(q) != 3 && len(q) != 5 {
		return nil
	}
	out := Shape{q[0], q[1], {Size: -1}}
	switch {
	case len(q) == 5:
		out[2] = q[2].number().mul(q[4].number()).dim()
	case len(k) == 5:
		out[2] = k[2].number().mul(k[4].number()).dim()
	case len(v) == 4:
		out[2] = v[1].number().mul(v[3].number()).dim()
	case len(v) == 3:
		out[2] = v[2]
	}
	c.set(0, c.typ(0), out)
	return nil
}

// embedLayerNormalization gives [batch, steps, width].
func embedLayerNormalization(c *call) error {
	ids, words := c.shape(0), c.shape(2)
	if len(ids) != 2 || len(words) != 2 {
		return nil
	}
	out := Shape{ids[0], ids[1], words[1]}
	c.set(0, c.typ(2), out)
	c.set(1, Int32, Shape{ids[0]})
	c.set(2, c.typ(2), out)
	return nil
}

// fusedMatMul multiplies matrices of which the last dimensions may be swapped.
func fusedMatMul(c *call) error {
	if c.node.IntOr("transBatchA", 0) != 0 || c.node.IntOr("transBatchB", 0) != 0 {
		return nil
	}
	for i, attr := range []string{"transA", "transB"} {
		s := c.shape(i)
		if c.node.IntOr(attr, 0) == 0 || len(s) < 2 {
			continue
		}
		turned := append(Shape{}, s...)
		n := len(turned)
		turned[n-1], turned[n-2] = turned[n-2], turned[n-1]
		v := *c.in[i]
		v.Shape = turned
		c.in[i] = &v
	}
	return matmul(c)
}

// matmul8 multiplies by quantized weights to floating-point numbers.
func matmul8(c *call) error { return c.multiply(Float32, 0, 1) }

// matMulNBits multiplies by packed weights of N columns.
func matMulNBits(c *call) error {
	x := c.shape(0)
	if len(x) == 0 {
		return nil
	}
	out := append(Shape{}, x...)
	out[len(out)-1] = Dim{Size: max(c.node.IntOr("N", -1), -1)}
	c.set(0, c.typ(0), out)
	return nil
}

func qlinearBroadcast(c *call) error {
	shape, err := broadcast(c.shape(0), c.shape(3))
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), shape)
	return nil
}
