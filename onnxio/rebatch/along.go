package rebatch

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// along is for operators that work along the dimension of their attribute axis,
// which by default is def, and keep all others.
func along(def int64) rule {
	return func(c *call) error {
		if err := c.alone(0); err != nil {
			return err
		}
		dims, err := c.along([]int64{c.IntOr("axis", def)}, c.rank(0))
		if err != nil {
			return err
		}
		if c.place == apart {
			c.set(onnxio.IntAttr("axis", dims[0]+1))
		}
		return c.give(c.place)
	}
}

// fromAxis is for normalisations over all dimensions from that of the attribute
// axis on.
func fromAxis(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	first := c.IntOr("axis", -1)
	if first < 0 {
		first += int64(c.rank(0))
	}
	for i := range c.Inputs[1:] {
		if c.rank(i+1) > c.rank(0)-int(first) {
			return fmt.Errorf("its input %d, %q, has more dimensions than are normalised", i+1, c.names[i+1])
		}
	}
	if c.dim >= int(first) {
		return mixes(c.dim)
	}
	if c.place == apart {
		c.set(onnxio.IntAttr("axis", first+1))
	}
	return c.give(c.place)
}

// overAxes is for normalisations over the dimensions of the attribute axes.
func overAxes(def ...int64) rule {
	return func(c *call) error {
		dims, err := c.along(c.IntsOr("axes", def), c.rank(0))
		if err != nil {
			return err
		}
		if c.place == apart {
			c.set(onnxio.IntsAttr("axes", c.shifted(dims)...))
		}
		return c.give(c.place)
	}
}

// running is for sums along the dimension that input 1 names.
func running(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	list, _, err := c.ints("", 1)
	if err != nil {
		return err
	}
	dims, err := c.along(list, c.rank(0))
	if err != nil {
		return err
	}
	if c.place == apart {
		c.Inputs[1] = c.b.Int64(dims[0] + 1)
	}
	return c.give(c.place)
}

// reduce is for reductions over dimensions of the attribute axes or, later,
// input 1.
func reduce(c *call) error {
	list, given, err := c.ints("axes", 1)
	if err != nil {
		return err
	}
	if !given && c.IntOr("noop_with_empty_axes", 0) != 0 {
		return c.give(c.place)
	}
	if len(list) == 0 {
		for d := range c.rank(0) {
			list = append(list, int64(d))
		}
	}
	input := 1
	if c.model.Opset("") < 18 && c.OpName() != "ReduceSum" {
		input = -1
	}
	return c.reduceOver(list, func(dims []int64) { c.setInts("axes", input, dims) })
}

// choose is for the position of an extreme along one dimension.
func choose(c *call) error {
	return c.reduceOver([]int64{c.IntOr("axis", 0)}, func(dims []int64) { c.set(onnxio.IntAttr("axis", dims[0])) })
}

// reduceOver gives what has lost dimensions, which are counted anew where the
// batch is apart.
func (c *call) reduceOver(list []int64, set func([]int64)) error {
	dims, err := c.along(list, c.rank(0))
	if err != nil {
		return err
	}
	if c.place == apart {
		set(c.shifted(dims))
		return c.give(apart)
	}
	p := c.place
	if c.IntOr("keepdims", 1) == 0 {
		for _, d := range dims {
			if int(d) < c.dim {
				p.dim--
			}
		}
	}
	return c.give(p)
}

// transpose moves the batch with its dimension.
func transpose(c *call) error {
	perm := slices.Clone(c.IntsOr("perm", nil))
	if len(perm) == 0 {
		for d := c.rank(0) - 1; d >= 0; d-- {
			perm = append(perm, int64(d))
		}
	}
	if c.place == apart {
		c.set(onnxio.IntsAttr("perm", append([]int64{0}, c.shifted(perm)...)...))
		return c.give(apart)
	}
	return c.give(place{slices.Index(perm, int64(c.dim)), c.outer})
}
