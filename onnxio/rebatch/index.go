package rebatch

import (
	"errors"

	"github.com/sharewise/sharewise/onnxio"
)

// pick is Gather: rows of a table by numbers, of which either depends on the
// sample.
func pick(c *call) error {
	axis := c.IntOr("axis", 0)
	if axis < 0 {
		axis += int64(c.rank(0))
	}
	table, numbers := c.varies(0), c.varies(1)
	switch {
	case table != nil && numbers != nil:
		return c.pickOwn(axis)
	case table != nil:
		if int(axis) == c.dim {
			return mixes(c.dim)
		}
		p := c.place
		if c.place == apart {
			c.set(onnxio.IntAttr("axis", axis+1))
		} else if c.dim > int(axis) {
			p.dim += c.rank(1) - 1
		}
		return c.give(p)
	case c.place != apart:
		return c.give(place{c.dim + int(axis), c.outer})
	case axis == 0:
		return c.give(apart)
	}
	return errors.New("the batch of its numbers is apart")
}

// pickOwn takes rows of each sample's own table.
func (c *call) pickOwn(axis int64) error {
	if c.place != apart || axis != 0 {
		return errTwo
	}
	if err := c.take(1, apart); err != nil {
		return err
	}
	// GatherND wants the position within a sample as a list of one.
	c.Inputs[1] = c.b.Op("Unsqueeze", []string{c.Inputs[1], c.b.Int64s(int64(c.rank(1) + 1))})
	c.Op, c.Attrs = "GatherND", []*onnxio.Attribute{onnxio.IntAttr("batch_dims", 1)}
	return c.give(apart)
}

// pickElements is for GatherElements and ScatterElements.
func pickElements(c *call) error {
	dims, err := c.along([]int64{c.IntOr("axis", 0)}, c.rank(0))
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

// pickParts is GatherND. Its numbers address dimensions of the data from the
// first on, so a batch of data is apart.
func pickParts(c *call) error {
	if c.varies(0) == nil {
		if c.place == apart || c.dim < c.rank(1)-1 && c.IntOr("batch_dims", 0) == 0 {
			return c.give(c.place)
		}
		return mixes(c.dim)
	}
	if c.place != apart {
		return errors.New("it addresses the dimension of the batch")
	}
	var err error
	if c.varies(1) != nil {
		err = c.take(1, apart)
	} else {
		err = c.spread(1, 0)
	}
	if err != nil {
		return err
	}
	c.set(onnxio.IntAttr("batch_dims", c.IntOr("batch_dims", 0)+1))
	return c.give(apart)
}

// oneHot inserts a dimension.
func oneHot(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	axis := c.IntOr("axis", -1)
	if axis < 0 {
		axis += int64(c.rank(0)) + 1
	}
	p := c.place
	switch {
	case c.place == apart:
		c.set(onnxio.IntAttr("axis", axis+1))
	case int(axis) <= c.dim:
		p.dim++
	}
	return c.give(p)
}
