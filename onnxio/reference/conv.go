package reference

// conv is cross-correlation: X [N,C,D...], W [M,C/group,k...], B [M].
func conv(c *call) *value {
	x, w := c.input(0), c.input(1)
	if x.rank() < 3 || w.rank() != x.rank() {
		failf("operands of shapes %v and %v", x.shape, w.shape)
	}
	win := newWindow(c, x.shape[2:], w.shape[2:])
	win.slide(c.StringOr("auto_pad", "NOTSET"), false)
	groups := c.int("group", 1)
	batch, channels, maps := x.shape[0], x.shape[1], w.shape[0]
	if groups < 1 || channels%groups != 0 || maps%groups != 0 || w.shape[1] != channels/groups {
		failf("%d groups do not suit shapes %v and %v", groups, x.shape, w.shape)
	}
	y := newValue(x.dt, append([]int{batch, maps}, win.out...))
	taps, kernel, spatial := win.taps(), size(win.kernel), size(win.in)
	perGroup := channels / groups
	for n := range batch {
		for m := range maps {
			g := m / (maps / groups)
			plane := y.floats()[(n*maps+m)*len(taps):][:len(taps)]
			for ch := range perGroup {
				source := x.floats()[(n*channels+g*perGroup+ch)*spatial:][:spatial]
				weight := w.floats()[(m*perGroup+ch)*kernel:][:kernel]
				for o, row := range taps {
					for k, p := range row {
						if p >= 0 {
							plane[o] += weight[k] * source[p]
						}
					}
				}
			}
		}
	}
	return addBias(c, y)
}

// convTranspose is the transpose of conv as a linear map of its input:
// X [N,C,D...], W [C,M/group,k...], B [M]. Its output plays the part of conv's
// input, so the taps are those of a window sliding over the output.
func convTranspose(c *call) *value {
	x, w := c.input(0), c.input(1)
	if x.rank() < 3 || w.rank() != x.rank() {
		failf("operands of shapes %v and %v", x.shape, w.shape)
	}
	groups := c.int("group", 1)
	batch, channels := x.shape[0], x.shape[1]
	perGroup := w.shape[1]
	maps := perGroup * groups
	if groups < 1 || channels%groups != 0 || w.shape[0] != channels {
		failf("%d groups do not suit shapes %v and %v", groups, x.shape, w.shape)
	}
	win := transposedWindow(c, x.shape[2:], w.shape[2:])
	y := newValue(x.dt, append([]int{batch, maps}, win.in...))
	taps, kernel, spatial := win.taps(), size(win.kernel), size(win.in)
	for n := range batch {
		for ch := range channels {
			g := ch / (channels / groups)
			source := x.floats()[(n*channels+ch)*len(taps):][:len(taps)]
			for m := range perGroup {
				plane := y.floats()[(n*maps+g*perGroup+m)*spatial:][:spatial]
				weight := w.floats()[(ch*perGroup+m)*kernel:][:kernel]
				for o, row := range taps {
					for k, p := range row {
						if p >= 0 {
							plane[p] += weight[k] * source[o]
						}
					}
				}
			}
		}
	}
	return addBias(c, y)
}

// transposedWindow is the window over the output of convTranspose whose
// positions are the input's elements, in.
func transposedWindow(c *call, in, kernel []int) *window {
	win := newWindow(c, in, kernel)
	extra, wanted := c.ints("output_padding"), c.ints("output_shape")
	if extra == nil {
		extra = make([]int, len(in))
	}
	autoPad := c.StringOr("auto_pad", "NOTSET")
	same := autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER"
	full := make([]int, len(in))
	for i, d := range in {
		full[i] = (d-1)*win.strides[i] + win.extent(i) + extra[i]
		switch {
		case wanted != nil:
			full[i] = padTo(win, i, full[i], wanted[len(wanted)-len(in)+i], autoPad)
		case same:
			// d·stride elements, unless steps are longer than the kernel.
			padTo(win, i, full[i]-extra[i], d*win.strides[i], autoPad)
			full[i] -= win.begin[i] + win.end[i]
		default:
			full[i] -= win.begin[i] + win.end[i]
		}
		if full[i] < 0 {
			failf("pads leave nothing of the output")
		}
	}
	win.in, win.out = full, in
	return win
}

// padTo chooses the pads of dimension i so that full elements become want.
func padTo(win *window, i, full, want int, autoPad string) int {
	total := max(full-want, 0)
	win.begin[i], win.end[i] = total-total/2, total/2
	if autoPad == "SAME_UPPER" {
		win.begin[i], win.end[i] = win.end[i], win.begin[i]
	}
	return want
}

// addBias adds input 2, one number per channel, if it is there.
func addBias(c *call, y *value) *value {
	bias := c.optional(2)
	if bias == nil {
		return y
	}
	channels, spatial := y.shape[1], size(y.shape[2:])
	if bias.len() != channels {
		failf("bias of shape %v for %d channels", bias.shape, channels)
	}
	for i := range y.f {
		y.f[i] += bias.floats()[i/spatial%channels]
	}
	return y
}
