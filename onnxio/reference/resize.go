package reference

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A resampling is how one axis is resized: from n elements to m, positions
// scaled by scale, within [start, end] of the input where it is cropped.
type resampling struct {
	n, m       int
	scale      float64
	start, end float64
}

// resize resamples axis by axis: nearest, linear and cubic interpolation in
// several dimensions are products of their one-dimensional forms.
func resize(c *call) *value {
	x := c.input(0)
	dt := x.dt
	if x.kind() != floats {
		x = cast(x, onnxio.Float64)
	}
	outside := make([]bool, 0)
	list := c.resamplings(x.shape)
	if !slices.ContainsFunc(list, func(r resampling) bool { return r.n != r.m }) {
		return c.input(0) // whatever the scales: ONNX Runtime does not resample then
	}
	for a, r := range list {
		shape := slices.Clone(x.shape)
		shape[a] = r.m
		y := newValue(x.dt, shape)
		weights := make([][]tap, r.m)
		away := make([]bool, r.m)
		for o := range weights {
			weights[o], away[o] = c.taps(r, o)
		}
		from, to := lanesAlong(x.shape, a), lanesAlong(shape, a)
		var beyond []bool
		if slices.Contains(away, true) || len(outside) > 0 {
			beyond = make([]bool, y.len())
		}
		for i, lane := range to {
			for o, p := range lane {
				for _, t := range weights[o] {
					y.f[p] += t.weight * x.f[from[i][t.at]]
					if len(outside) > 0 && outside[from[i][t.at]] {
						beyond[p] = true
					}
				}
				if away[o] {
					beyond[p] = true
				}
			}
		}
		x, outside = y, beyond
	}
	for p, out := range outside {
		if out {
			x.f[p] = c.float("extrapolation_value", 0)
		}
	}
	if dt != x.dt {
		x = cast(x, dt)
	}
	return x
}

// A tap is an element that takes part, with its weight.
type tap struct {
	at     int
	weight float64
}

// taps lists what element o of the result is made of, and says whether it
// lies outside of what is cropped from.
func (c *call) taps(r resampling, o int) (list []tap, outside bool) {
	mode := c.StringOr("mode", "nearest")
	at := c.origin(r, o)
	if c.StringOr("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize" {
		outside = at < 0 || at > float64(r.n-1)
	}
	inside := func(i int) int { return min(max(i, 0), r.n-1) }
	floor := math.Floor(at)
	base, part := int(floor), at-floor
	if c.flag("antialias", false) && r.scale < 1 && mode != "nearest" {
		return c.smoothed(mode, at, r), outside
	}
	switch mode {
	case "nearest":
		return []tap{{inside(c.nearest(at)), 1}}, outside
	case "linear", "bilinear":
		return []tap{{inside(base), 1 - part}, {inside(base + 1), part}}, outside
	case "cubic":
		a, sum := c.float("cubic_coeff_a", -0.75), 0.0
		for k := -1; k <= 2; k++ {
			w := cubic(math.Abs(part-float64(k)), a)
			if c.flag("exclude_outside", false) && base+k != inside(base+k) {
				w = 0
			}
			sum += w
			list = append(list, tap{inside(base + k), w})
		}
		for i := range list {
			list[i].weight /= sum
		}
		return list, outside
	}
	failf("mode %q", mode)
	return nil, false
}

// smoothed lists what takes part at a place when an axis shrinks without
// aliasing: the kernel is as wide as the axis shrinks.
func (c *call) smoothed(mode string, at float64, r resampling) (list []tap) {
	reach := 1.0
	if mode == "cubic" {
		reach = 2
	}
	a, sum := c.float("cubic_coeff_a", -0.75), 0.0
	for i := int(math.Ceil(at - reach/r.scale)); float64(i) <= at+reach/r.scale; i++ {
		d := math.Abs(float64(i)-at) * r.scale
		w := max(1-d, 0)
		if mode == "cubic" {
			w = cubic(d, a)
		}
		at := min(max(i, 0), r.n-1)
		if c.flag("exclude_outside", false) && at != i {
			w = 0
		}
		sum += w
		list = append(list, tap{at, w})
	}
	for i := range list {
		list[i].weight /= sum
	}
	return list
}

// cubic is the interpolation kernel of Keys (1981) at distance d.
func cubic(d, a float64) float64 {
	switch {
	case d <= 1:
		return ((a+2)*d-(a+3))*d*d + 1
	case d < 2:
		return ((a*d-5*a)*d+8*a)*d - 4*a
	}
	return 0
}

// origin is where in the input element o of the result lies.
func (c *call) origin(r resampling, o int) float64 {
	at, m := float64(o), float64(r.m)
	if r.scale == 1 {
		return at // also where a region is cropped along other axes
	}
	half := (at+0.5)/r.scale - 0.5
	mode := c.StringOr("coordinate_transformation_mode", "half_pixel")
	if c.Op == "Upsample" || c.legacy() {
		mode = "asymmetric"
	}
	switch mode {
	case "half_pixel":
		return half
	case "half_pixel_symmetric":
		center := float64(r.n) / 2
		return center*(1-m/(r.scale*float64(r.n))) + half
	case "pytorch_half_pixel":
		if r.m == 1 {
			return 0
		}
		return half
	case "align_corners":
		if r.m == 1 {
			return 0
		}
		return at * float64(r.n-1) / (m - 1)
	case "asymmetric":
		return at / r.scale
	case "tf_half_pixel_for_nn":
		return (at + 0.5) / r.scale
	case "tf_crop_and_resize":
		if r.m == 1 {
			return 0.5 * (r.start + r.end) * float64(r.n-1)
		}
		return r.start*float64(r.n-1) + at*(r.end-r.start)*float64(r.n-1)/(m-1)
	}
	failf("coordinate_transformation_mode %q", mode)
	return 0
}

func (c *call) nearest(at float64) int {
	mode := c.StringOr("nearest_mode", "round_prefer_floor")
	if c.legacy() {
		mode = "floor"
	}
	switch mode {
	case "round_prefer_floor":
		return int(math.Ceil(at - 0.5))
	case "round_prefer_ceil":
		return int(math.Floor(at + 0.5))
	case "floor":
		return int(math.Floor(at))
	case "ceil":
		return int(math.Ceil(at))
	}
	failf("nearest_mode %q", mode)
	return 0
}

// legacy says that the node is a Resize of version 10, which has two inputs.
func (c *call) legacy() bool { return len(c.in) == 2 }

// resamplings reads how every axis is resized.
func (c *call) resamplings(shape []int) []resampling {
	list := make([]resampling, len(shape))
	axes := c.ints("axes")
	for i, n := range shape {
		list[i] = resampling{n: n, m: n, scale: 1, end: 1}
		if c.Attr("axes") == nil {
			axes = append(axes, i)
		}
	}
	axisSet(axes, len(shape))
	scales, sizes := c.optional(2), c.optional(3)
	if c.legacy() {
		scales = c.input(1)
	}
	roi := c.optional(1)
	for i, a := range axes {
		r := &list[axis(a, len(shape))]
		switch {
		case sizes != nil && sizes.len() > 0:
			if sizes.len() != len(axes) {
				failf("%d sizes for %d axes", sizes.len(), len(axes))
			}
			r.m = sizes.ints()[i]
			r.scale = float64(r.m) / float64(r.n)
		case scales != nil && scales.len() == len(axes):
			r.scale = scales.number(i)
			r.m = int(math.Floor(float64(r.n) * r.scale))
		default:
			failf("neither sizes nor scales for %d axes", len(axes))
		}
		if roi != nil && !c.legacy() && roi.len() == 2*len(axes) {
			r.start, r.end = roi.number(i), roi.number(len(axes)+i)
		}
	}
	c.keepAspect(list, axes)
	return list
}

// keepAspect makes the scales of all axes one, if the node asks for it.
func (c *call) keepAspect(list []resampling, axes []int) {
	policy := c.StringOr("keep_aspect_ratio_policy", "stretch")
	if policy == "stretch" || c.optional(3) == nil || len(axes) == 0 {
		return
	}
	scale := list[axis(axes[0], len(list))].scale
	for _, a := range axes {
		s := list[axis(a, len(list))].scale
		switch policy {
		case "not_larger":
			scale = min(scale, s)
		case "not_smaller":
			scale = max(scale, s)
		default:
			failf("keep_aspect_ratio_policy %q", policy)
		}
	}
	for _, a := range axes {
		r := &list[axis(a, len(list))]
		r.scale, r.m = scale, int(math.Floor(scale*float64(r.n)+0.5))
	}
}
