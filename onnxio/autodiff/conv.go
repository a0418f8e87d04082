package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Conv is Y[n,m,o] = Σ X[n,c,o·s+k·d−p]·W[m,c,k] + B[m], with X [N,C,in…],
// W [M,C/G,kernel…] and Y [N,M,out…].

func (c *call) convWindow() *window {
	return c.window(c.inShape(0)[2:], c.yShape()[2:], c.inShape(1)[2:])
}

func (c *call) groups() int64 { return c.IntOr("group", 1) }

// convInput is the transposed convolution of dY. At stride 1 that is a
// convolution with the flipped weight whose channels are transposed, which
// ONNX Runtime runs faster than ConvTranspose.
func convInput(c *call) string {
	w := c.convWindow()
	begin, end := make([]int64, len(w.in)), make([]int64, len(w.in))
	direct := unit(w.strides)
	for i := range w.in {
		begin[i], end[i] = w.extent(i)-1-w.begin[i], w.extent(i)-1-w.end[i]
		direct = direct && begin[i] >= 0 && end[i] >= 0
	}
	if direct {
		return c.op("Conv", []string{c.dy, c.flippedWeight()}, convAttrs(w.strides, w.dilations, slices.Concat(begin, end), c.groups())...)
	}
	pads, rest := w.transposed()
	attrs := append(convAttrs(w.strides, w.dilations, pads, c.groups()), onnxio.IntsAttr("output_padding", rest...))
	return c.op("ConvTranspose", []string{c.dy, c.b}, attrs...)
}

// flippedWeight is W [M,C/G,k…] with its kernels turned round and its channels
// transposed within every group: [C,M/G,k…].
func (c *call) flippedWeight() string {
	shape, groups := c.inShape(1), c.groups()
	maps, channels, kernel := shape[0], shape[1], shape[2:]
	weight := c.b
	if product(kernel) > 1 {
		spatial := make([]int64, len(kernel))
		for i := range spatial {
			spatial[i] = int64(i + 2)
		}
		weight = c.flip(weight, spatial...)
	}
	perm := []int64{1, 0}
	if groups > 1 {
		weight = c.reshape(weight, slices.Concat([]int64{groups, maps / groups, channels}, kernel)...)
		perm = []int64{0, 2, 1}
	}
	for range kernel {
		perm = append(perm, int64(len(perm)))
	}
	weight = c.transpose(weight, perm...)
	if groups > 1 {
		weight = c.reshape(weight, slices.Concat([]int64{groups * channels, maps / groups}, kernel)...)
	}
	return weight
}

func convWeight(c *call) string {
	return c.weightGradient(c.a, c.inShape(0), c.dy, c.yShape(), c.convWindow())
}

// weightGradient is Σ over n and o of x[n,c,o·s+k·d−p]·dy[n,m,o], shaped
// [M,C/G,k…]: a convolution of x with dy as its weight in which strides and
// dilations change places. It is written as one convolution with a group for
// every sample and group, whose "batch" is 1 and whose innermost spatial
// dimension are the channels:
//
//	x  [N,C,in…]   as [1, N·G, in…, C/G]
//	dy [N,M,out…]  as [N·M, 1, out…, 1]
//	result            [1, N·M, k…, C/G], to be summed over N
//
// It takes ONNX Runtime a third of the time of the textbook form, which
// transposes batch and channels of both operands. x is transposed as a batch of
// matrices [C/G, in…], for which ONNX Runtime has a fast path.
func (c *call) weightGradient(x string, xShape []int64, dy string, dyShape []int64, w *window) string {
	if g, ok := c.weightGradientByTaps(x, xShape, dy, dyShape, w); ok {
		return g
	}
	batch, channels, maps, groups := xShape[0], xShape[1], dyShape[1], c.groups()
	perGroup, rank := channels/groups, len(w.in)

	x = c.transpose(c.reshape(x, batch*groups, perGroup, product(w.in)), 0, 2, 1)
	x = c.reshape(x, slices.Concat([]int64{1, batch * groups}, w.in, []int64{perGroup})...)
	dy = c.reshape(dy, slices.Concat([]int64{batch * maps, 1}, w.out, []int64{1})...)

	begin, end := append(slices.Clone(w.begin), 0), append(slices.Clone(w.end), 0)
	g := c.op("Conv", []string{x, dy}, convAttrs(
		append(slices.Clone(w.dilations), 1),
		append(slices.Clone(w.strides), 1),
		slices.Concat(begin, end), batch*groups)...)

	// Where the stride leaves elements over at the end, the convolution finds
	// more places for dy than the kernel has elements.
	full := make([]int64, rank)
	var axes, ends []int64
	for i := range rank {
		full[i] = (w.in[i]+w.begin[i]+w.end[i]-(w.out[i]-1)*w.strides[i]-1)/w.dilations[i] + 1
		if full[i] != w.kernel[i] {
			axes, ends = append(axes, int64(i+2)), append(ends, w.kernel[i])
		}
	}
	if axes != nil {
		g = c.slice(g, axes, make([]int64, len(axes)), ends, ones(len(axes)))
	}
	g = c.sum(c.reshape(g, slices.Concat([]int64{batch, maps}, w.kernel, []int64{perGroup})...), false, 0)

	// [M,k…,C/G] -> [M,C/G,k…].
	perm := []int64{0, int64(rank + 1)}
	for i := range rank {
		perm = append(perm, int64(i+1))
	}
	return c.transpose(g, perm...)
}

// bias: what is added to every element of a channel gets the sum of the
// channel's cotangents.
func bias(c *call) string { return c.perChannel(c.dy) }

// perChannel sums a value [N,C,D…] down to [C].
func (c *call) perChannel(x string) string {
	axes := []int64{0}
	for i := 2; i < len(c.yShape()); i++ {
		axes = append(axes, int64(i))
	}
	return c.sum(x, false, axes...)
}
