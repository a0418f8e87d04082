package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A window is the geometry of a kernel that slides over spatial dimensions,
// as Conv and the pooling operators define it.
type window struct {
	in, out, kernel, strides, dilations, begin, end []int64
}

// window reads the geometry of a node from spatial input to spatial output;
// for ConvTranspose these change places.
func (c *call) window(in, out, kernel []int64) *window {
	n := len(in)
	w := &window{in: in, out: out, kernel: kernel}
	w.strides, w.dilations = c.IntsOr("strides", ones(n)), c.IntsOr("dilations", ones(n))
	pads := c.IntsOr("pads", make([]int64, 2*n))
	if len(out) != n || len(kernel) != n || len(w.strides) != n || len(w.dilations) != n || len(pads) != 2*n {
		failf(ErrOperand, "kernel, strides, dilations or pads do not have %d spatial dimensions", n)
	}
	w.begin, w.end = slices.Clone(pads[:n]), slices.Clone(pads[n:])
	switch auto := c.StringOr("auto_pad", "NOTSET"); auto {
	case "VALID":
		w.begin, w.end = make([]int64, n), make([]int64, n)
	case "SAME_UPPER", "SAME_LOWER":
		for i := range n {
			total := max((out[i]-1)*w.strides[i]+w.extent(i)-in[i], 0)
			w.begin[i], w.end[i] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.begin[i], w.end[i] = w.end[i], w.begin[i]
			}
		}
	}
	return w
}

func ones(n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// extent is the length that the dilated kernel covers.
func (w *window) extent(i int) int64 { return (w.kernel[i]-1)*w.dilations[i] + 1 }

// within counts the elements of window o that lie in [from, to) along
// dimension i.
func (w *window) within(i int, o, from, to int64) int64 {
	first, d := o*w.strides[i]-w.begin[i], w.dilations[i]
	before := min(max((from-first+d-1)/d, 0), w.kernel[i])
	until := min(max((to-first+d-1)/d, 0), w.kernel[i])
	return max(until-before, 0)
}

// pads are the begins and ends of all dimensions as attributes list them.
func (w *window) pads() []int64 { return slices.Concat(w.begin, w.end) }

// transposed are the pads and the output padding of the ConvTranspose that
// leads from the windows back to the input: elements that no window reached
// come back as zeros.
func (w *window) transposed() (pads, rest []int64) {
	end, rest := make([]int64, len(w.in)), make([]int64, len(w.in))
	for i := range w.in {
		over := (w.out[i]-1)*w.strides[i] + w.extent(i) - w.begin[i] - w.in[i]
		end[i], rest[i] = max(over, 0), max(-over, 0)
	}
	return slices.Concat(w.begin, end), rest
}

// unit reports whether every step is 1.
func unit(steps []int64) bool {
	return !slices.ContainsFunc(steps, func(s int64) bool { return s != 1 })
}

// tiles reports whether the windows cover the input exactly, each element
// once.
func (w *window) tiles() bool {
	for i := range w.in {
		if w.begin[i] != 0 || w.end[i] != 0 || w.strides[i] != w.kernel[i] || w.dilations[i] != 1 || w.out[i]*w.kernel[i] != w.in[i] {
			return false
		}
	}
	return true
}

// evenlyPadded reports whether all pads are the same.
func (w *window) evenlyPadded() bool {
	pads := w.pads()
	return !slices.ContainsFunc(pads, func(p int64) bool { return p != pads[0] })
}

// convAttrs are the attributes of Conv and ConvTranspose.
func convAttrs(strides, dilations, pads []int64, group int64) []*onnxio.Attribute {
	return []*onnxio.Attribute{
		onnxio.IntsAttr("strides", strides...),
		onnxio.IntsAttr("dilations", dilations...),
		onnxio.IntsAttr("pads", pads...),
		onnxio.IntAttr("group", group),
	}
}
