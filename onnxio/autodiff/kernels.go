package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Rules of the operators of package kernels, whose gradients are operators of
// it too. Activations are channels last.
var kernelRules = ruleTable{
	{kernels.Domain, kernels.Conv, 1}:      exact(kernelConvInput, kernelConvWeight, kernelConvBias, kernelConvAdd),
	{kernels.Domain, kernels.BatchNorm, 1}: exact(kernelNormGrad(0), kernelNormGrad(1), kernelNormGrad(2), kernelNormGrad(3)),
	{kernels.Domain, kernels.MaxPool, 1}:   exact(kernelMaxPool),
	{kernels.Domain, kernels.Attention, 1}: exact(kernelAttention(0), kernelAttention(1), kernelAttention(2)),
	{kernels.Domain, kernels.LayerNorm, 1}: exact(kernelRowNorm(0), kernelRowNorm(1), kernelRowNorm(2)),
	{kernels.Domain, kernels.Gelu, 1}:      exact(func(c *call) string { return c.kernel(kernels.GeluGrad, 1, []string{c.dy, c.a})[0] }),
}

// findRule finds the rule of an operator of any domain.
func findRule(domain, name string, opset int64) (rule, bool) {
	if domain == kernels.Domain {
		return kernelRules.find(domain, name, kernels.Version)
	}
	return rules.find(domain, name, opset)
}

// An Option changes how Gradient writes derivatives.
type Option func(*emitter)

// WithKernels lets derivatives use operators of package kernels, where that is
// faster, for nodes of standard operators too. The model must import their
// domain.
func WithKernels(set kernels.Set) Option { return func(e *emitter) { e.kernels = set } }

// WithExactZeros keeps gradients of weights zero where every summand is:
// algorithms that save multiplications leave roundings there, which optimizers
// that divide by the size of a gradient make whole steps of.
func WithExactZeros(exact bool) Option { return func(e *emitter) { e.exact = exact } }

// kernel appends a node of the kernel library.
func (e *emitter) kernel(op string, outputs int, inputs []string, attrs ...*onnxio.Attribute) []string {
	return e.opsOf(kernels.Domain, op, outputs, inputs, attrs...)
}

// reluGrad keeps x where y is positive and is zero elsewhere, in one pass.
func (e *emitter) reluGrad(x, y string) string {
	return e.kernel(kernels.ReluGrad, 1, []string{x, y})[0]
}

func (c *call) fused() bool { return c.IntOr("relu", 0) != 0 }

// beforeRelu is the cotangent of what goes into the Relu at the end of a
// kernel, if it has one.
func (c *call) beforeRelu() string {
	if !c.fused() || c.positive[c.dy] == c.y {
		return c.dy
	}
	return c.reluGrad(c.dy, c.y)
}

// geometry are the attributes named, as the node has them.
func (c *call) geometry(names ...string) []*onnxio.Attribute {
	var attrs []*onnxio.Attribute
	for _, name := range names {
		if a := c.Attr(name); a != nil {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// inputSizes are the attributes that say what size the input had.
func (c *call) inputSizes() []*onnxio.Attribute {
	spatial := c.inShape(0)[1 : c.rank()-1]
	attrs := []*onnxio.Attribute{onnxio.IntAttr("width", spatial[len(spatial)-1])}
	if len(spatial) > 1 {
		attrs = append(attrs, onnxio.IntAttr("height", spatial[0]))
	}
	return attrs
}

func kernelConvInput(c *call) string {
	attrs := append(c.geometry("strides", "pads", "dilations", "group", "direct"), c.inputSizes()...)
	return c.kernel(kernels.ConvGradInput, 1, []string{c.beforeRelu(), c.b}, attrs...)[0]
}

// convWeightGrad gives the cotangents of the weights and of the bias, if there
// is one.
func (c *call) convWeightGrad() []string {
	attrs := append(c.geometry("strides", "pads", "dilations", "group", "direct"), onnxio.IntsAttr("kernel", c.inShape(1)[2:]...))
	if c.exact {
		attrs = append(attrs, onnxio.IntAttr("exact", 1))
	}
	outputs := 1
	if c.has(2) {
		outputs = 2
	}
	return c.kernel(kernels.ConvGradWeight, outputs, []string{c.a, c.beforeRelu()}, attrs...)
}

func kernelConvWeight(c *call) string { return c.convWeightGrad()[0] }
func kernelConvBias(c *call) string   { return c.convWeightGrad()[1] }
func kernelConvAdd(c *call) string    { return c.beforeRelu() }

// kernelNormGrad gives the cotangent of one input of BatchNorm.
func kernelNormGrad(input int) vjp {
	return func(c *call) string {
		relu := c.fused() && c.positive[c.dy] != c.y
		y, outputs := "", 3
		if relu {
			y = c.y
			if c.has(3) {
				outputs = 4
			}
		}
		if input == 3 && !relu {
			return c.dy
		}
		return c.kernel(kernels.BatchNormGrad, outputs,
			[]string{c.dy, c.a, y, c.b, c.Outputs[1], c.Outputs[3]}, onnxio.IntAttr("relu", truth(relu)))[input]
	}
}

func kernelMaxPool(c *call) string {
	// The index has no place in windows without a positive element, so that the
	// mask of the Relu before is in it.
	dy, masked := c.dy, c.fused() && c.afterRelu()
	attrs := append(c.geometry("strides", "pads", "dilations", "kernel", "ties", "relu"), c.inputSizes()...)
	dx := c.kernel(kernels.MaxPoolGrad, 1, []string{dy, c.Outputs[1]}, attrs...)[0]
	if masked {
		c.positive[dx] = c.a
	}
	return dx
}

// kernelAttention gives the cotangent of one input of Attention.
func kernelAttention(input int) vjp {
	return func(c *call) string {
		return c.kernel(kernels.AttentionGrad, len(c.Inputs), append([]string{c.dy, c.Outputs[1]}, c.Inputs...), c.geometry("scale")...)[input]
	}
}

// kernelRowNorm gives the cotangent of one input of LayerNorm.
func kernelRowNorm(input int) vjp {
	return func(c *call) string {
		return c.kernel(kernels.LayerNormGrad, 3, []string{c.dy, c.a, c.b, c.Outputs[1], c.Outputs[2]})[input]
	}
}

// softmaxGrad is the cotangent of what goes into a Softmax over the last
// dimension, if a kernel computes it.
func (c *call) softmaxGrad(axis int64) (dx string, ok bool) {
	if !c.kernels.Has(kernels.SoftmaxGrad) || axis != c.rank()-1 || c.elementType() != onnxio.Float32 {
		return "", false
	}
	return c.kernel(kernels.SoftmaxGrad, 1, []string{c.dy, c.y})[0], true
}

// endsInRelu reports whether a node gives the result of a Relu as its first
// output.
func endsInRelu(n *onnxio.Node) bool {
	return n.OpName() == "Relu" || n.Domain == kernels.Domain && n.IntOr("relu", 0) != 0 &&
		slices.Contains([]string{kernels.Conv, kernels.BatchNorm}, n.Op)
}
