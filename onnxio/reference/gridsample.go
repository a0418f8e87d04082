package reference

import "math"

// gridSample takes elements of X [N,C,spatial…] at the places of a grid
// [N,out…,D], whose last dimension counts spatial dimensions from the last one
// on and runs from −1 to 1.
func gridSample(c *call) *value {
	x, grid := c.input(0), c.input(1)
	d := x.rank() - 2
	if d < 1 || grid.rank() != x.rank() || grid.shape[d+1] != d || grid.shape[0] != x.shape[0] {
		failf("a value of shape %v and a grid of shape %v", x.shape, grid.shape)
	}
	channels, spatial := x.shape[1], x.shape[2:]
	y := newValue(x.dt, append([]int{x.shape[0], channels}, grid.shape[1:d+1]...))
	places, plane, stride := size(grid.shape[1:d+1]), size(spatial), strides(spatial)
	for n := range x.shape[0] {
		for p := range places {
			at := grid.floats()[(n*places+p)*d:][:d]
			all := []tap{{0, 1}}
			for i, s := range spatial {
				var next []tap
				for _, t := range c.gridTaps(at[d-1-i], s) {
					for _, lead := range all {
						next = append(next, tap{lead.at + t.at*stride[i], lead.weight * t.weight})
					}
				}
				all = next
			}
			for ch := range channels {
				sum := 0.0
				for _, t := range all {
					if t.weight != 0 {
						sum += t.weight * x.floats()[(n*channels+ch)*plane+t.at]
					}
				}
				y.f[(n*channels+ch)*places+p] = sum
			}
		}
	}
	return y
}

// gridTaps lists the elements of an axis of n that take part at place g.
func (c *call) gridTaps(g float64, n int) []tap {
	at := ((g+1)*float64(n) - 1) / 2
	if c.flag("align_corners", false) {
		at = (g + 1) / 2 * float64(n-1)
	}
	if math.IsNaN(at) || math.Abs(at) > math.MaxInt32 {
		failf("place %g of a grid", g)
	}
	base := math.Floor(at)
	part := at - base
	var list []tap
	switch mode := c.StringOr("mode", "bilinear"); mode {
	case "nearest":
		list = []tap{{int(math.RoundToEven(at)), 1}}
	case "linear", "bilinear":
		list = []tap{{int(base), 1 - part}, {int(base) + 1, part}}
	case "cubic", "bicubic":
		for k := -1; k <= 2; k++ {
			list = append(list, tap{int(base) + k, cubic(math.Abs(part-float64(k)), -0.75)})
		}
	default:
		failf("mode %q", mode)
	}
	for i := range list {
		t := &list[i]
		switch mode := c.StringOr("padding_mode", "zeros"); {
		case t.at >= 0 && t.at < n:
		case mode == "zeros":
			*t = tap{}
		case mode == "border":
			t.at = min(max(t.at, 0), n-1)
		case mode == "reflection":
			t.at = c.reflected(t.at, n)
		default:
			failf("padding_mode %q", mode)
		}
	}
	return list
}

// reflected is where an element beyond an axis of n comes from: the axis is
// reflected at the middle of its last elements if corners are aligned, else at
// their outer edges, over and over.
func (c *call) reflected(at, n int) int {
	around := 2 * n // at, at+around, … are one element
	if c.flag("align_corners", false) {
		if around = 2 * (n - 1); around == 0 {
			return 0
		}
		at = ((at % around) + around) % around
		return min(at, around-at)
	}
	at = ((at % around) + around) % around
	return min(at, around-1-at)
}
