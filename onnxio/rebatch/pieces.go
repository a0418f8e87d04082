package rebatch

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// concat joins tensors along a dimension; those that are the same for all
// samples are repeated.
func concat(c *call) error {
	rank := c.rank(c.lead)
	dims, err := c.along([]int64{c.IntOr("axis", 0)}, rank)
	if err != nil {
		return err
	}
	if err := c.together(); err != nil {
		return err
	}
	if c.place == apart {
		c.set(onnxio.IntAttr("axis", dims[0]+1))
	}
	return c.give(c.place)
}

// together takes all inputs, which have the rank of the leading one, with their
// batch in the place of the call. Those without one are repeated.
func (c *call) together() error {
	for i := range c.Inputs {
		if i == c.lead || !c.has(i) {
			continue
		}
		err := error(nil)
		switch v := c.varies(i); {
		case v == nil:
			err = c.spread(i, c.dim)
		case c.place != apart && v.shape[c.dim] != c.shapes[c.lead][c.dim]:
			err = errTwo
		default:
			err = c.take(i, c.place)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// slice drops what it says of the dimension of the batch if that is to take all
// of it.
func slice(c *call) error {
	var lists [4][]int64 // starts, ends, axes, steps
	for k := range lists {
		list, given, err := c.ints("", k+1)
		if err != nil {
			return err
		}
		if !given {
			for d := range lists[0] {
				list = append(list, []int64{2: int64(d), 3: 1}[k])
			}
		}
		lists[k] = slices.Clone(list)
	}
	starts, ends, axes, steps := lists[0], lists[1], lists[2], lists[3]
	for k := range axes {
		if axes[k] < 0 {
			axes[k] += int64(c.rank(0))
		}
	}
	switch k := slices.Index(axes, int64(c.dim)); {
	case c.place == apart:
		axes = c.shifted(axes)
	case k < 0:
		return c.give(c.place)
	case steps[k] != 1 || starts[k] != 0 && starts[k] > -c.shapes[0][c.dim] || ends[k] < c.shapes[0][c.dim]:
		return mixes(c.dim)
	default:
		ends[k] = math.MaxInt64
	}
	c.Inputs = []string{c.Inputs[0], c.b.Int64s(starts...), c.b.Int64s(ends...), c.b.Int64s(axes...), c.b.Int64s(steps...)}
	return c.give(c.place)
}

// expand keeps the size of the batch, which a target of 1 does.
func expand(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	target := slices.Clone(c.out[0].shape)
	if c.place == apart {
		if err := c.pad(0, len(target)); err != nil {
			return err
		}
		c.Inputs[1] = c.b.Int64s(append([]int64{1}, target...)...)
		return c.give(apart)
	}
	p := place{c.dim + len(target) - c.rank(0), c.outer}
	if target[p.dim] != c.shapes[0][c.dim] {
		return fmt.Errorf("it repeats dimension %d, which holds the batch", c.dim)
	}
	if given, _, err := c.ints("", 1); err != nil || len(given) != len(target) || given[p.dim] != 1 {
		target[p.dim] = 1
		c.Inputs[1] = c.b.Int64s(target...)
	}
	return c.give(p)
}

// tile repeats no dimension of the batch.
func tile(c *call) error {
	repeats, _, err := c.ints("", 1)
	if err != nil {
		return err
	}
	if c.place == apart {
		c.Inputs[1] = c.b.Int64s(append([]int64{1}, repeats...)...)
		return c.give(apart)
	}
	if repeats[c.dim] != 1 {
		return fmt.Errorf("it repeats dimension %d, which holds the batch", c.dim)
	}
	return c.give(c.place)
}

// pad adds nothing to the dimension of the batch.
func pad(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	pads, _, err := c.ints("", 1)
	if err != nil {
		return err
	}
	axes, given, err := c.ints("", 3)
	if err != nil {
		return err
	}
	if !given {
		for d := range c.rank(0) {
			axes = append(axes, int64(d))
		}
	}
	axes = slices.Clone(axes)
	n := len(axes)
	for k := range axes {
		if axes[k] < 0 {
			axes[k] += int64(c.rank(0))
		}
		if int(axes[k]) == c.dim && (pads[k] != 0 || pads[n+k] != 0) {
			return mixes(c.dim)
		}
	}
	switch {
	case c.place != apart:
	case given:
		c.Inputs[3] = c.b.Int64s(c.shifted(axes)...)
	default:
		c.Inputs[1] = c.b.Int64s(slices.Concat([]int64{0}, pads[:n], []int64{0}, pads[n:])...)
	}
	return c.give(c.place)
}

// triangle keeps a part of the last two dimensions.
func triangle(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	if c.dim >= c.rank(0)-2 {
		return mixes(c.dim)
	}
	return c.give(c.place)
}
