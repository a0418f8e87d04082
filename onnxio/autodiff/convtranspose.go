package autodiff

// ConvTranspose is the transpose of Conv: X [N,C,in…] and W [C,M/G,k…] give
// Y [N,M,out…]. Its window slides over the output.

func (c *call) convTransposeWindow() *window {
	in, out, kernel := c.inShape(0)[2:], c.yShape()[2:], c.inShape(1)[2:]
	w := c.window(out, in, kernel)
	auto := c.StringOr("auto_pad", "NOTSET")
	if wanted := c.Attr("output_shape"); wanted == nil && (auto == "NOTSET" || auto == "VALID") {
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
// lies beyond the last window and has no part in it.
func convTransposeInput(c *call) string {
	w := c.convTransposeWindow()
	for i := range w.in {
		if w.in[i]+w.begin[i]+w.end[i]-w.extent(i) >= w.out[i]*w.strides[i] {
			lacksf("output_padding is as large as the stride")
		}
	}
	return c.op("Conv", []string{c.dy, c.b}, convAttrs(w.strides, w.dilations, w.pads(), c.groups())...)
}

// convTransposeWeight is that of a convolution of dY whose result has the
// cotangent X.
func convTransposeWeight(c *call) string {
	return c.weightGradient(c.dy, c.yShape(), c.a, c.inShape(0), c.convTransposeWindow())
}
