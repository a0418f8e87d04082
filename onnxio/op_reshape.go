package onnxio

import (
	"fmt"
	"slices"
)

// reshapeOps keep the elements and change the shape.
var reshapeOps = []operator{
	{"", "Expand", 8, "input shape -> output", "", expand},
	{"", "Flatten", 1, "input -> output", "axis:int", flatten},
	{"", "Identity", 1, "input -> output", "", identity},
	{"", "Reshape", 1, "data -> reshaped", "consumed_inputs:ints shape:ints", reshapeAttribute},
	{"", "Reshape", 5, "data shape -> reshaped", "", reshape},
	{"", "Reshape", 14, "data shape -> reshaped", "allowzero:int", reshape},
	{"", "Squeeze", 1, "data -> squeezed", "axes:ints", squeeze},
	{"", "Squeeze", 13, "data axes? -> squeezed", "", squeeze},
	{"", "Transpose", 1, "data -> transposed", "perm:ints", transpose},
	{"", "Unsqueeze", 1, "data -> expanded", "axes:ints!", unsqueeze},
	{"", "Unsqueeze", 13, "data axes -> expanded", "", unsqueeze},
}

// identity passes on what is known, constants too.
func identity(c *call) error {
	if t := c.tensor(0); t != nil {
		c.scope.constant(c.out[0].Name, t)
	}
	c.setContent(0, c.content(0))
	return sameAsInput(c)
}

// reshape: 0 copies a size of the input (unless allowzero), -1 takes what is
// left.
func reshape(c *call) error {
	if err := c.wantList(1); err != nil {
		return err
	}
	target, rank := c.content(1), c.rankBy(1)
	if target == nil {
		shape := Shape(nil)
		if rank >= 0 {
			shape = unknownShape(int(rank))
		}
		c.set(0, c.typ(0), shape)
		return nil
	}
	return c.reshapeTo(target)
}

func reshapeAttribute(c *call) error {
	return c.reshapeTo(c.bounds("shape", -1))
}

func (c *call) reshapeTo(target []number) error {
	x := c.shape(0)
	copyZero := c.node.IntOr("allowzero", 0) == 0
	sizes := make([]number, len(target))
	left := -1
	taken := integer(1)
	for i, n := range target {
		switch {
		case n.is(-1) && left >= 0:
			return fmt.Errorf("shape has two sizes of -1")
		case n.is(-1):
			left = i
			continue
		case n.is(0) && copyZero:
			if x != nil && i >= len(x) {
				return fmt.Errorf("size 0 at %d copies nothing: input has shape %v", i, x)
			}
			if x != nil {
				n = x[i].number()
			} else {
				n = unknown
			}
		}
		if v, ok := n.value(); ok && v < 0 {
			return fmt.Errorf("size %d is negative", v)
		}
		sizes[i] = n
		taken = taken.mul(n)
	}
	if x != nil {
		total := product(x)
		t, ok1 := total.value()
		k, ok2 := taken.value()
		fits := ok1 && ok2
		switch {
		case left >= 0 && fits && (k == 0 || t%k != 0), left < 0 && fits && t != k:
			return fmt.Errorf("%v does not reshape to %v", x, shapeOf(sizes, left))
		case left >= 0:
			sizes[left] = c.remainder(x, sizes, target, total, taken)
		default:
			fillOne(sizes, total)
		}
	}
	c.set(0, c.typ(0), shapeOf(sizes, -1))
	c.setContent(0, c.content(0))
	return nil
}

// remainder returns the size that -1 stands for. Sizes that are copied from
// the input cancel even if they are not known.
func (c *call) remainder(x Shape, sizes, target []number, total, taken number) number {
	if n := total.div(taken); n.known && n.mul(taken) == total {
		return n
	}
	rest, own := integer(1), integer(1)
	for i, n := range target {
		switch {
		case n.is(0) && i < len(x): // copied: cancels
		case n.is(-1):
		default:
			own = own.mul(sizes[i])
		}
	}
	for i, d := range x {
		if i < len(target) && target[i].is(0) {
			continue
		}
		rest = rest.mul(d.number())
	}
	if n := rest.div(own); n.known && n.mul(own) == rest {
		return n
	}
	return unknown
}

// fillOne works out a single unknown size from the total.
func fillOne(sizes []number, total number) {
	missing, taken := -1, integer(1)
	for i, n := range sizes {
		if n.known {
			taken = taken.mul(n)
		} else if missing >= 0 {
			return
		} else {
			missing = i
		}
	}
	if missing >= 0 {
		if n := total.div(taken); n.known && n.mul(taken) == total {
			sizes[missing] = n
		}
	}
}

// shapeOf turns numbers into a shape; the one at left, if any, stays unknown.
func shapeOf(sizes []number, left int) Shape {
	out := make(Shape, len(sizes))
	for i, n := range sizes {
		out[i] = n.dim()
		if i == left {
			out[i] = Dim{Size: -1}
		}
	}
	return out
}

func flatten(c *call) error {
	x := c.shape(0)
	if x == nil {
		c.set(0, c.typ(0), unknownShape(2))
		return nil
	}
	a := c.node.IntOr("axis", 1)
	if a < 0 && c.opset < 11 {
		return fmt.Errorf("axis %d: operator set %d counts from the front", a, c.opset)
	}
	if a < 0 {
		a += int64(len(x))
	}
	if a < 0 || a > int64(len(x)) {
		return fmt.Errorf("axis %d is out of range for rank %d", a, len(x))
	}
	c.set(0, c.typ(0), Shape{product(x[:a]).dim(), product(x[a:]).dim()})
	return nil
}

func squeeze(c *call) error {
	x := c.shape(0)
	list, given, known := c.intsAt("axes", 1)
	c.set(0, c.typ(0), nil)
	if x == nil || given && !known {
		return nil
	}
	if !given {
		for i, d := range x {
			switch {
			case d == Dim{Size: 1}:
				list = append(list, int64(i))
			case !d.Known():
				return nil // whether it goes is not known
			}
		}
	}
	set, err := axes(list, len(x))
	if err != nil {
		return err
	}
	for i := range set {
		if x[i].Known() && x[i].Size != 1 {
			return fmt.Errorf("axis %d has size %v, not 1", i, x[i])
		}
	}
	c.set(0, c.typ(0), reduced(x, set, false))
	c.setContent(0, c.content(0))
	return nil
}

func unsqueeze(c *call) error {
	x := c.shape(0)
	list, given, known := c.intsAt("axes", 1)
	c.set(0, c.typ(0), nil)
	if c.rankBy(1); len(list) > maxRank {
		c.tall = int64(len(list))
		return nil
	}
	for i, axis := range list {
		if slices.Contains(list[:i], axis) {
			return fmt.Errorf("axis %d is given twice", axis)
		}
	}
	if x == nil || !given || !known {
		return nil
	}
	rank := len(x) + len(list)
	set, err := axes(list, rank)
	if err != nil {
		return err
	}
	out := Shape{}
	for i := range rank {
		if set[i] {
			out = append(out, Dim{Size: 1})
		} else {
			out, x = append(out, x[0]), x[1:]
		}
	}
	c.set(0, c.typ(0), out)
	c.setContent(0, c.content(0))
	return nil
}

func transpose(c *call) error {
	x := c.shape(0)
	c.set(0, c.typ(0), nil)
	if x == nil {
		return nil
	}
	perm := c.node.IntsOr("perm", nil)
	if perm == nil {
		for i := range x {
			perm = append(perm, int64(len(x)-1-i))
		}
	}
	if len(perm) != len(x) || len(perm) > 0 && slices.Min(perm) < 0 {
		return fmt.Errorf("attribute perm is %v, but the input has shape %v", perm, x)
	}
	if _, err := axes(perm, len(x)); err != nil {
		return fmt.Errorf("attribute perm: %w", err)
	}
	out := make(Shape, len(x))
	for i, p := range perm {
		a, _ := axis(p, len(x))
		out[i] = x[a]
	}
	c.set(0, c.typ(0), out)
	return nil
}

// expand broadcasts to a shape; the result may have more than that shape says.
func expand(c *call) error {
	target, err := c.shapeFrom(1)
	if err != nil {
		return err
	}
	out, err := broadcast(c.shape(0), target)
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), slices.Clone(out))
	if elems := c.content(0); len(elems) == 1 && len(out) == 1 && out[0].Known() && out[0].Size <= maxContent {
		c.setContent(0, slices.Repeat(elems, int(out[0].Size)))
	}
	return nil
}
