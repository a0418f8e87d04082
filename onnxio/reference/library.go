package reference

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// library has the operators of package kernels, in the order of its
// documentation: what the library must compute, written in the operators that
// it replaces wherever there is one.
var library = map[string]kernel{
	"Conv":           one(libraryConv),
	"ConvGradInput":  one(convGradInput),
	"ConvGradWeight": convGradWeight,
	"BatchNorm":      batchNorm,
	"BatchNormGrad":  batchNormGrad,
	"MaxPool":        libraryMaxPool,
	"MaxPoolGrad":    one(maxPoolGrad),
	"ReluGrad":       one(func(c *call) *value { return positivePart(c.input(0), c.input(1)) }),
	"Gemm":           libraryGemm,
	"Gelu":           one(func(c *call) *value { return mapped(c.input(0), func(x float64) float64 { return x * normalCDF(x) }) }),
	"GeluGrad":       one(geluGrad),
	"Attention":      attention,
	"AttentionGrad":  attentionGrad,
	"LayerNorm":      libraryLayerNorm,
	"LayerNormGrad":  layerNormGrad,
	"SoftmaxGrad":    one(softmaxGrad),
	"SGD":            update(2, sgd),
	"AdamW":          update(3, adamW),
	"Adagrad":        update(2, adagrad),
	"SumSquares":     one(func(c *call) *value { return floatValue(onnxio.Float32, []int{1}, []float64{sumSquares(c.present())}) }),
}

// channelsFirst is a value [N,D...,C] as [N,C,D...].
func channelsFirst(v *value) *value {
	perm := []int{0, v.rank() - 1}
	for i := 1; i < v.rank()-1; i++ {
		perm = append(perm, i)
	}
	return permuted(v, perm)
}

// channelsLast is a value [N,C,D...] as [N,D...,C].
func channelsLast(v *value) *value {
	perm := []int{0}
	for i := 2; i < v.rank(); i++ {
		perm = append(perm, i)
	}
	return permuted(v, append(perm, 1))
}

// with is the same node on other inputs, less attributes that mean something
// else to the operator that it stands for.
func (c *call) with(inputs ...*value) *call {
	n := c.Node.Clone()
	n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "kernel" })
	return &call{Node: n, in: inputs}
}

// positivePart is x where y is positive, and zero elsewhere.
func positivePart(x, y *value) *value {
	masked := x.clone()
	for i, v := range y.floats() {
		if !(v > 0) {
			masked.f[i] = 0
		}
	}
	return masked
}

// finish adds a value of the same shape, if there is one, and applies Relu if
// the attribute asks for it.
func (c *call) finish(y, add *value) *value {
	for i := range y.f {
		if add != nil {
			y.f[i] += add.floats()[i]
		}
		if c.flag("relu", false) {
			y.f[i] = max(y.f[i], 0)
		}
	}
	return y
}

func libraryConv(c *call) *value {
	y := conv(c.with(channelsFirst(c.input(0)), c.input(1), c.optional(2)))
	if c.flag("pool", false) {
		y = halved(y)
	}
	return c.finish(channelsLast(y), c.optional(3))
}

// halved is the largest of windows of 2×2, or 2 in a series, that follow on each
// other.
func halved(x *value) *value {
	out := slices.Clone(x.shape)
	kernel := slices.Repeat([]int{2}, x.rank()-2)
	w := &window{in: x.shape[2:], kernel: kernel, strides: kernel, dilations: slices.Repeat([]int{1}, len(kernel)), begin: make([]int, len(kernel)), end: make([]int, len(kernel))}
	for i := range kernel {
		out[i+2] /= 2
	}
	w.out = out[2:]
	taps := w.taps()
	count, spatial := planes(x)
	y := newValue(x.dt, out)
	for p := range count {
		for o, row := range taps {
			best := math.Inf(-1)
			for _, t := range row {
				best = max(best, x.floats()[p*spatial+t])
			}
			y.f[p*len(taps)+o] = best
		}
	}
	return y
}

// slides is the window of a node over a spatial shape.
func (c *call) slides(in, kernel []int) *window {
	w := newWindow(c.with(), in, kernel)
	w.slide("NOTSET", false)
	return w
}

// spatialSizes are the sizes that attributes give, one or two.
func (c *call) spatialSizes(n int) []int {
	return []int{c.int("height", 1), c.int("width", 1)}[2-n:]
}

// convGradInput is the adjoint of the convolution by its input.
func convGradInput(c *call) *value {
	dy, w := channelsFirst(c.input(0)), c.input(1)
	groups := c.int("group", 1)
	in := c.spatialSizes(dy.rank() - 2)
	taps, spatial := c.slides(in, w.shape[2:]).taps(), size(in)
	batch, maps, perGroup, kernel := dy.shape[0], dy.shape[1], w.shape[1], size(w.shape[2:])
	dx := newValue(dy.dt, append([]int{batch, perGroup * groups}, in...))
	for n := range batch {
		for m := range maps {
			for ch := range perGroup {
				plane := dx.f[(n*perGroup*groups+m/(maps/groups)*perGroup+ch)*spatial:]
				for o, row := range taps {
					for k, p := range row {
						if p >= 0 {
							plane[p] += w.floats()[(m*perGroup+ch)*kernel+k] * dy.floats()[(n*maps+m)*len(taps)+o]
						}
					}
				}
			}
		}
	}
	return channelsLast(dx)
}

// convGradWeight is the adjoint of the convolution by its weights, and the
// sums of the cotangent over all but the channels.
func convGradWeight(c *call) []*value {
	x, dy := channelsFirst(c.input(0)), channelsFirst(c.input(1))
	groups, kernel := c.int("group", 1), c.ints("kernel")
	taps, spatial := c.slides(x.shape[2:], kernel).taps(), size(x.shape[2:])
	batch, channels, maps := x.shape[0], x.shape[1], dy.shape[1]
	perGroup := channels / groups
	dw, dbias := newValue(x.dt, append([]int{maps, perGroup}, kernel...)), newValue(x.dt, []int{maps})
	for n := range batch {
		for m := range maps {
			cotangent := dy.floats()[(n*maps+m)*len(taps):][:len(taps)]
			for _, v := range cotangent {
				dbias.f[m] += v
			}
			for ch := range perGroup {
				plane := x.floats()[(n*channels+m/(maps/groups)*perGroup+ch)*spatial:][:spatial]
				sums := dw.f[(m*perGroup+ch)*size(kernel):]
				for o, row := range taps {
					for k, p := range row {
						if p >= 0 {
							sums[k] += plane[p] * cotangent[o]
						}
					}
				}
			}
		}
	}
	return []*value{dw, dbias}
}

// byChannel are the positions of every channel of a value whose channels are
// the last dimension.
func byChannel(x *value) [][]int {
	channels := x.shape[x.rank()-1]
	all := make([][]int, channels)
	for i := range x.len() {
		all[i%channels] = append(all[i%channels], i)
	}
	return all
}

func batchNorm(c *call) []*value {
	x, scale, bias := c.input(0), c.input(1), c.input(2)
	channels := byChannel(x)
	y := newValue(x.dt, x.shape)
	mean, variance, inverse := newValue(x.dt, []int{len(channels)}), newValue(x.dt, []int{len(channels)}), newValue(x.dt, []int{len(channels)})
	for ch, at := range channels {
		var elements []float64
		for _, p := range at {
			elements = append(elements, x.floats()[p])
		}
		mean.f[ch], variance.f[ch] = moments(elements)
		inverse.f[ch] = 1 / math.Sqrt(variance.f[ch]+c.float("epsilon", 1e-5))
		for _, p := range at {
			y.f[p] = (x.f[p]-mean.f[ch])*inverse.f[ch]*scale.floats()[ch] + bias.floats()[ch]
		}
	}
	return []*value{c.finish(y, c.optional(3)), mean, variance, inverse}
}

// batchNormGrad: dx = scale·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
func batchNormGrad(c *call) []*value {
	dy, x, scale, mean, inverse := c.input(0), c.input(1), c.input(3), c.input(4), c.input(5)
	if c.flag("relu", false) {
		dy = positivePart(dy, c.input(2))
	}
	channels := byChannel(x)
	dx := newValue(x.dt, x.shape)
	dscale, dbias := newValue(x.dt, []int{len(channels)}), newValue(x.dt, []int{len(channels)})
	for ch, at := range channels {
		normed := func(p int) float64 { return (x.floats()[p] - mean.floats()[ch]) * inverse.floats()[ch] }
		for _, p := range at {
			dscale.f[ch] += dy.floats()[p] * normed(p)
			dbias.f[ch] += dy.f[p]
		}
		n := float64(len(at))
		for _, p := range at {
			dx.f[p] = scale.floats()[ch] * inverse.f[ch] * (dy.f[p] - dbias.f[ch]/n - normed(p)*dscale.f[ch]/n)
		}
	}
	return []*value{dx, dscale, dbias, dy}
}

func libraryMaxPool(c *call) []*value {
	x := channelsFirst(c.input(0))
	win := c.slides(x.shape[2:], c.ints("kernel"))
	taps := win.taps()
	count, spatial := planes(x)
	y := newValue(x.dt, append([]int{x.shape[0], x.shape[1]}, win.out...))
	index := &value{dt: onnxio.Uint8, shape: y.shape, i: make([]int64, y.len())}
	for p := range count {
		plane := x.floats()[p*spatial:][:spatial]
		for o, row := range taps {
			best := math.Inf(-1)
			for _, t := range row {
				if t >= 0 {
					best = max(best, plane[t])
				}
			}
			at := p*len(taps) + o
			y.f[at] = best
			if c.flag("relu", false) && !(best > 0) {
				if !c.flag("ties", false) {
					index.i[at] = math.MaxUint8
				}
				continue
			}
			for k, t := range slices.Backward(row) {
				switch {
				case t < 0 || plane[t] != best:
				case c.flag("ties", false):
					index.i[at] |= 1 << k
				default:
					index.i[at] = int64(k)
				}
			}
			if c.flag("relu", false) && best <= 0 {
				index.i[at] = 0
				if !c.flag("ties", false) {
					index.i[at] = 255
				}
			}
		}
	}
	return []*value{channelsLast(y), channelsLast(index)}
}

func maxPoolGrad(c *call) *value {
	dy, index := channelsFirst(c.input(0)), channelsFirst(c.input(1))
	in := c.spatialSizes(dy.rank() - 2)
	taps, spatial := c.slides(in, c.ints("kernel")).taps(), size(in)
	dx := newValue(dy.dt, append([]int{dy.shape[0], dy.shape[1]}, in...))
	count, _ := planes(dy)
	for p := range count {
		for o, row := range taps {
			at := p*len(taps) + o
			var places []int
			for k := range row {
				if c.flag("ties", false) && index.i[at]>>k&1 == 1 || !c.flag("ties", false) && int64(k) == index.i[at] {
					places = append(places, k)
				}
			}
			for _, k := range places {
				dx.f[p*spatial+row[k]] += dy.floats()[at] / float64(len(places))
			}
		}
	}
	return channelsLast(dx)
}

func mapped(v *value, f func(float64) float64) *value {
	y := v.clone()
	for i, x := range v.floats() {
		y.f[i] = f(x)
	}
	return y
}

func geluGrad(c *call) *value {
	dx := mapped(c.input(1), func(x float64) float64 { return normalCDF(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi) })
	for i, dy := range c.input(0).floats() {
		dx.f[i] *= dy
	}
	return dx
}

// libraryGemm gives the sums of a's columns too.
func libraryGemm(c *call) []*value {
	y := c.finish(gemm(c.with(c.in...)), nil)
	a := c.input(0)
	if len(c.Outputs) < 2 {
		return []*value{y}
	}
	columns := a.shape[1]
	sums := newValue(a.dt, []int{columns})
	for i, v := range a.floats() {
		sums.f[i%columns] += v
	}
	return []*value{y, sums}
}

// rowsOf calls f for the place of every row of x, the last dimension.
func rowsOf(x *value, f func(row, at, width int)) {
	width := x.shape[len(x.shape)-1]
	for row := range x.len() / max(width, 1) {
		f(row, row*width, width)
	}
}

// libraryLayerNorm is over the last dimension.
func libraryLayerNorm(c *call) []*value {
	x, scale, bias, epsilon := c.input(0), c.input(1), c.input(2), c.float("epsilon", 1e-5)
	moments := slices.Clone(x.shape)
	moments[len(moments)-1] = 1
	y, mean, inverse := newValue(x.dt, x.shape), newValue(x.dt, moments), newValue(x.dt, moments)
	rowsOf(x, func(row, at, width int) {
		m, variance := 0.0, 0.0
		for _, v := range x.floats()[at:][:width] {
			m += v / float64(width)
		}
		for _, v := range x.floats()[at:][:width] {
			variance += (v - m) * (v - m) / float64(width)
		}
		r := 1 / math.Sqrt(variance+epsilon)
		for i := range width {
			y.f[at+i] = (x.floats()[at+i]-m)*r*scale.floats()[i] + bias.floats()[i]
		}
		mean.f[row], inverse.f[row] = m, r
	})
	return []*value{y, mean, inverse}
}

// softmaxGrad: dx = y·(dy − Σ dy·y), over the last dimension.
func softmaxGrad(c *call) *value {
	dy, y := c.input(0).floats(), c.input(1)
	dx := y.clone()
	rowsOf(y, func(_, at, width int) {
		sum := 0.0
		for i := range width {
			sum += dy[at+i] * y.floats()[at+i]
		}
		for i := range width {
			dx.f[at+i] = y.floats()[at+i] * (dy[at+i] - sum)
		}
	})
	return dx
}

// layerNormGrad: with g = scale·dy, dx = r·(g − mean(g) − x̂·mean(g·x̂)).
func layerNormGrad(c *call) []*value {
	dy, x, scale, mean, inverse := c.input(0), c.input(1), c.input(2), c.input(3), c.input(4)
	dx, dscale, dbias := newValue(x.dt, x.shape), newValue(x.dt, scale.shape), newValue(x.dt, scale.shape)
	width := scale.len()
	for row := range x.len() / width {
		at, r := row*width, inverse.floats()[row]
		normed := func(i int) float64 { return (x.floats()[at+i] - mean.floats()[row]) * r }
		var g, gx float64
		for i := range width {
			d := dy.floats()[at+i]
			dscale.f[i] += d * normed(i)
			dbias.f[i] += d
			g += d * scale.floats()[i] / float64(width)
			gx += d * scale.f[i] * normed(i) / float64(width)
		}
		for i := range width {
			dx.f[at+i] = r * (dy.f[at+i]*scale.f[i] - g - normed(i)*gx)
		}
	}
	return []*value{dx, dscale, dbias}
}

func sumSquares(values []*value) (sum float64) {
	for _, v := range values {
		for _, x := range v.floats() {
			sum += x * x
		}
	}
	return sum
}

// update is an optimizer: rule computes the next value of one element from its
// parameter, gradient and state, to which it hands what the settings say.
func update(settings int, rule func(c *call) func(p, g float64, state []*float64) float64) kernel {
	return func(c *call) []*value {
		count := c.int("count", 0)
		lists := c.present()[settings:]
		clip := c.input(1).scalar()
		next := rule(c)
		params, grads, states := lists[:count], lists[count:2*count], lists[2*count:]
		outputs := []*value{floatValue(onnxio.Float32, []int{1}, []float64{sumSquares(grads)})}
		for _, v := range slices.Concat(params, states) {
			outputs = append(outputs, v.clone())
		}
		for i, g := range grads {
			for j := range g.f {
				var state []*float64
				for at := 1 + count + i; at < len(outputs); at += count {
					state = append(state, &outputs[at].f[j])
				}
				p := &outputs[1+i].f[j]
				*p = next(*p, g.f[j]*clip, state)
			}
		}
		return outputs
	}
}

func sgd(c *call) func(p, g float64, state []*float64) float64 {
	rate, momentum, decay := c.input(0).scalar(), c.float("momentum", 0), c.float("decay", 0)
	return func(p, g float64, state []*float64) float64 {
		g += decay * p
		if len(state) > 0 {
			v := momentum**state[0] + g
			*state[0] = v
			if c.flag("nesterov", false) {
				v = g + momentum*v
			}
			g = v
		}
		return p - rate*g
	}
}

func adamW(c *call) func(p, g float64, state []*float64) float64 {
	rate, step := c.input(0).scalar(), c.input(2).scalar()
	b1, b2, decay := c.float("beta1", 0.9), c.float("beta2", 0.999), c.float("decay", 0)
	r1, r2 := (1-math.Pow(b1, step))/(1-b1), (1-math.Pow(b2, step))/(1-b2)
	scaled, offset := rate*math.Sqrt(r2)/r1, c.float("epsilon", 1e-8)*math.Sqrt(r2)
	return func(p, g float64, state []*float64) float64 {
		keep := 1 - rate*decay
		if c.flag("coupled", false) {
			g, keep = g+decay*p, 1
		}
		*state[0] = b1**state[0] + g
		*state[1] = b2**state[1] + g*g
		return keep*p - scaled**state[0]/(math.Sqrt(*state[1])+offset)
	}
}

func adagrad(c *call) func(p, g float64, state []*float64) float64 {
	rate, epsilon, decay := c.input(0).scalar(), c.float("epsilon", 1e-10), c.float("decay", 0)
	return func(p, g float64, state []*float64) float64 {
		g += decay * p
		*state[0] += g * g
		return p - rate*g/(math.Sqrt(*state[0])+epsilon)
	}
}
