package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Every normalisation is y = scale·x̂ + bias with x̂ = (x − mean)·r, where mean
// and r = 1/√(variance + epsilon) belong to a set of elements that are
// normalised together. With g = scale·dy the cotangent of x̂,
//
//	dx = r·(g − mean(g) − x̂·mean(g·x̂))
//
// as r and the mean depend on x too.

// A standardised value: x̂ and r, which broadcasts to it, and the axes of the
// elements that were normalised together.
type standardised struct {
	x, r string
	axes []int64
	n    float64 // number of these elements
}

// standardise recomputes x̂ from x and the variance plus epsilon in two passes:
// E[x²]−mean² would cancel.
func (c *call) standardise(x string, shape []int64, axes []int64, epsilon float64) standardised {
	s := standardised{axes: axes, n: folded(shape, axes)}
	centred := c.sub(x, c.mean(x, s))
	s.r = c.reciprocal(c.sqrt(c.add(c.mean(c.square(centred), s), c.k(epsilon))))
	s.x = c.mul(centred, s.r)
	return s
}

func folded(shape, axes []int64) float64 {
	n := int64(1)
	for _, a := range axes {
		n *= shape[a]
	}
	return float64(n)
}

// mean is over the elements normalised together, their dimensions kept.
func (c *call) mean(x string, s standardised) string {
	return c.over(s.n, c.sum(x, true, s.axes...))
}

// through is dx given the cotangent g of x̂.
func (c *call) through(s standardised, g string) string {
	return c.mul(s.r, c.sub(c.sub(g, c.mean(g, s)), c.mul(s.x, c.mean(c.mul(g, s.x), s))))
}

// from lists the axes a, a+1, …, rank−1.
func from(a, rank int64) []int64 {
	var axes []int64
	for ; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}

// channelwise views one number per channel so that it broadcasts to [N,C,D…].
func (c *call) channelwise(v string) string {
	rank := int(c.rank())
	if rank <= 2 {
		return v
	}
	return c.reshape(v, append([]int64{c.inShape(0)[1]}, ones(rank-2)...)...)
}

// batchNormStatistics are the mean and the variance, [C], that the node
// normalises with: those of the batch in training mode, else those given.
func (c *call) batchNormStatistics() (mean, variance string) {
	switch {
	case !c.training():
		return c.in(3), c.in(4)
	case c.FloatOr("momentum", 0.9) == 0 && c.gives(1) && c.gives(2):
		// With momentum 0 the running statistics are those of the batch.
		return c.Outputs[1], c.Outputs[2]
	}
	n := folded(c.inShape(0), c.batchNormAxes())
	mean = c.over(n, c.perChannel(c.a))
	return mean, c.over(n, c.perChannel(c.square(c.sub(c.a, c.channelwise(mean)))))
}

func (c *call) training() bool { return c.IntOr("training_mode", 0) != 0 }

// batchNormAxes are the axes that are normalised together.
func (c *call) batchNormAxes() []int64 { return append([]int64{0}, from(2, c.rank())...) }

// batchNormInverse is 1/√(variance + epsilon), [C].
func (c *call) batchNormInverse(variance string) string {
	return c.reciprocal(c.sqrt(c.add(variance, c.k(c.attr("epsilon", 1e-5)))))
}

// normalise is scale·(x − mean)·r with r of the node's variance, in one pass:
// as another BatchNormalization. scale and mean are [C].
func (c *call) normalise(x, scale, mean, variance string) string {
	channels := c.inShape(0)[1]
	if scale == "" {
		scale = c.filled(1, channels)
	}
	return c.op("BatchNormalization", []string{x, scale, c.filled(0, channels), mean, variance},
		onnxio.FloatAttr("epsilon", c.FloatOr("epsilon", 1e-5)))
}

// batchNormSlope is Σ dy·x̂ over everything but the channels: the cotangent of
// the scale. It is wanted for that of the input too.
func (c *call) batchNormSlope() (slope, x string) {
	mean, variance := c.batchNormStatistics()
	x = c.normalise(c.a, "", mean, variance)
	return c.perChannel(c.mul(c.dy, x)), x
}

// batchNormInput: in inference mode the statistics do not depend on x. In
// training mode the scale and r belong to the whole channel, so that
//
//	dx = scale·r·(dy − mean(dy)) − x̂·scale·r·mean(dy·x̂)
//
// whose first part again is a normalisation, of dy.
func batchNormInput(c *call) string {
	_, variance := c.batchNormStatistics()
	gain := c.mul(c.b, c.batchNormInverse(variance))
	if !c.training() {
		return c.mul(c.dy, c.channelwise(gain))
	}
	n := folded(c.inShape(0), c.batchNormAxes())
	slope, x := c.batchNormSlope()
	centred := c.normalise(c.dy, c.b, c.over(n, c.perChannel(c.dy)), variance)
	return c.sub(centred, c.mul(x, c.channelwise(c.mul(gain, c.over(n, slope)))))
}

func batchNormScale(c *call) string {
	slope, _ := c.batchNormSlope()
	return slope
}

// batchNormMean and batchNormVariance: in training mode the statistics given
// do not matter for the first output.
func batchNormMean(c *call) string {
	if c.training() {
		return ""
	}
	return c.neg(c.mul(c.perChannel(c.dy), c.mul(c.b, c.batchNormInverse(c.in(4)))))
}

func batchNormVariance(c *call) string {
	if c.training() {
		return ""
	}
	slope, _ := c.batchNormSlope()
	return c.mul(slope, c.mul(c.b, c.times(-0.5, c.square(c.batchNormInverse(c.in(4))))))
}

func (c *call) layerNorm() standardised {
	axes := from(c.axis("axis", -1, c.rank()), c.rank())
	if !c.gives(1) || !c.gives(2) || c.types[c.Outputs[1]] == nil || c.types[c.Outputs[1]].Type != c.elementType() {
		return c.standardise(c.a, c.inShape(0), axes, c.attr("epsilon", 1e-5))
	}
	r := c.Outputs[2]
	return standardised{x: c.mul(c.sub(c.a, c.Outputs[1]), r), r: r, axes: axes, n: folded(c.inShape(0), axes)}
}

func layerNormInput(c *call) string { return c.through(c.layerNorm(), c.mul(c.dy, c.b)) }
func layerNormScale(c *call) string { return c.mul(c.dy, c.layerNorm().x) }

func (c *call) instanceNorm() standardised {
	return c.standardise(c.a, c.inShape(0), from(2, c.rank()), c.attr("epsilon", 1e-5))
}

func instanceNormInput(c *call) string {
	return c.through(c.instanceNorm(), c.mul(c.dy, c.channelwise(c.b)))
}

func instanceNormScale(c *call) string { return c.perChannel(c.mul(c.dy, c.instanceNorm().x)) }

// grouped is the shape in which the elements of one group of channels of one
// sample are a row.
func (c *call) grouped() []int64 {
	x, groups := c.inShape(0), c.IntOr("num_groups", 0)
	if groups < 1 {
		failf(ErrOperand, "num_groups %d", groups)
	}
	return []int64{x[0], groups, product(x[1:]) / groups}
}

func (c *call) groupNorm() standardised {
	shape := c.grouped()
	return c.standardise(c.reshape(c.a, shape...), shape, []int64{2}, c.attr("epsilon", 1e-5))
}

func groupNormInput(c *call) string {
	g := c.reshape(c.mul(c.dy, c.channelwise(c.b)), c.grouped()...)
	return c.reshape(c.through(c.groupNorm(), g), c.inShape(0)...)
}

func groupNormScale(c *call) string {
	return c.perChannel(c.mul(c.dy, c.reshape(c.groupNorm().x, c.inShape(0)...)))
}

// meanVarianceNorm has neither scale nor bias, and 1e-9 is added to the
// standard deviation, not to the variance; its share of the derivative is
// beyond every precision.
func meanVarianceNorm(c *call) string {
	axes := slices.Clone(c.IntsOr("axes", []int64{0, 2, 3}))
	for i := range axes {
		axes[i] = resolve(axes[i], c.rank())
	}
	slices.Sort(axes)
	return c.through(c.standardise(c.a, c.inShape(0), axes, 0), c.dy)
}

// RMSNormalization leaves the mean where it is: x̂ = x·r with r the inverse of
// the root of the mean square, dx = r·(g − x̂·mean(g·x̂)).
func (c *call) rmsNorm() standardised {
	axes := from(c.axis("axis", -1, c.rank()), c.rank())
	s := standardised{axes: axes, n: folded(c.inShape(0), axes)}
	s.r = c.reciprocal(c.sqrt(c.add(c.mean(c.square(c.a), s), c.k(c.attr("epsilon", 1e-5)))))
	s.x = c.mul(c.a, s.r)
	return s
}

func rmsNormInput(c *call) string {
	s, g := c.rmsNorm(), c.mul(c.dy, c.b)
	return c.mul(s.r, c.sub(g, c.mul(s.x, c.mean(c.mul(g, s.x), s))))
}

func rmsNormScale(c *call) string { return c.mul(c.dy, c.rmsNorm().x) }

// lrn: y = x·s^−β with s = bias + α/n·Σx² over a window of channels, so
// dx = dy·s^−β − 2αβ/n·x·Σ dy·y/s over the channels whose windows have x.
func lrn(c *call) string {
	n := c.IntOr("size", 1)
	alpha, beta := c.attr("alpha", 0.0001)/float64(n), c.attr("beta", 0.75)
	before, after := (n-1)/2, n/2
	s := c.add(c.k(c.attr("bias", 1)), c.times(alpha, c.neighbours(c.square(c.a), before, after)))
	through := c.neighbours(c.div(c.mul(c.dy, c.y), s), after, before)
	return c.sub(c.mul(c.dy, c.pow(s, c.k(-beta))), c.mul(c.times(2*alpha*beta, c.a), through))
}

// neighbours sums every channel with some before and after it.
func (c *call) neighbours(x string, before, after int64) string {
	begin, end := make([]int64, c.rank()), make([]int64, c.rank())
	begin[1], end[1] = before, after
	padded, channels := c.pad(x, begin, end), c.inShape(0)[1]
	sum := ""
	for k := range before + after + 1 {
		part := c.slice(padded, []int64{1}, []int64{k}, []int64{k + channels}, []int64{1})
		if sum == "" {
			sum = part
		} else {
			sum = c.add(sum, part)
		}
	}
	return sum
}

// lpNorm: y = x/n with n the norm along the axis, so dx = (dy − n'·Σ dy·y)/n,
// where n' is y for the root of squares and sign(x) for magnitudes. Where all
// elements are zero the derivative is taken to be zero.
func lpNorm(c *call) string {
	axis, n, slope := c.axis("axis", -1, c.rank()), "", ""
	switch p := c.IntOr("p", 2); p {
	case 1:
		n, slope = c.sum(c.abs(c.a), true, axis), c.sign(c.a)
	case 2:
		n, slope = c.sqrt(c.sum(c.square(c.a), true, axis)), c.y
	default:
		failf(ErrOperand, "p is %d", p)
	}
	through := c.sub(c.dy, c.mul(slope, c.sum(c.mul(c.dy, c.y), true, axis)))
	positive := c.greater(n, c.k(0))
	return c.onlyWhere(positive, c.div(through, c.where(positive, n, c.k(1))))
}
