package autodiff

// ConvTranspose is the transpose of Conv: X [N,C,in…] and W [C,M/G,k…] give
// Y [N,M,out…]. Its window slides over the output.

func (c *call) convTransposeWindow() *window {
	in, out, kernel := c.inShape(0)[2:], c.yShape()[2:], c.inShape(1)[2:]
	w := c.window(out, in, kernel)
	auto := c.StringOr("auto_pad", "NOTSET")
	if wanted := c.Attr("output_shape"); wanted == nil && auto != "SAME_UPPER" && auto != "SAME_LOWER" {
		return w
	}
	// The pads follow from the output's shape.
	extra := c.IntsOr("output_padding", make([]int64, len(in)))
	for i := range in {
		total := max((in[i]-1)*w.strides[i]+w.extent(i)+extra[i]-out[i], 0)
		w.begin[i], w.end[i] = total-total/2, total/2
		if auto == "SAME_UPPER" {
			w.begin[i], w.end[i] = w.end[i], w.begin[i]
		}
	}
	return w
}

// convTransposeInput is the convolution of dY. What output padding has added
// beyond the last window is cut off.
func convTransposeInput(c *call) string {
	w := c.convTransposeWindow()
	dy, rank := c.dy, len(w.in)
	begin, end := make([]int64, rank+2), make([]int64, rank+2)
	for i := range w.in {
		beyond := w.in[i] + w.begin[i] + w.end[i] - w.extent(i) - (w.out[i]-1)*w.strides[i]
		fromPads := min(max(beyond, 0), w.end[i])
		w.end[i] -= fromPads
		end[i+2] = -(max(beyond, 0) - fromPads)
	}
	return c.op("Conv", []string{c.pad(dy, begin, end), c.b}, convAttrs(w.strides, w.dilations, w.pads(), c.groups())...)
}

// convTransposeWeight is that of a convolution of dY whose result has the
// cotangent X.
func convTransposeWeight(c *call) string {
	return c.weightGradient(c.dy, c.yShape(), c.a, c.inShape(0), c.convTransposeWindow())
}
