package rebatch

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// pointwise is for operators that treat every element of their first input
// alone, whatever the batch's place.
func pointwise(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	return c.give(c.place)
}

// broadcast is for operators of several tensors that are aligned at their last
// dimensions.
func broadcast(c *call) error {
	out := c.out[0].shape
	if c.place == apart {
		for i := range c.Inputs {
			if c.varies(i) != nil {
				if err := c.pad(i, len(out)); err != nil {
					return err
				}
			}
		}
		return c.give(apart)
	}
	at := c.dim + len(out) - c.rank(c.lead)
	for i := range c.Inputs {
		if !c.has(i) {
			continue
		}
		if err := c.align(i, at-len(out), out[at]); err != nil {
			return err
		}
	}
	return c.give(place{at, c.outer})
}

// align takes input i for a tensor whose batch is inside of a dimension of a
// size, which is counted from the end, -1 for the last.
func (c *call) align(i, back int, size int64) error {
	d := c.rank(i) + back
	switch v := c.varies(i); {
	case v == nil && (d < 0 || c.shapes[i][d] == 1):
		return nil // broadcasts
	case v == nil:
		return &repeatError{c.names[i], c.shapes[i], d}
	case d < 0 || v.shape[d] != size:
		return fmt.Errorf("the batch of %v would be repeated", v)
	}
	return c.take(i, place{d, c.outer})
}

// pad takes input i with its batch apart, and before a number of dimensions.
func (c *call) pad(i, rank int) error {
	if err := c.take(i, apart); err != nil {
		return err
	}
	if missing := rank - c.rank(i); missing > 0 {
		dims := []int64{-1}
		for range missing {
			dims = append(dims, 1)
		}
		c.reshape(i, append(dims, c.shapes[i]...))
	}
	return nil
}

// reshape gives what the node reads as input i another shape.
func (c *call) reshape(i int, dims []int64) {
	c.Inputs[i] = c.b.Op("Reshape", []string{c.Inputs[i], c.b.Int64s(dims...)})
}

// window is for operators that slide over all dimensions but the first two, or
// normalise there: the batch is in the first. Weights are no samples.
func window(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	if c.dim != 0 {
		return fmt.Errorf("the batch of its input is to be in the first dimension")
	}
	for j, v := range c.out[1:] {
		if v != nil && c.OpName() != "BatchNormalization" {
			return fmt.Errorf("its output %d is not followed", j+1)
		}
	}
	c.deliver(c.out[0], c.place)
	c.append(c.Node)
	return nil
}

// resize is window, with sizes that are written down.
func resize(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	if c.dim != 0 || c.shapes[0][0] != c.out[0].shape[0] {
		return fmt.Errorf("the batch of its input is to be in the first dimension, and to stay")
	}
	axes := c.IntsOr("axes", nil)
	covers := len(axes) == 0
	for k, a := range axes {
		if a == 0 || a == -int64(c.rank(0)) {
			covers = true
			if k > 0 {
				return fmt.Errorf("its axes %v have the batch between others", axes)
			}
		}
	}
	if c.has(3) && covers {
		sizes, _, err := c.ints("", 3)
		if err != nil {
			return err
		}
		first := c.b.Op("Shape", []string{c.Inputs[0]}, onnxio.IntAttr("start", 0), onnxio.IntAttr("end", 1))
		if len(sizes) > 1 {
			first = c.b.Op("Concat", []string{first, c.b.Int64s(sizes[1:]...)}, onnxio.IntAttr("axis", 0))
		}
		c.Inputs[3] = first
	}
	return c.give(c.place)
}
