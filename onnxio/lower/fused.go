package lower

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// Operators of com.microsoft, as the optimizer of ONNX Runtime writes them.

// gelu is x·Φ(x) with Φ the normal distribution function.
func (c *call) gelu(x string) string {
	erf := c.one("Erf", c.mul(x, c.k(math.Sqrt2/2)))
	return c.mul(c.mul(x, c.k(0.5)), c.add(erf, c.k(1)))
}

// fastGelu is Gelu with Φ by tanh.
func (c *call) fastGelu(x string) string {
	cube := c.mul(c.mul(x, x), x)
	inner := c.mul(c.add(x, c.mul(cube, c.k(0.044715))), c.k(math.Sqrt(2/math.Pi)))
	return c.mul(c.mul(x, c.k(0.5)), c.add(c.one("Tanh", inner), c.k(1)))
}

func gelu(c *call) []string     { return []string{c.gelu(c.in(0))} }
func biasGelu(c *call) []string { return []string{c.gelu(c.add(c.in(0), c.in(1)))} }
func fastGelu(c *call) []string {
	return []string{c.fastGelu(c.addIf(c.in(0), c.optional(1)))}
}

func quickGelu(c *call) []string {
	x := c.in(0)
	return []string{c.mul(x, c.one("Sigmoid", c.mul(x, c.k(c.attr("alpha", 1.702)))))}
}

// fusedMatMul is alpha·A'·B', where ' transposes the last two dimensions if
// asked.
func fusedMatMul(c *call) []string {
	if c.IntOr("transBatchA", 0) != 0 || c.IntOr("transBatchB", 0) != 0 {
		keepf("it transposes batches")
	}
	y := c.matMul(c.turned(0, "transA"), c.turned(1, "transB"))
	if alpha := c.attr("alpha", 1); alpha != 1 {
		y = c.mul(y, c.k(alpha))
	}
	return []string{y}
}

// turned is input i with its last two dimensions swapped if an attribute says
// so.
func (c *call) turned(i int, attr string) string {
	if c.IntOr(attr, 0) == 0 {
		return c.in(i)
	}
	rank := len(c.anyShape(i))
	if rank < 2 {
		keepf("input %d has rank %d", i, rank)
	}
	perm := make([]int64, rank)
	for k := range perm {
		perm[k] = int64(k)
	}
	perm[rank-2], perm[rank-1] = perm[rank-1], perm[rank-2]
	return c.transpose(c.in(i), perm...)
}

// biasSoftmax is the Softmax of a sum, over the dimensions from axis on. The
// bias is that of rows in one place of the batch, or of one of the batch in all
// rows, which broadcasting says already if it has their rank.
func biasSoftmax(c *call) []string {
	x, bias := c.anyShape(0), c.anyShape(1)
	axis := int64(c.axisOf("axis", 1, len(x)))
	if c.IntOr("is_inner_broadcast", 1) == 0 && len(bias) != len(x) || axis != int64(len(x))-1 {
		keepf("it softens the dimensions from %d on of shape %v, with a bias of shape %v", axis, x, bias)
	}
	return []string{c.op("Softmax", []string{c.add(c.in(0), c.in(1))}, onnxio.IntAttr("axis", axis))}
}

// biasDropout is the Dropout of a sum, to which a residual may be added.
func biasDropout(c *call) []string {
	inputs := []string{c.add(c.in(0), c.in(1)), c.optional(3), c.optional(4)}
	y := c.b.Ops("Dropout", 2, inputs, c.Attrs...)
	return []string{c.addIf(y[0], c.optional(2)), y[1]}
}

// standard is the operator of the same name in ai.onnx.
func standard(c *call) []string {
	if len(c.Outputs) == 0 {
		keepf("it has no output")
	}
	return c.b.Ops(c.Op, len(c.Outputs), c.Inputs, c.Attrs...)
}

// without lists the attributes of the node but those of an activation.
func (c *call) without() []*onnxio.Attribute {
	var attrs []*onnxio.Attribute
	for _, a := range c.Attrs {
		switch a.Name {
		case "activation", "activation_params", "activation_alpha", "activation_beta", "activation_gamma":
		default:
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// fusedConv is a Conv, plus input 3 if there is one, with an activation.
func fusedConv(c *call) []string {
	inputs := []string{c.in(0), c.in(1)}
	if c.has(2) {
		inputs = append(inputs, c.in(2))
	}
	y := c.addIf(c.op("Conv", inputs, c.without()...), c.optional(3))
	var params []float32
	if a := c.Attr("activation_params"); a != nil {
		params = a.Floats
	}
	return []string{c.activation(y, params)}
}

// fusedGemm is a Gemm with an activation.
func fusedGemm(c *call) []string {
	inputs := []string{c.in(0), c.in(1)}
	if c.has(2) {
		inputs = append(inputs, c.in(2))
	}
	var params []float32
	for _, name := range []string{"activation_alpha", "activation_beta", "activation_gamma"} {
		if a := c.Attr(name); a != nil {
			params = append(params, a.Float)
		}
	}
	return []string{c.activation(c.op("Gemm", inputs, c.without()...), params)}
}

// activation applies the activation that an attribute names.
func (c *call) activation(x string, params []float32) string {
	want := func(n int) {
		if len(params) != n {
			keepf("%d activation parameters, need %d", len(params), n)
		}
	}
	switch name := c.StringOr("activation", ""); name {
	case "":
		return x
	case "Relu", "Tanh", "Sigmoid":
		return c.one(name, x)
	case "LeakyRelu":
		want(1)
		return c.op(name, []string{x}, onnxio.FloatAttr("alpha", params[0]))
	case "Clip":
		want(2)
		return c.one(name, x, c.k(float64(params[0])), c.k(float64(params[1])))
	case "HardSigmoid":
		want(2)
		return c.op(name, []string{x}, onnxio.FloatAttr("alpha", params[0]), onnxio.FloatAttr("beta", params[1]))
	default:
		keepf("activation %q is not known", name)
		return ""
	}
}

// layerNorm normalises over the last dimension; bias may be left out.
func (c *call) layerNorm(x, scale, bias string, epsilon float32) string {
	inputs := []string{x, scale}
	if bias != "" {
		inputs = append(inputs, bias)
	}
	return c.op("LayerNormalization", inputs, onnxio.IntAttr("axis", -1), onnxio.FloatAttr("epsilon", epsilon))
}

// rmsNorm is x·scale divided by the root of the mean square over the
// dimensions from axis on.
func (c *call) rmsNorm(x, scale string, axes []int64, epsilon float64) string {
	square := c.op("ReduceMean", c.reducing(c.mul(x, x), axes), c.reducedBy(axes)...)
	root := c.one("Sqrt", c.add(square, c.k(epsilon)))
	return c.mul(c.one("Div", x, root), scale)
}

// From version 18 on, reductions other than ReduceSum take their axes as an
// input.
func (c *call) reducing(x string, axes []int64) []string {
	if c.opset < 18 {
		return []string{x}
	}
	return []string{x, c.b.Int64s(axes...)}
}

func (c *call) reducedBy(axes []int64) []*onnxio.Attribute {
	if c.opset < 18 {
		return []*onnxio.Attribute{onnxio.IntsAttr("axes", axes...)}
	}
	return nil
}

// skipLayerNorm normalises the sum of two values and, if given, a bias; its
// fourth output is the sum.
func skipLayerNorm(c *call) []string {
	sum := c.addIf(c.add(c.in(0), c.in(1)), c.optional(4))
	return []string{c.layerNorm(sum, c.in(2), c.optional(3), c.FloatOr("epsilon", 1e-12)), "", "", sum}
}

func skipRMSNorm(c *call) []string {
	sum := c.addIf(c.add(c.in(0), c.in(1)), c.optional(3))
	return []string{c.rmsNorm(sum, c.in(2), []int64{-1}, c.attr("epsilon", 1e-12)), "", "", sum}
}

func simplifiedLayerNorm(c *call) []string {
	rank := len(c.anyShape(0))
	var axes []int64
	for a := c.axisOf("axis", -1, rank); a < rank; a++ {
		axes = append(axes, int64(a))
	}
	return []string{c.rmsNorm(c.in(0), c.in(1), axes, c.attr("epsilon", 1e-5))}
}

// groupNormByGroup is GroupNormalization before version 21, whose scale and
// bias belong to groups: an InstanceNormalization of groups as channels.
func groupNormByGroup(c *call) []string {
	groups := c.IntOr("num_groups", 0)
	shape := c.one("Shape", c.in(0))
	rows := c.reshape(c.in(0), 0, groups, -1)
	y := c.op("InstanceNormalization", []string{rows, c.in(1), c.in(2)}, onnxio.FloatAttr("epsilon", c.FloatOr("epsilon", 1e-5)))
	return []string{c.one("Reshape", y, shape)}
}
