package reference

import (
	"slices"
)

// reshape resolves 0 (keep, unless allowzero) and -1 (whatever is left).
func reshape(c *call) *value {
	x := c.input(0)
	shape := c.input(1).ints()
	allowZero := c.flag("allowzero", false)
	known, open := 1, -1
	for i, d := range shape {
		switch {
		case d == -1 && open < 0:
			open = i
			continue
		case d == 0 && !allowZero:
			if i >= x.rank() {
				failf("dimension %d of shape %v is to be kept", i, x.shape)
			}
			shape[i] = x.shape[i]
		case d < 0:
			failf("cannot view shape %v as %v", x.shape, shape)
		}
		known *= shape[i]
	}
	if open >= 0 {
		if known == 0 || x.len()%known != 0 {
			failf("cannot view shape %v as %v", x.shape, shape)
		}
		shape[open] = x.len() / known
	}
	return x.reshaped(shape)
}

func flatten(c *call) *value {
	x := c.input(0)
	a := c.int("axis", 1)
	if a != x.rank() {
		a = axis(a, x.rank())
	}
	return x.reshaped([]int{size(x.shape[:a]), size(x.shape[a:])})
}

func squeeze(c *call) *value {
	x := c.input(0)
	axes, given := c.listAt("axes", 1)
	drop := axisSet(axes, x.rank())
	shape := []int{}
	for i, d := range x.shape {
		if !given && d == 1 {
			continue
		}
		if !drop[i] {
			shape = append(shape, d)
		} else if d != 1 {
			failf("dimension %d of shape %v is not 1", i, x.shape)
		}
	}
	return x.reshaped(shape)
}

func unsqueeze(c *call) *value {
	x := c.input(0)
	axes, given := c.listAt("axes", 1)
	if !given {
		failf("axes are missing")
	}
	added := axisSet(axes, x.rank()+len(axes))
	shape := slices.Clone(x.shape)
	for i, add := range added {
		if add {
			shape = slices.Insert(shape, i, 1)
		}
	}
	return x.reshaped(shape)
}

func shapeOf(c *call) *value {
	shape := int64Shape(c.input(0).shape)
	return intValue([]int{len(clampRange(shape, c))}, clampRange(shape, c))
}

// clampRange applies the start and end of Shape, which may count from the end
// and lie outside.
func clampRange(shape []int64, c *call) []int64 {
	n := len(shape)
	bound := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	start, end := bound(c.int("start", 0)), bound(c.int("end", n))
	return shape[start:max(start, end)]
}

// permuted is a transposition: dimension i of the result is perm[i] of v.
func permuted(v *value, perm []int) *value {
	if len(perm) != v.rank() {
		failf("perm %v for shape %v", perm, v.shape)
	}
	axisSet(perm, v.rank())
	shape, stride := make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		shape[i], stride[i] = v.shape[p], strides(v.shape)[p]
	}
	return v.pick(shape, strided(shape, stride, 0), nil)
}

func transpose(c *call) *value {
	x := c.input(0)
	perm := c.ints("perm")
	if perm == nil {
		for i := range x.rank() {
			perm = append(perm, x.rank()-1-i)
		}
	}
	return permuted(x, perm)
}

func expand(c *call) *value {
	x := c.input(0)
	shape := broadcast(x.shape, c.input(1).ints())
	return x.pick(shape, spread(shape, x.shape), nil)
}

func tile(c *call) *value {
	x := c.input(0)
	repeats := c.input(1).ints()
	if len(repeats) != x.rank() {
		failf("repeats %v for shape %v", repeats, x.shape)
	}
	// Tiling is broadcasting along an extra dimension before each.
	var wide, stride, shape []int
	for i, s := range strides(x.shape) {
		wide, stride = append(wide, repeats[i], x.shape[i]), append(stride, 0, s)
		shape = append(shape, repeats[i]*x.shape[i])
	}
	return x.pick(shape, strided(wide, stride, 0), nil)
}

// depthToSpace moves blocks of channels into space; mode says whether the
// block or the channel varies faster.
func depthToSpace(c *call) *value {
	x, b := c.input(0), c.int("blocksize", 0)
	if x.rank() != 4 || b < 1 || x.shape[1]%(b*b) != 0 {
		failf("blocks of %d in shape %v", b, x.shape)
	}
	n, ch, h, w := x.shape[0], x.shape[1]/(b*b), x.shape[2], x.shape[3]
	if c.StringOr("mode", "DCR") == "CRD" {
		x = permuted(x.reshaped([]int{n, ch, b, b, h, w}), []int{0, 1, 4, 2, 5, 3})
	} else {
		x = permuted(x.reshaped([]int{n, b, b, ch, h, w}), []int{0, 3, 4, 1, 5, 2})
	}
	return x.reshaped([]int{n, ch, h * b, w * b})
}

func spaceToDepth(c *call) *value {
	x, b := c.input(0), c.int("blocksize", 0)
	if x.rank() != 4 || b < 1 || x.shape[2]%b != 0 || x.shape[3]%b != 0 {
		failf("blocks of %d in shape %v", b, x.shape)
	}
	n, ch, h, w := x.shape[0], x.shape[1], x.shape[2]/b, x.shape[3]/b
	x = permuted(x.reshaped([]int{n, ch, h, b, w, b}), []int{0, 3, 5, 1, 2, 4})
	return x.reshaped([]int{n, ch * b * b, h, w})
}

// trilu keeps the upper or lower triangle of the last two dimensions, moved by
// k diagonals.
func trilu(c *call) *value {
	x := c.input(0)
	if x.rank() < 2 {
		failf("a value of shape %v is no matrix", x.shape)
	}
	k := 0
	if v := c.optional(1); v != nil {
		k = int(v.scalar())
	}
	upper := c.flag("upper", true)
	rows, cols := x.shape[x.rank()-2], x.shape[x.rank()-1]
	at := make([]int, x.len())
	for p := range at {
		row, col := p/cols%rows, p%cols
		if upper && col-row >= k || !upper && col-row <= k {
			at[p] = p
		} else {
			at[p] = -1
		}
	}
	return x.pick(x.shape, at, nil)
}
