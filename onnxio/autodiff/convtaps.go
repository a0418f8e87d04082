package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Bounds of the pieces of the input that a weight gradient is made of: of the
// elements, or strides, of a kernel in one dimension, and of those of one in
// several, where it pays for no more channels than an image has.
const (
	maxTaps          = 8
	maxImageTaps     = 25
	maxImageChannels = 3
)

// weightGradientByTaps is the weight gradient of an ungrouped convolution as one
// matrix product over all samples and positions:
//
//	dy [N,M,out…]  as [M, N·out]
//	x  [N,C,in…]   as [K·C, N·out]: for every tap k, an element of the kernel,
//	               the elements that it meets
//	result            [M, K·C], put in order as [M,C,k…]
//
// To move the batch inwards copies whole rows, where the general form turns
// every sample's channels inside out, element by element. Where a kernel in one
// dimension strides, a tap is as wide as the stride, see strideTaps. ok is false
// where there would be too many taps.
func (c *call) weightGradientByTaps(x string, xShape []int64, dy string, dyShape []int64, w *window) (gradient string, ok bool) {
	rank, taps := len(w.in), product(w.kernel)
	batch, channels, maps := xShape[0], xShape[1], dyShape[1]
	wide := rank == 1 && w.strides[0] > 1 && w.dilations[0] == 1
	if wide {
		taps = (w.kernel[0] + w.strides[0] - 1) / w.strides[0]
	}
	switch {
	case c.groups() != 1,
		rank == 1 && taps > maxTaps,
		rank > 1 && (taps > maxImageTaps || channels > maxImageChannels):
		return "", false
	}
	positions := product(w.out)
	dy = c.reshape(c.transpose(c.reshape(dy, batch, maps, positions), 1, 0, 2), maps, batch*positions)
	if wide {
		return c.strideTaps(x, batch, channels, dy, maps, taps, w), true
	}
	all := c.reshape(c.join(c.taps(x, w), 0), taps*channels, batch*positions)
	g := c.transpose(c.reshape(c.gemm(dy, false, all, true, 1), maps, taps, channels), 0, 2, 1)
	return c.reshape(g, slices.Concat([]int64{maps, channels}, w.kernel)...), true
}

// taps are, for every element of the kernel, the elements of x [N,C,in…] that
// it meets, [C,N,out…].
func (c *call) taps(x string, w *window) []string {
	rank := len(w.in)
	begin, end, perm := []int64{0, 0}, []int64{0, 0}, []int64{1, 0}
	axes := make([]int64, rank)
	for i := range rank {
		length := (w.out[i]-1)*w.strides[i] + w.extent(i)
		begin, end = append(begin, w.begin[i]), append(end, length-w.in[i]-w.begin[i])
		axes[i], perm = int64(i+2), append(perm, int64(i+2))
	}
	x = c.pad(c.transpose(x, perm...), begin, end)
	taps := make([]string, product(w.kernel))
	for k := range taps {
		from, to := make([]int64, rank), make([]int64, rank)
		rest := int64(k)
		for i := rank - 1; i >= 0; i-- {
			from[i] = rest % w.kernel[i] * w.dilations[i]
			to[i] = from[i] + (w.out[i]-1)*w.strides[i] + 1
			rest /= w.kernel[i]
		}
		taps[k] = x
		if len(taps) > 1 || !unit(w.strides) {
			taps[k] = c.slice(x, axes, from, to, w.strides)
		}
	}
	return taps
}

// strideTaps is that for a kernel that strides by s without dilation, as long
// as a number of strides, to which it is filled up. Cut into frames of s
// elements, tap k of position o is frame o+k:
//
//	dy [M, N·out]
//	x  [N,C,in]   as [N·out, K/s·C·s]
//	result           [M, K/s·C·s], put in order as [M,C,K]
func (c *call) strideTaps(x string, batch, channels int64, dy string, maps, taps int64, w *window) string {
	stride, out := w.strides[0], w.out[0]
	frames := out + taps - 1
	x = c.pad(x, []int64{0, 0, w.begin[0]}, []int64{0, 0, frames*stride - w.in[0] - w.begin[0]})
	if channels > 1 {
		x = c.transpose(c.reshape(x, batch, channels, frames, stride), 0, 2, 1, 3)
	}
	x = c.reshape(x, batch, frames, channels*stride)
	columns := make([]string, taps)
	for k := range taps {
		columns[k] = x
		if taps > 1 {
			columns[k] = c.slice(x, []int64{1}, []int64{k}, []int64{k + out}, []int64{1})
		}
	}
	all := c.reshape(c.join(columns, 2), batch*out, taps*channels*stride)
	g := c.reshape(c.gemm(dy, false, all, false, 1), maps, taps, channels, stride)
	if channels > 1 && taps > 1 {
		g = c.transpose(g, 0, 2, 1, 3)
	}
	g = c.reshape(g, maps, channels, taps*stride)
	if taps*stride != w.kernel[0] {
		g = c.slice(g, []int64{2}, []int64{0}, w.kernel, []int64{1})
	}
	return g
}

// join concatenates along an axis.
func (c *call) join(parts []string, axis int64) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return c.op("Concat", parts, onnxio.IntAttr("axis", axis))
}
