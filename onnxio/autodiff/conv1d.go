package autodiff

import "github.com/sharewise/sharewise/onnxio"

// maxTaps bounds the pieces of the input that the weight gradient of a
// convolution in one dimension is made of.
const maxTaps = 8

// weightGradient1D is the weight gradient of an ungrouped convolution in one
// dimension as one matrix product over all samples and positions:
//
//	dy [N,M,out]  as [M, N·out]
//	x  [N,C,in]   as [K·C, N·out]: for every tap k the elements that it meets
//	result           [M, K·C], put in order as [M,C,K]
//
// To move the batch inwards copies whole rows, where the general form turns
// every sample's channels inside out, element by element. Where the kernel
// strides, a tap is as wide as the stride, see strideTaps. ok is false where
// there would be too many taps.
func (c *call) weightGradient1D(x string, xShape []int64, dy string, dyShape []int64, w *window) (gradient string, ok bool) {
	if len(w.in) != 1 || c.groups() != 1 {
		return "", false
	}
	batch, channels, maps := xShape[0], xShape[1], dyShape[1]
	wide := w.strides[0] > 1 && w.dilations[0] == 1
	taps := w.kernel[0]
	if wide {
		taps = (w.kernel[0] + w.strides[0] - 1) / w.strides[0]
	}
	if taps > maxTaps {
		return "", false
	}
	dy = c.reshape(c.transpose(dy, 1, 0, 2), maps, batch*w.out[0])
	if wide {
		return c.strideTaps(x, batch, channels, dy, maps, taps, w), true
	}
	length := (w.out[0]-1)*w.strides[0] + w.extent(0)
	x = c.pad(c.transpose(x, 1, 0, 2), []int64{0, 0, w.begin[0]}, []int64{0, 0, length - w.in[0] - w.begin[0]})
	rows := make([]string, taps)
	for k := range taps {
		from := k * w.dilations[0]
		rows[k] = x
		if taps > 1 || w.strides[0] > 1 {
			rows[k] = c.slice(x, []int64{2}, []int64{from}, []int64{from + (w.out[0]-1)*w.strides[0] + 1}, w.strides)
		}
	}
	all := c.reshape(c.join(rows, 0), taps*channels, batch*w.out[0])
	g := c.gemm(dy, false, all, true, 1)
	return c.transpose(c.reshape(g, maps, taps, channels), 0, 2, 1), true
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
