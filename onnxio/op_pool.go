package onnxio

import (
	"fmt"
)

// poolOps reduce windows, or all, of the spatial dimensions of [N, C,
// spatial...].
var poolOps = []operator{
	{"", "AveragePool", 1, "X -> Y", "auto_pad:string kernel_shape:ints! pads:ints strides:ints", pool},
	{"", "AveragePool", 7, "X -> Y", "auto_pad:string count_include_pad:int kernel_shape:ints! pads:ints strides:ints", pool},
	{"", "AveragePool", 10, "X -> Y", "auto_pad:string ceil_mode:int count_include_pad:int kernel_shape:ints! pads:ints strides:ints", pool},
	{"", "AveragePool", 19, "X -> Y", "auto_pad:string ceil_mode:int count_include_pad:int dilations:ints kernel_shape:ints! pads:ints strides:ints", pool},
	{"", "GlobalAveragePool", 1, "X -> Y", "", globalPool},
	{"", "GlobalLpPool", 1, "X -> Y", "p:float", globalPool},
	{"", "GlobalLpPool", 2, "X -> Y", "p:int", globalPool},
	{"", "GlobalMaxPool", 1, "X -> Y", "", globalPool},
	{"", "LpPool", 1, "X -> Y", "auto_pad:string kernel_shape:ints p:float pads:ints strides:ints", pool},
	{"", "LpPool", 2, "X -> Y", "auto_pad:string kernel_shape:ints! p:int pads:ints strides:ints", pool},
	{"", "LpPool", 18, "X -> Y", "auto_pad:string ceil_mode:int dilations:ints kernel_shape:ints! p:int pads:ints strides:ints", pool},
	{"", "MaxPool", 1, "X -> Y", "auto_pad:string kernel_shape:ints! pads:ints strides:ints", pool},
	{"", "MaxPool", 8, "X -> Y Indices?", "auto_pad:string kernel_shape:ints! pads:ints storage_order:int strides:ints", pool},
	{"", "MaxPool", 10, "X -> Y Indices?", "auto_pad:string ceil_mode:int dilations:ints kernel_shape:ints! pads:ints storage_order:int strides:ints", pool},
	{"", "MaxUnpool", 9, "X I output_shape? -> output", "kernel_shape:ints! pads:ints strides:ints", maxUnpool},
}

func pool(c *call) error {
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	kernel := c.node.IntsOr("kernel_shape", nil)
	if len(kernel) == 0 {
		return fmt.Errorf("attribute kernel_shape is missing")
	}
	win, err := c.window(kernel)
	if err != nil {
		return err
	}
	if err := win.agreed(c.node); err != nil {
		return err
	}
	x := c.shape(0)
	if x == nil {
		c.set(0, c.typ(0), nil)
		c.set(1, Int64, nil)
		return nil
	}
	out, err := win.slide(x, x[1])
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), out)
	c.set(1, Int64, out)
	return nil
}

// agreed refuses pads that follow from the input where ONNX Runtime does not
// choose those that ONNX asks for: it does not count dilations, and LpPool begins
// inside the input where steps are longer than the kernel.
func (w *window) agreed(n *Node) error {
	for i := range w.kernel {
		switch {
		case !w.same:
		case w.dilations[i] > 1:
			return fmt.Errorf("dilations with auto_pad mean one thing to ONNX and another to ONNX Runtime; give pads instead")
		case n.Op == "LpPool" && w.strides[i] > w.kernel[i]:
			return fmt.Errorf("steps longer than the kernel with auto_pad mean one thing to ONNX and another to ONNX Runtime; give pads instead")
		}
	}
	return nil
}

func globalPool(c *call) error {
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	var out Shape
	if x := c.shape(0); x != nil {
		out = Static(make([]int64, len(x))...)
		for i := range out {
			out[i] = Dim{Size: 1}
		}
		copy(out, x[:2])
	}
	c.set(0, c.typ(0), out)
	return nil
}

// maxUnpool inverts a pool; output_shape, if given, decides.
func maxUnpool(c *call) error {
	win, err := c.window(c.node.IntsOr("kernel_shape", nil))
	if err != nil {
		return err
	}
	if c.has(2) {
		out, err := c.shapeFrom(2)
		c.set(0, c.typ(0), out)
		return err
	}
	x := c.shape(0)
	if x == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	if len(x) != len(win.kernel)+2 {
		return fmt.Errorf("input has shape %v, but the kernel has %d dimensions", x, len(win.kernel))
	}
	out := append(Shape{}, x...)
	for i := range win.kernel {
		d := x[i+2]
		out[i+2] = Dim{Size: -1}
		if d.Known() && d.Size <= maxExtent {
			out[i+2] = Dim{Size: max(0, (d.Size-1)*win.strides[i]-win.begin[i]-win.end[i]+win.kernel[i])}
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}
