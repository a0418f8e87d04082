package reference

import "math"

// moments are the mean and the population variance.
func moments(x []float64) (mean, variance float64) {
	mean = average(x)
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(x))
}

// perChannel are the lanes of a value of shape [N,C,D...] that share a
// channel.
func perChannel(x *value) [][]int {
	if x.rank() < 2 {
		failf("a value of shape %v has no channels", x.shape)
	}
	in := make([]bool, x.rank())
	for i := range in {
		in[i] = i != 1
	}
	return lanes(x.shape, in)
}

// batchNormalization is scale·(X−mean)/√(var+epsilon) + B per channel. In
// training mode mean and population variance are those of X, and the running
// ones given move towards them: running·momentum + batch·(1−momentum).
func batchNormalization(c *call) []*value {
	x, scale, bias := c.input(0), c.input(1), c.input(2)
	mean, variance := c.input(3), c.input(4)
	epsilon, momentum := c.float("epsilon", 1e-5), c.float("momentum", 0.9)
	training := c.flag("training_mode", false)
	y := newValue(x.dt, x.shape)
	runningMean, runningVar := mean.clone(), variance.clone()
	for ch, lane := range perChannel(x) {
		m, v := mean.floats()[ch], variance.floats()[ch]
		if training {
			m, v = moments(at(x.floats(), lane))
			runningMean.f[ch] = mean.f[ch]*momentum + m*(1-momentum)
			runningVar.f[ch] = variance.f[ch]*momentum + v*(1-momentum)
		}
		for _, p := range lane {
			y.f[p] = scale.floats()[ch]*(x.floats()[p]-m)/math.Sqrt(v+epsilon) + bias.floats()[ch]
		}
	}
	if !training {
		return []*value{y}
	}
	return []*value{y, runningMean, runningVar}
}

// layerNormalization standardises over all dimensions from axis on, then
// multiplies by scale and adds the bias, which broadcast. It also gives mean
// and 1/√(var+epsilon).
func layerNormalization(c *call) []*value {
	x, scale := c.input(0), c.input(1)
	epsilon := c.float("epsilon", 1e-5)
	in := make([]bool, x.rank())
	for i := axis(c.int("axis", -1), x.rank()); i < x.rank(); i++ {
		in[i] = true
	}
	y := newValue(x.dt, x.shape)
	means := newValue(x.dt, reducedShape(x.shape, in, true))
	inverses := means.clone()
	for i, lane := range lanes(x.shape, in) {
		m, v := moments(at(x.floats(), lane))
		means.f[i], inverses.f[i] = m, 1/math.Sqrt(v+epsilon)
		for _, p := range lane {
			y.f[p] = (x.f[p] - m) * inverses.f[i]
		}
	}
	return []*value{affine(y, scale, c.optional(2)), means, inverses}
}

// affine is y·scale + bias with broadcasting; bias may be nil.
func affine(y, scale, bias *value) *value {
	y = combine(y, scale, func(a, b float64) float64 { return a * b }, nil)
	if bias == nil {
		return y
	}
	return combine(y, bias, func(a, b float64) float64 { return a + b }, nil)
}

// rmsNormalization divides by the root of the mean square over all dimensions
// from axis on.
func rmsNormalization(c *call) *value {
	x := c.input(0)
	epsilon := c.float("epsilon", 1e-5)
	in := make([]bool, x.rank())
	for i := axis(c.int("axis", -1), x.rank()); i < x.rank(); i++ {
		in[i] = true
	}
	y := newValue(x.dt, x.shape)
	for _, lane := range lanes(x.shape, in) {
		root := math.Sqrt(sumSquare(at(x.floats(), lane))/float64(len(lane)) + epsilon)
		for _, p := range lane {
			y.f[p] = x.f[p] / root
		}
	}
	return affine(y, c.input(1), nil)
}

// perChannelShape views one number per channel so that it broadcasts to
// [N,C,D...].
func perChannelShape(v *value, rank int) *value {
	shape := orOnes(nil, rank)
	shape[1] = v.len()
	return v.reshaped(shape)
}

// groupsOf standardises every one of the given number of groups of channels
// of every sample.
func groupsOf(x *value, groups int, epsilon float64) *value {
	if x.rank() < 3 || groups < 1 || x.shape[1]%groups != 0 {
		failf("%d groups of a value of shape %v", groups, x.shape)
	}
	y := newValue(x.dt, x.shape)
	n := x.len() / (x.shape[0] * groups)
	for i := 0; i < x.len(); i += n {
		m, v := moments(x.floats()[i : i+n])
		for j := i; j < i+n; j++ {
			y.f[j] = (x.f[j] - m) / math.Sqrt(v+epsilon)
		}
	}
	return y
}

func instanceNormalization(c *call) *value {
	x := c.input(0)
	y := groupsOf(x, x.shape[1], c.float("epsilon", 1e-5))
	return affine(y, perChannelShape(c.input(1), x.rank()), perChannelShape(c.input(2), x.rank()))
}

func groupNormalization(c *call) *value {
	x := c.input(0)
	y := groupsOf(x, c.int("num_groups", 0), c.float("epsilon", 1e-5))
	return affine(y, perChannelShape(c.input(1), x.rank()), perChannelShape(c.input(2), x.rank()))
}

// meanVarianceNormalization standardises over the given axes together; 1e-9
// is added to the standard deviation, as the definition has it.
func meanVarianceNormalization(c *call) *value {
	x := c.input(0)
	axes := c.ints("axes")
	if axes == nil {
		axes = []int{0, 2, 3}
	}
	y := newValue(x.dt, x.shape)
	for _, lane := range lanes(x.shape, axisSet(axes, x.rank())) {
		m, v := moments(at(x.floats(), lane))
		for _, p := range lane {
			y.f[p] = (x.f[p] - m) / (math.Sqrt(v) + 1e-9)
		}
	}
	return y
}

// groupNormalizationByGroup is GroupNormalization before version 21: scale and
// bias have one number for each group, not for each channel.
func groupNormalizationByGroup(c *call) *value {
	x, groups := c.input(0), c.int("num_groups", 0)
	y := groupsOf(x, groups, c.float("epsilon", 1e-5))
	n := x.len() / max(x.shape[0]*groups, 1)
	scale, bias := c.input(1), c.input(2)
	if scale.len() != groups || bias.len() != groups {
		failf("scale %v and bias %v for %d groups", scale.shape, bias.shape, groups)
	}
	for i := range y.f {
		g := i / n % groups
		y.f[i] = y.f[i]*scale.floats()[g] + bias.floats()[g]
	}
	return y
}

// lpNormalization divides by the sum of magnitudes or the root of the sum of
// squares along one axis; zeros stay.
func lpNormalization(c *call) *value {
	x := c.input(0)
	in := make([]bool, x.rank())
	in[axis(c.int("axis", -1), x.rank())] = true
	norm := l2
	switch p := c.int("p", 2); p {
	case 1:
		norm = l1
	case 2:
	default:
		failf("p is %d, need 1 or 2", p)
	}
	y := newValue(x.dt, x.shape)
	for _, lane := range lanes(x.shape, in) {
		n := norm(at(x.floats(), lane))
		for _, i := range lane {
			if n != 0 {
				y.f[i] = x.f[i] / n
			}
		}
	}
	return y
}
