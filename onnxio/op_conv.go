package onnxio

import (
	"fmt"
	"slices"
)

// convOps slide a kernel over an input [N, C, spatial...].
var convOps = []operator{
	{"", "Conv", 1, "X W B? -> Y", "auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints", conv},
	{"", "ConvInteger", 10, "x w x_zero_point? w_zero_point? -> y", "auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints", convInteger},
	{"", "ConvTranspose", 1, "X W B? -> Y", "auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints", convTranspose},
	{"", "DeformConv", 19, "X W offset B? mask? -> Y", "dilations:ints group:int kernel_shape:ints offset_group:int pads:ints strides:ints", deformConv},
	{"", "QLinearConv", 10, "x x_scale x_zero_point w w_scale w_zero_point y_scale y_zero_point B? -> y", "auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints", qlinearConv},
}

// conv: input [N,C,...], weights [M,C/group,kernel...], bias [M].
func conv(c *call) error {
	dt, err := c.sameType(0, 1, 2)
	if err != nil {
		return err
	}
	return c.convolve(dt, 0, 1, 2)
}

// convolve sets output 0 from the input, weights and bias at these positions.
func (c *call) convolve(dt DataType, x, w, b int) error {
	if err := c.minRank(x, 3); err != nil {
		return err
	}
	win, known, err := c.kernel(x, w)
	if err != nil {
		return err
	}
	in, weights := c.shape(x), c.shape(w)
	if in == nil {
		c.set(0, dt, nil)
		return nil
	}
	channels := Dim{Size: -1}
	if weights != nil {
		if err := c.checkChannels(in[1], weights[1]); err != nil {
			return err
		}
		channels = weights[0]
	}
	if err := checkVector(c.shape(b), channels, "bias"); err != nil {
		return err
	}
	if !known {
		out := unknownShape(len(in))
		out[0], out[1] = in[0], channels
		c.set(0, dt, out)
		return nil
	}
	out, err := win.slide(in, channels)
	if err != nil {
		return err
	}
	c.set(0, dt, out)
	return nil
}

// kernel returns how the kernel of a convolution slides over input x, with the sizes that
// the attribute or the weights have. Where a size is unknown, known is false and all
// are 1, so that the attributes are checked nevertheless; where even their number
// is, the window is nil.
func (c *call) kernel(x, w int) (win *window, known bool, err error) {
	if err := c.minRank(w, 2); err != nil {
		return nil, false, err
	}
	in, weights := c.shape(x), c.shape(w)
	attr, given := c.node.IntsOr("kernel_shape", nil), c.node.Attr("kernel_shape") != nil
	n := len(attr)
	switch {
	case in != nil:
		n = len(in) - 2
	case weights != nil:
		n = len(weights) - 2
	case !given:
		return nil, false, nil
	}
	if weights != nil && len(weights) != n+2 {
		return nil, false, fmt.Errorf("weights have shape %v, but the input has rank %d", weights, n+2)
	}
	if given && len(attr) != n {
		return nil, false, fmt.Errorf("attribute kernel_shape is %v, but there are %d spatial dimensions", attr, n)
	}
	sizes, known := attr, given
	if weights != nil {
		for i, d := range weights[2:] {
			if given && d.Known() && d.Size != attr[i] {
				return nil, false, fmt.Errorf("attribute kernel_shape is %v, but the weights have shape %v", attr, weights)
			}
		}
		if !given {
			sizes, known = weights[2:].Ints()
		}
	}
	if !known {
		sizes = slices.Repeat([]int64{1}, n)
	}
	win, err = c.window(sizes)
	return win, known, err
}

// checkChannels verifies that the channels of the input are those of one group,
// as the weights have them, times the attribute group.
func (c *call) checkChannels(whole, part Dim) error {
	group := c.node.IntOr("group", 1)
	if group < 1 || group > maxExtent {
		return fmt.Errorf("attribute group is %d", group)
	}
	if whole.Known() && part.Known() && (whole.Size%group != 0 || whole.Size/group != part.Size) {
		return fmt.Errorf("input has %v channels, but the weights want %d in %d groups", whole, part.Size, group)
	}
	return nil
}

// checkVector verifies that an optional vector has n elements.
func checkVector(s Shape, n Dim, what string) error {
	if s == nil {
		return nil
	}
	if len(s) != 1 || s[0].Known() && n.Known() && s[0] != n {
		return fmt.Errorf("%s has shape %v, need [%v]", what, s, n)
	}
	return nil
}

func convInteger(c *call) error { return c.convolve(Int32, 0, 1, -1) }

func qlinearConv(c *call) error { return c.convolve(c.typ(7), 0, 3, 8) }

// deformConv has weights like conv, and offsets that do not change the shape.
func deformConv(c *call) error { return c.convolve(c.typ(0), 0, 1, 3) }

// convTranspose: input [N,C,...], weights [C,M/group,kernel...], bias [M].
func convTranspose(c *call) error {
	dt, err := c.sameType(0, 1, 2)
	if err != nil {
		return err
	}
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	win, known, err := c.kernel(0, 1)
	if err != nil {
		return err
	}
	in, weights := c.shape(0), c.shape(1)
	if in == nil {
		c.set(0, dt, nil)
		return nil
	}
	out := unknownShape(len(in))
	out[0] = in[0]
	if weights != nil {
		if in[1].Known() && weights[0].Known() && in[1] != weights[0] {
			return fmt.Errorf("input has %v channels, but the weights have shape %v", in[1], weights)
		}
		group := c.node.IntOr("group", 1)
		if group < 1 || group > maxExtent {
			return fmt.Errorf("attribute group is %d", group)
		}
		out[1] = weights[1].number().mul(integer(group)).dim()
	}
	if err := checkVector(c.shape(2), out[1], "bias"); err != nil {
		return err
	}
	if known {
		if err := c.unslide(win, in, out); err != nil {
			return err
		}
	}
	c.set(0, dt, out)
	return nil
}

// unslide sets the spatial sizes of out so that the window, sliding over it,
// has the positions of in.
func (c *call) unslide(win *window, in, out Shape) error {
	n := len(win.kernel)
	extra := c.node.IntsOr("output_padding", nil)
	given := c.node.IntsOr("output_shape", nil)
	if len(given) == n+2 {
		given = given[2:]
	}
	if len(extra) > 0 && len(extra) != n || len(given) > 0 && len(given) != n {
		return fmt.Errorf("output_padding %v and output_shape %v do not fit %d spatial dimensions", extra, given, n)
	}
	for i := range n {
		d := in[i+2]
		switch {
		case len(given) > 0:
			out[i+2] = Dim{Size: max(given[i], -1)}
		case win.same:
			if len(extra) > 0 && extra[i] != 0 {
				return fmt.Errorf("output_padding with auto_pad means one thing to ONNX and another to ONNX Runtime; give pads instead")
			}
			// Nothing makes up for steps longer than the kernel.
			more := min(win.extent(i)-win.strides[i], 0)
			out[i+2] = d.number().mul(integer(win.strides[i])).add(integer(more)).dim()
		case d.Known():
			if d.Size > maxExtent {
				return fmt.Errorf("size %d is out of range", d.Size)
			}
			size := win.strides[i]*(d.Size-1) + win.extent(i) - win.begin[i] - win.end[i]
			if len(extra) > 0 {
				size += extra[i]
			}
			if size < 0 {
				return fmt.Errorf("output size %d is negative", size)
			}
			out[i+2] = Dim{Size: size}
		}
	}
	return nil
}
