package reference

import "slices"

func concat(c *call) *value {
	parts := c.present()
	a := axis(c.int("axis", 0), parts[0].rank())
	shape := slices.Clone(parts[0].shape)
	shape[a] = 0
	for _, p := range parts {
		if p.rank() != len(shape) || p.dt != parts[0].dt {
			failf("operands of different rank or type")
		}
		for i, d := range p.shape {
			if i != a && d != shape[i] {
				failf("shapes %v and %v differ beside axis %d", p.shape, parts[0].shape, a)
			}
		}
		shape[a] += p.shape[a]
	}
	out := newValue(parts[0].dt, shape)
	start := 0
	for _, p := range parts {
		for i, at := range strided(p.shape, strides(shape), start*strides(shape)[a]) {
			out.set(at, p, i)
		}
		start += p.shape[a]
	}
	return out
}

// splitInto cuts a value along an axis into given or equal sizes; of equal
// ones the last may be smaller.
func splitInto(c *call) []*value {
	x := c.input(0)
	a := axis(c.int("axis", 0), x.rank())
	sizes, given := c.listAt("split", 1)
	if !given {
		n := c.int("num_outputs", len(c.Outputs))
		if n < 1 || n > len(c.Outputs) {
			failf("%d pieces for %d outputs", n, len(c.Outputs))
		}
		each := (x.shape[a] + n - 1) / n
		for left := x.shape[a]; len(sizes) < n; left -= each {
			sizes = append(sizes, max(min(each, left), 0))
		}
	}
	var parts []*value
	start := 0
	for _, n := range sizes {
		if n < 0 || start+n > x.shape[a] {
			failf("sizes %v of %d elements", sizes, x.shape[a])
		}
		shape := slices.Clone(x.shape)
		shape[a] = n
		stride := strides(x.shape)
		parts = append(parts, x.pick(shape, strided(shape, stride, start*stride[a]), nil))
		start += n
	}
	if start != x.shape[a] {
		failf("sizes %v of %d elements", sizes, x.shape[a])
	}
	return parts
}

func sliceAttributes(c *call) *value {
	return slice(c.input(0), c.ints("starts"), c.ints("ends"), c.ints("axes"), nil)
}

func sliceInputs(c *call) *value {
	var axes, steps []int
	if v := c.optional(3); v != nil {
		axes = v.ints()
	}
	if v := c.optional(4); v != nil {
		steps = v.ints()
	}
	return slice(c.input(0), c.input(1).ints(), c.input(2).ints(), axes, steps)
}

// slice takes every step-th element of [start, end) along each axis. Bounds
// count from the end when negative and are clamped, so that a huge end means
// up to the last and, for a negative step, a very negative one down to the
// first.
func slice(x *value, starts, ends, axes, steps []int) *value {
	if axes == nil {
		for i := range starts {
			axes = append(axes, i)
		}
	}
	steps = slices.Clone(steps)
	if steps == nil {
		steps = orOnes(nil, len(starts))
	}
	if len(ends) != len(starts) || len(axes) != len(starts) || len(steps) != len(starts) {
		failf("starts %v, ends %v, axes %v, steps %v", starts, ends, axes, steps)
	}
	axisSet(axes, x.rank())
	shape, stride, offset := slices.Clone(x.shape), strides(x.shape), 0
	for i, a := range axes {
		a = axis(a, x.rank())
		n, step := x.shape[a], steps[i]
		// A walk starts at an element, forwards perhaps behind the last one, and
		// ends at one or beyond the last that it can reach.
		least, most := 0, n
		if step < 0 {
			least, most = -1, n-1
		}
		bound := func(b, least int) int {
			if b < 0 {
				b += n
			}
			return min(max(b, least), most)
		}
		start, end := bound(starts[i], 0), bound(ends[i], least)
		switch {
		case step > 0:
			shape[a] = max((end-start+step-1)/step, 0)
		case step < 0:
			shape[a] = max((start-end-step-1)/-step, 0)
		default:
			failf("a step of 0")
		}
		offset += start * stride[a]
		stride[a] *= step
	}
	return x.pick(shape, strided(shape, stride, offset), nil)
}

// pad adds (or, where negative, removes) elements at both ends of dimensions.
// Elements are removed first: what is added is made of the others.
func pad(c *call) *value {
	x := c.input(0)
	pads, given := c.listAt("pads", 1)
	if !given {
		failf("pads are missing")
	}
	axes := make([]int, x.rank())
	for i := range axes {
		axes[i] = i
	}
	if v := c.optional(3); v != nil {
		axes = v.ints()
	}
	if len(pads) != 2*len(axes) {
		failf("pads %v for %d axes", pads, len(axes))
	}
	axisSet(axes, x.rank())
	begin, left, shape := make([]int, x.rank()), slices.Clone(x.shape), slices.Clone(x.shape)
	for i, a := range axes {
		a = axis(a, x.rank())
		begin[a] = pads[i]
		shape[a] += pads[i] + pads[len(axes)+i]
		left[a] += min(pads[i], 0) + min(pads[len(axes)+i], 0)
		if left[a] < 0 || left[a] == 0 && shape[a] > 0 && c.StringOr("mode", "constant") != "constant" {
			failf("pads %v leave nothing of shape %v", pads, x.shape)
		}
	}
	fill := c.optional(2)
	if fill == nil && x.kind() == floats {
		fill = floatValue(x.dt, nil, []float64{c.float("value", 0)})
	}
	mode := c.StringOr("mode", "constant")
	stride, to := strides(x.shape), strides(shape)
	at := make([]int, size(shape))
	for p := range at {
		for i, d := range left {
			k := padSource(p/to[i]%shape[i]-max(begin[i], 0), d, mode)
			if k < 0 {
				at[p] = -1
				break
			}
			at[p] += (k - min(begin[i], 0)) * stride[i]
		}
	}
	return x.pick(shape, at, fill)
}

// padSource is the index that index k, which may lie outside of n elements,
// takes its element from, or -1 for the constant.
func padSource(k, n int, mode string) int {
	if k >= 0 && k < n {
		return k
	}
	switch mode {
	case "constant":
		return -1
	case "edge":
		return min(max(k, 0), n-1)
	case "wrap":
		return ((k % n) + n) % n
	case "reflect":
		if n == 1 {
			return 0
		}
		period := 2 * (n - 1)
		k = ((k % period) + period) % period
		return min(k, period-k)
	}
	failf("mode %q", mode)
	return 0
}
