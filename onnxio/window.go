package onnxio

import "fmt"

// window is how a kernel slides over the spatial dimensions of an input
// [N, C, spatial...]: the attributes that convolutions and pools share.
type window struct {
	kernel, strides, dilations []int64
	begin, end                 []int64 // padding
	same                       bool    // auto_pad SAME_*: padding follows from the input
	ceil                       bool
}

// window reads the attributes of a node with the given kernel, which has one
// size per spatial dimension.
func (c *call) window(kernel []int64) (*window, error) {
	n := len(kernel)
	w := &window{kernel: kernel, ceil: c.node.IntOr("ceil_mode", 0) != 0}
	var pads []int64
	for _, a := range []struct {
		name  string
		value *[]int64
		def   int64
		n     int
	}{
		{"strides", &w.strides, 1, n},
		{"dilations", &w.dilations, 1, n},
		{"pads", &pads, 0, 2 * n},
	} {
		v := c.node.IntsOr(a.name, nil)
		if c.node.typed(a.name, AttrInts) == nil {
			v = make([]int64, a.n)
			for i := range v {
				v[i] = a.def
			}
		}
		if len(v) != a.n {
			return nil, fmt.Errorf("attribute %s has %d numbers, need %d", a.name, len(v), a.n)
		}
		for _, x := range v {
			if x < a.def || x > maxExtent {
				return nil, fmt.Errorf("attribute %s: %d is out of range", a.name, x)
			}
		}
		*a.value = v
	}
	for _, k := range kernel {
		if k < 1 || k > maxExtent {
			return nil, fmt.Errorf("kernel %v is out of range", kernel)
		}
	}
	w.begin, w.end = pads[:n], pads[n:]
	switch mode := c.node.StringOr("auto_pad", "NOTSET"); mode {
	case "NOTSET", "":
	case "VALID":
		w.begin, w.end = make([]int64, n), make([]int64, n)
	case "SAME_UPPER", "SAME_LOWER":
		w.same = true
	default:
		return nil, fmt.Errorf("attribute auto_pad: unknown mode %q", mode)
	}
	return w, nil
}

// maxExtent bounds kernels, strides, dilations and padding, so that sums of
// products stay within int64.
const maxExtent = 1 << 30

// extent returns the reach of the dilated kernel in dimension i.
func (w *window) extent(i int) int64 { return (w.kernel[i]-1)*w.dilations[i] + 1 }

// out returns the number of positions of the kernel along dimension i of a
// given size. Symbols survive only where the size is kept.
func (w *window) out(i int, in Dim) (Dim, error) {
	pads := w.begin[i] + w.end[i] - (w.extent(i) - 1)
	stride := w.strides[i]
	if stride == 1 && (w.same || pads == 0) {
		return in, nil
	}
	if !in.Known() {
		return Dim{Size: -1}, nil
	}
	if in.Size > maxElements {
		return Dim{}, fmt.Errorf("size %d is out of range", in.Size)
	}
	if w.same {
		return Dim{Size: ceilDiv(in.Size, stride)}, nil
	}
	room := in.Size + pads - 1
	if room < 0 {
		return Dim{}, fmt.Errorf("kernel %v with dilations %v does not fit into size %d with padding %d and %d",
			w.kernel, w.dilations, in.Size, w.begin[i], w.end[i])
	}
	n := room/stride + 1
	if w.ceil {
		n = ceilDiv(room, stride) + 1
		// The last position must start inside the input or its leading
		// padding.
		if (n-1)*stride >= in.Size+w.begin[i] {
			n--
		}
	}
	return Dim{Size: n}, nil
}

// slide returns [x[0], channels, positions...].
func (w *window) slide(x Shape, channels Dim) (Shape, error) {
	if len(x) != len(w.kernel)+2 {
		return nil, fmt.Errorf("input has shape %v, but the kernel has %d dimensions", x, len(w.kernel))
	}
	out := Shape{x[0], channels}
	for i, d := range x[2:] {
		o, err := w.out(i, d)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
