package onnxio

// reduceOps combine the elements along axes into one.
var reduceOps = []operator{
	{"", "ReduceL1", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceL1", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceL2", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceL2", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceLogSum", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceLogSum", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceLogSumExp", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceLogSumExp", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceMax", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceMax", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceMean", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceMean", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceMin", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceMin", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceProd", 1, "data -> reduced", "axes:ints keepdims:int", reduceProd},
	{"", "ReduceProd", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduceProd},
	{"", "ReduceSum", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceSum", 13, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
	{"", "ReduceSumSquare", 1, "data -> reduced", "axes:ints keepdims:int", reduce},
	{"", "ReduceSumSquare", 18, "data axes? -> reduced", "keepdims:int noop_with_empty_axes:int", reduce},
}

func reduce(c *call) error {
	x := c.shape(0)
	keep := c.node.IntOr("keepdims", 1) != 0
	list, given, known := c.intsAt("axes", 1)
	if x == nil || given && !known {
		c.set(0, c.typ(0), nil)
		if x != nil && keep {
			c.set(0, c.typ(0), unknownShape(len(x)))
		}
		return nil
	}
	if len(list) == 0 {
		if c.node.IntOr("noop_with_empty_axes", 0) != 0 {
			c.set(0, c.typ(0), x)
			return nil
		}
		for i := range x {
			list = append(list, int64(i))
		}
	}
	set, err := axes(list, len(x))
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), reduced(x, set, keep))
	return nil
}

// reduced returns s without the given axes, or with size 1 in their place.
func reduced(s Shape, axes map[int]bool, keep bool) Shape {
	out := Shape{}
	for i, d := range s {
		switch {
		case !axes[i]:
			out = append(out, d)
		case keep:
			out = append(out, Dim{Size: 1})
		}
	}
	return out
}

// reduceProd also follows the product of sizes.
func reduceProd(c *call) error {
	if elems := c.content(0); elems != nil && len(c.shape(0)) == 1 {
		n := integer(1)
		for _, e := range elems {
			n = n.mul(e)
		}
		c.setContent(0, []number{n})
	}
	return reduce(c)
}
