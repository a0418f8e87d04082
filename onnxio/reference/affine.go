package reference

// affineGrid gives the places [N,sizes…,D] to which maps theta [N,D,D+1] take the
// elements of an image of the given size, [N,C,sizes…]: coordinates from −1 to 1,
// the last dimension's first.
func affineGrid(c *call) *value {
	theta, sizes := c.input(0), c.input(1).ints()
	d := len(sizes) - 2
	if d < 2 || d > 3 || theta.rank() != 3 || theta.shape[0] != sizes[0] || theta.shape[1] != d || theta.shape[2] != d+1 {
		failf("maps of shape %v for images of shape %v", theta.shape, sizes)
	}
	spatial := sizes[2:]
	places, stride := size(spatial), strides(spatial)
	y := newValue(theta.dt, append(append([]int{sizes[0]}, spatial...), d))
	for n := range sizes[0] {
		for p := range places {
			at := make([]float64, d+1)
			at[d] = 1
			for i, m := range spatial {
				at[d-1-i] = affinePlace(p/stride[i]%m, m, c.flag("align_corners", false))
			}
			for row := range d {
				sum := 0.0
				for k, v := range at {
					sum += theta.floats()[(n*d+row)*(d+1)+k] * v
				}
				y.f[(n*places+p)*d+row] = sum
			}
		}
	}
	return y
}

// affinePlace is where element i of m lies between −1 and 1: the first and the
// last at the ends if corners are aligned, else in the middle of their share. The
// only one of an axis is its last, as ONNX Runtime has it.
func affinePlace(i, m int, corners bool) float64 {
	if !corners {
		return (2*float64(i)+1)/float64(m) - 1
	}
	if m == 1 {
		return 1
	}
	return 2*float64(i)/float64(m-1) - 1
}

// centerCropPad cuts the middle out of dimensions that are too long and puts
// zeros around those that are too short.
func centerCropPad(c *call) *value {
	x, wanted := c.input(0), c.input(1).ints()
	axes := c.ints("axes")
	if c.Attr("axes") == nil {
		for i := range x.shape {
			axes = append(axes, i)
		}
	}
	axisSet(axes, x.rank())
	if len(wanted) != len(axes) {
		failf("%d sizes for %d axes", len(wanted), len(axes))
	}
	shape, begin := append([]int{}, x.shape...), make([]int, x.rank())
	for i, a := range axes {
		a = axis(a, x.rank())
		shape[a] = wanted[i]
		if more := wanted[i] - x.shape[a]; more >= 0 {
			begin[a] = more / 2
		} else {
			begin[a] = -(-more / 2)
		}
	}
	at, stride, to := make([]int, size(shape)), strides(x.shape), strides(shape)
	for p := range at {
		for i, n := range x.shape {
			k := p/to[i]%shape[i] - begin[i]
			if k < 0 || k >= n {
				at[p] = -1
				break
			}
			at[p] += k * stride[i]
		}
	}
	return x.pick(shape, at, nil)
}
