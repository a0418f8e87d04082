package reference

// col2Im adds blocks [N,C·elements,blocks] up to images [N,C,sizes…], where
// blocks lie as the windows of a convolution do.
func col2Im(c *call) *value {
	x, image, block := c.input(0), c.input(1).ints(), c.input(2).ints()
	if x.rank() != 3 || len(image) != len(block) || size(block) == 0 || x.shape[1]%size(block) != 0 {
		failf("blocks %v of images %v from shape %v", block, image, x.shape)
	}
	win := newWindow(c, image, block)
	win.slide("NOTSET", false)
	taps, elements := win.taps(), size(block)
	if len(taps) != x.shape[2] {
		failf("%d blocks, but %d places for them", x.shape[2], len(taps))
	}
	planes, spatial := x.shape[0]*x.shape[1]/elements, size(image)
	y := newValue(x.dt, append([]int{x.shape[0], x.shape[1] / elements}, image...))
	for p := range planes {
		for o, row := range taps {
			for k, at := range row {
				if at >= 0 {
					y.f[p*spatial+at] += x.floats()[(p*elements+k)*len(taps)+o]
				}
			}
		}
	}
	return y
}

// maxUnpool puts elements where the indices of a MaxPool say, among zeros.
func maxUnpool(c *call) *value {
	x, indices := c.input(0), c.input(1).ints()
	planes(x)
	shape := append([]int{}, x.shape...)
	win := newWindow(c, x.shape[2:], nil)
	for i := range win.kernel {
		shape[i+2] = (x.shape[i+2]-1)*win.strides[i] - win.begin[i] - win.end[i] + win.kernel[i]
	}
	if v := c.optional(2); v != nil {
		shape = v.ints()
	}
	y := newValue(x.dt, shape)
	if len(indices) != x.len() {
		failf("%d indices for shape %v", len(indices), x.shape)
	}
	for p, at := range indices {
		if at < 0 || at >= y.len() {
			failf("index %d of shape %v", at, shape)
		}
		y.set(at, x, p)
	}
	return y
}
