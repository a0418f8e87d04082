package rebatch

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// scatterParts is ScatterND by numbers that are the same for all samples. They
// address dimensions of the data from the first on: the batch is behind these,
// or is brought there.
func scatterParts(c *call) error {
	if c.varies(1) != nil {
		return errTwo
	}
	updates := c.rank(1) - 1 // dimensions before those that are not addressed
	if updates < 0 {
		return errors.New("its numbers have no dimension")
	}
	depth := int(c.shapes[1][updates])
	if rest := c.rank(0) - depth; depth < 0 || rest < 0 || c.rank(2) != updates+rest {
		return fmt.Errorf("its updates of shape %v do not fit numbers of shape %v and data of shape %v", c.shapes[2], c.shapes[1], c.shapes[0])
	}
	at := c.dim // in the data
	if c.lead == 2 && c.place != apart {
		at += depth - updates
	}
	switch {
	case c.place == apart:
		return c.scatterBehind(c.names[1], apart, apart)
	case at >= depth && (c.lead == 0 || c.dim >= updates):
		data, rows := place{at, c.outer}, place{at - depth + updates, c.outer}
		if err := c.both(data, rows); err != nil {
			return err
		}
		return c.give(data)
	case c.dim == 0:
		numbers, err := c.ownRows()
		if err != nil {
			return err
		}
		return c.scatterBehind(numbers, place{0, 1}, place{0, 1})
	}
	return errors.New("it addresses the dimension of the batch")
}

// both takes the data and the updates with their batch in places.
func (c *call) both(data, updates place) error {
	for i, p := range []place{data, {}, updates} {
		if i == 1 {
			continue
		}
		var err error
		switch {
		case c.varies(i) != nil:
			err = c.take(i, p)
		case p == apart:
			err = c.spread(i, 0)
		case c.shapes[i][p.dim] == c.size && c.size > 1:
			err = &repeatError{c.names[i], c.shapes[i], p.dim}
		case c.shapes[i][p.dim] == 1:
			c.Inputs[i] = c.often(c.names[i], c.rank(i), p.dim, c.samples())
		default:
			err = errTwo
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ownRows are the numbers without the first, where that says of every sample of
// the export the place of the sample itself, and the others are the same for all.
func (c *call) ownRows() (string, error) {
	shape := c.shapes[1]
	t := c.constant(c.names[1])
	depth := shape[len(shape)-1]
	if t == nil || len(shape) < 2 || depth < 2 || shape[0] != c.size || c.shapes[0][0] != c.size {
		return "", errors.New("it addresses the dimension of the batch")
	}
	all, err := t.Int64()
	if err != nil {
		return "", err
	}
	row := len(all) / int(c.size)
	var rest []int64
	for i, n := range all {
		k := i % row
		switch {
		case i%int(depth) == 0:
			if n != int64(i/row) {
				return "", errors.New("it moves numbers from sample to sample")
			}
		case i < row:
			rest = append(rest, n)
		case n != all[k]:
			return "", errors.New("it addresses other places in every sample")
		}
	}
	own := slices.Clone(shape[1:])
	own[len(own)-1]--
	return c.b.Initializer(onnxio.NewInt64("numbers", own, rest)), nil
}

// scatterBehind has the batch behind all other dimensions, where no numbers
// reach.
func (c *call) scatterBehind(numbers string, data, updates place) error {
	if err := c.both(data, updates); err != nil {
		return err
	}
	c.Inputs[1] = numbers
	rank := 0
	for _, i := range []int{2, 0} {
		rank = c.rank(i)
		if data == apart {
			rank++
		}
		c.Inputs[i] = c.b.Op("Transpose", []string{c.Inputs[i]}, onnxio.IntsAttr("perm", moved(rank, 0, rank-1)...))
	}
	y := c.b.Op("ScatterND", c.Inputs, c.Attrs...)
	c.Op, c.Inputs, c.Attrs = "Transpose", []string{y}, []*onnxio.Attribute{onnxio.IntsAttr("perm", moved(rank, rank-1, 0)...)}
	return c.give(data)
}
