package autodiff

// padded reads how many elements Pad adds, or removes where negative, before
// and after each dimension.
func (c *call) padded() (begin, end []int64) {
	pads, ok := c.list("pads", 1)
	rank := c.rank()
	axes := from(0, rank)
	if c.has(3) {
		axes = c.constant(3)
	}
	if !ok || len(pads) != 2*len(axes) {
		failf(ErrOperand, "pads %v for %d axes", pads, len(axes))
	}
	begin, end = make([]int64, rank), make([]int64, rank)
	for i, a := range axes {
		a = resolve(a, rank)
		begin[a], end[a] = pads[i], pads[len(axes)+i]
	}
	return begin, end
}

// pad takes away what constant padding has added, or fills with zeros what it
// has taken away. The other modes copy elements to the margins, whose
// cotangents come back to them, axis by axis, the last one first.
func pad(c *call) string {
	begin, end := c.padded()
	mode := c.StringOr("mode", "constant")
	if mode == "constant" {
		return c.pad(c.dy, negated(begin), negated(end))
	}
	dx := c.dy
	for a := int64(len(begin)) - 1; a >= 0; a-- {
		if begin[a] != 0 || end[a] != 0 {
			dx = c.unpad(dx, mode, a, begin[a], end[a])
		}
	}
	return dx
}

// padValue: all elements that constant padding has added are the value.
func padValue(c *call) string {
	if mode := c.StringOr("mode", "constant"); mode != "constant" {
		return ""
	}
	begin, end := c.padded()
	all := from(0, c.rank())
	value := c.sub(c.sum(c.dy, false, all...), c.sum(c.pad(c.dy, negated(begin), negated(end)), false, all...))
	return c.reshape(value, c.inShape(2)...)
}

func negated(v []int64) []int64 {
	w := make([]int64, len(v))
	for i := range v {
		w[i] = -v[i]
	}
	return w
}

// unpad brings the cotangents of margins along axis a back to the n elements
// they were copied from.
func (c *call) unpad(dy, mode string, a, before, after int64) string {
	n, rank := c.inShape(0)[a], c.rank()
	if before < 0 || after < 0 {
		return c.unpadRest(dy, mode, a, before, after)
	}
	return c.unpadOf(dy, mode, a, n, before, after, rank)
}

// unpadRest is unpad where elements were removed, before others were added.
func (c *call) unpadRest(dy, mode string, a, before, after int64) string {
	rank, first, last := c.rank(), max(-before, 0), max(-after, 0)
	n := c.inShape(0)[a] - first - last
	dx := dy
	if before > 0 || after > 0 {
		dx = c.unpadOf(dy, mode, a, n, max(before, 0), max(after, 0), rank)
	}
	return c.place(dx, a, first, last, rank)
}

// unpadOf is unpad for n elements of which none were removed.
func (c *call) unpadOf(dy, mode string, a, n, before, after, rank int64) string {
	dx := c.cutOut(dy, a, before, before+n)
	first, last := c.cutOut(dy, a, 0, before), c.cutOut(dy, a, before+n, before+n+after)
	// Where the margins come from, and how wide they may be for that.
	atFirst, atLast, widest := int64(0), int64(0), n
	switch mode {
	case "edge":
		first, last = c.gathered(first, a), c.gathered(last, a)
		before, after = min(before, 1), min(after, 1)
		atLast = n - 1
	case "reflect":
		first, last = c.turned(first, a, before), c.turned(last, a, after)
		atFirst, atLast, widest = 1, n-1-after, n-1
	case "wrap":
		atFirst = n - before
	default:
		lacksf("mode %q", mode)
	}
	if before > widest || after > widest {
		lacksf("mode %q with pads %d and %d around %d elements", mode, before, after, n)
	}
	if before > 0 {
		dx = c.add(dx, c.place(first, a, atFirst, n-atFirst-before, rank))
	}
	if after > 0 {
		dx = c.add(dx, c.place(last, a, atLast, n-atLast-after, rank))
	}
	return dx
}

// gathered sums a margin into one element.
func (c *call) gathered(x string, a int64) string {
	if x == "" {
		return ""
	}
	return c.sum(x, true, a)
}

// cutOut takes elements start to end of an axis; "" if there are none.
func (c *call) cutOut(x string, a, start, end int64) string {
	if start >= end {
		return ""
	}
	return c.slice(x, []int64{a}, []int64{start}, []int64{end}, []int64{1})
}

// turned reverses an axis of n elements.
func (c *call) turned(x string, a, n int64) string {
	if x == "" || n == 1 {
		return x
	}
	return c.flip(x, a)
}

// place puts zeros before and after the elements along an axis.
func (c *call) place(x string, a, before, after, rank int64) string {
	begin, end := make([]int64, rank), make([]int64, rank)
	begin[a], end[a] = before, after
	return c.pad(x, begin, end)
}
