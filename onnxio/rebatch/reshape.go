package rebatch

import (
	"fmt"
	"slices"
)

// reshape is for operators that keep the order of all elements. It leaves the
// node as it is where that gives the new shape, too.
func reshape(c *call) error {
	if err := c.alone(0); err != nil {
		return err
	}
	in, out := c.values[c.names[0]], c.out[0]
	list := out.places(in.before(c.place), c.size)
	if len(list) == 0 {
		return fmt.Errorf("it cuts the batch of %v into %v", in, out.shape)
	}
	p := list[0]
	for _, other := range list {
		if c.keeps(other) {
			p = other
			break
		}
	}
	if !c.keeps(p) {
		c.Op, c.Domain, c.Attrs = "Reshape", "", nil
		target := out.dims(p)
		if p.dim == c.dim && (p == apart || out.shape[p.dim] == in.shape[c.dim]) {
			target[max(p.dim, 0)] = 0 // as many as there are
		}
		c.Inputs = []string{c.Inputs[0], c.b.Int64s(target...)}
	}
	c.reshaped[out.name] = c.Inputs[0]
	if source, ok := c.reshaped[c.Inputs[0]]; ok {
		c.reshaped[out.name] = source
	}
	return c.give(p)
}

// keeps reports whether the node as it is gives its output with the batch in a
// place, for any number of samples.
func (c *call) keeps(p place) bool {
	in, out := c.values[c.names[0]], c.out[0]
	for _, samples := range []int64{c.size * 2, c.size * 3} {
		at := func(v *value, p place) []int64 {
			dims := v.dims(p)
			if p == apart {
				dims[0] = samples
			} else {
				dims[p.dim] = v.shape[p.dim] / c.size * samples
			}
			return dims
		}
		if !slices.Equal(c.resolved(at(in, c.place)), at(out, p)) {
			return false
		}
	}
	return true
}

// resolved is the shape that the node gives an input of a shape, nil if it
// refuses it.
func (c *call) resolved(in []int64) []int64 {
	switch c.OpName() {
	case "Flatten":
		axis := c.IntOr("axis", 1)
		if axis < 0 {
			axis += int64(len(in))
		}
		return []int64{product(in[:axis]), product(in[axis:])}
	case "Squeeze", "Unsqueeze":
		return c.squeezed(in)
	}
	target, _, err := c.ints("", 1)
	if err != nil {
		return nil
	}
	out, left, rest := slices.Clone(target), -1, product(in)
	for d, size := range out {
		switch {
		case size == 0 && (c.IntOr("allowzero", 0) != 0 || d >= len(in)):
			return nil
		case size == 0:
			out[d] = in[d]
		case size < 0:
			left = d
			continue
		}
		if rest%out[d] != 0 {
			return nil
		}
		rest /= out[d]
	}
	if left >= 0 {
		out[left] = rest
	}
	return out
}

func (c *call) squeezed(in []int64) []int64 {
	axes, given, err := c.ints("axes", 1)
	if err != nil || !given {
		return nil
	}
	rank := len(in)
	if c.OpName() == "Unsqueeze" {
		rank += len(axes)
	}
	axes = slices.Clone(axes)
	for i, a := range axes {
		if a < 0 {
			axes[i] += int64(rank)
		}
	}
	var out []int64
	if c.OpName() == "Squeeze" {
		for d, size := range in {
			switch {
			case !slices.Contains(axes, int64(d)):
				out = append(out, size)
			case size != 1:
				return nil
			}
		}
		return out
	}
	for d := range rank {
		if slices.Contains(axes, int64(d)) {
			out = append(out, 1)
			continue
		}
		out, in = append(out, in[0]), in[1:]
	}
	return out
}
