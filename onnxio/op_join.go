package onnxio

import (
	"fmt"
	"math"
	"slices"
)

// joinOps put tensors together, cut them apart and pad them.
var joinOps = []operator{
	{"", "CenterCropPad", 18, "input_data shape -> output_data", "axes:ints", centerCropPad},
	{"", "Concat", 1, "inputs... -> concat_result", "axis:int", concat},
	{"", "Concat", 4, "inputs... -> concat_result", "axis:int!", concat},
	{"", "Pad", 1, "data -> output", "mode:string paddings:ints! value:float", padAttribute},
	{"", "Pad", 2, "data -> output", "mode:string pads:ints! value:float", padAttribute},
	{"", "Pad", 11, "data pads constant_value? -> output", "mode:string", pad},
	{"", "Pad", 18, "data pads constant_value? axes? -> output", "mode:string", pad},
	{"", "ReverseSequence", 10, "input sequence_lens -> Y", "batch_axis:int time_axis:int", sameAsInput},
	{"", "Slice", 1, "data -> output", "axes:ints ends:ints! starts:ints!", slice},
	{"", "Slice", 10, "data starts ends axes? steps? -> output", "", slice},
	{"", "Split", 1, "input split? -> outputs...", "axis:int split:ints", split},
	{"", "Split", 2, "input -> outputs...", "axis:int split:ints", split},
	{"", "Split", 13, "input split? -> outputs...", "axis:int", split},
	{"", "Split", 18, "input split? -> outputs...", "axis:int num_outputs:int", split},
	{"", "Tile", 1, "input tiles axis -> output", "", nil},
	{"", "Tile", 6, "input repeats -> output", "", tile},
}

// concat joins inputs along axis; the other dimensions must agree.
func concat(c *call) error {
	all := make([]int, len(c.in))
	for i := range all {
		all[i] = i
	}
	dt, err := c.sameType(all...)
	if err != nil {
		return err
	}
	c.set(0, dt, nil)
	var out Shape
	for i := range c.in {
		if c.shape(i) == nil {
			return nil
		}
		out = c.shape(i)
	}
	out = slices.Clone(out)
	def := int64(1) // before operator set 4
	a, err := axis(c.node.IntOr("axis", def), len(out))
	if err != nil {
		return err
	}
	total := integer(0)
	var elems []number
	follow := len(out) == 1
	for i := range c.in {
		s := c.shape(i)
		if len(s) != len(out) {
			return fmt.Errorf("input %d has shape %v, others have rank %d", i, s, len(out))
		}
		total = total.add(s[a].number())
		if n, ok := total.value(); ok && n > math.MaxInt32 {
			// ONNX Runtime 1.30 adds them up in 32 bits, and ends the process when
			// a Slice of what results has a negative size.
			return fmt.Errorf("%d elements are joined along axis %d, which is more than %d", n, a, math.MaxInt32)
		}
		for k, d := range s {
			if k == a {
				continue
			}
			if d.Known() && out[k].Known() && d != out[k] {
				return fmt.Errorf("input %d has shape %v, which differs from the others outside axis %d", i, s, a)
			}
			if !out[k].Known() && (d.Known() || out[k].Symbol == "") {
				out[k] = d
			}
		}
		if part := c.content(i); follow && len(elems) <= maxContent && (part != nil || s[0] == Dim{}) {
			elems = append(elems, part...)
		} else {
			follow = false
		}
	}
	out[a] = total.dim()
	c.set(0, dt, out)
	if follow {
		c.setContent(0, elems)
	}
	return nil
}

// split cuts an axis into parts of given sizes, or into equal ones.
func split(c *call) error {
	for i := range c.out {
		c.set(i, c.typ(0), c.shape(0))
	}
	x := c.shape(0)
	if x == nil {
		return nil
	}
	a, err := axis(c.node.IntOr("axis", 0), len(x))
	if err != nil {
		return err
	}
	sizes, given, known := c.intsAt("split", 1)
	n := int64(len(c.out))
	switch {
	case given && !known:
		for _, v := range c.out {
			v.Shape[a] = Dim{Size: -1}
		}
		return nil
	case given:
		if int64(len(sizes)) != n {
			return fmt.Errorf("%d parts for %d outputs", len(sizes), n)
		}
	default:
		if want := c.node.IntOr("num_outputs", n); want != n {
			return fmt.Errorf("attribute num_outputs is %d, but the node has %d outputs", want, n)
		}
	}
	total := int64(0)
	for i, v := range c.out {
		switch {
		case given && sizes[i] < 0:
			return fmt.Errorf("part %d has size %d", i, sizes[i])
		case given:
			v.Shape[a] = Dim{Size: sizes[i]}
			total += sizes[i]
		case x[a].Known():
			v.Shape[a] = Dim{Size: equalPart(x[a].Size, n, int64(i))}
		default:
			v.Shape[a] = x[a].number().div(integer(n)).dim()
		}
	}
	switch size := x[a]; {
	case given && size.Known() && total != size.Size:
		return fmt.Errorf("parts %v do not add up to %d", sizes, size.Size)
	case !given && size.Known() && size.Size%n != 0 && c.opset < 18:
		return fmt.Errorf("size %d does not divide into %d equal parts", size.Size, n)
	}
	if elems := c.content(0); elems != nil && len(x) == 1 {
		for i, v := range c.out {
			k := v.Shape[0].Size
			if !v.Shape[0].Known() || k > int64(len(elems)) {
				break
			}
			c.setContent(i, elems[:k:k])
			elems = elems[k:]
		}
	}
	return nil
}

// equalPart is the size of part i of n: rounded up, the last one smaller.
func equalPart(size, n, i int64) int64 {
	part := ceilDiv(size, n)
	return max(0, min(part, size-i*part))
}

// slice takes starts, ends, axes and steps from attributes or inputs.
func slice(c *call) error {
	x := c.shape(0)
	c.set(0, c.typ(0), x)
	if x == nil {
		return nil
	}
	out := c.out[0].Shape
	starts, ends := c.bounds("starts", 1), c.bounds("ends", 2)
	list, axesGiven, axesKnown := c.intsAt("axes", 3)
	steps := c.bounds("steps", 4)
	if axesGiven && !axesKnown || starts == nil && ends == nil && !axesGiven {
		copy(out, unknownShape(len(x)))
		return nil
	}
	if !axesGiven {
		for i := range max(len(starts), len(ends)) {
			list = append(list, int64(i))
		}
	}
	if (starts == nil) != (ends == nil) && c.opset < 10 {
		return fmt.Errorf("starts and ends belong together")
	}
	for _, b := range [][]number{starts, ends, steps} {
		if b != nil && len(b) != len(list) {
			return fmt.Errorf("%d axes, but %d starts, %d ends and %d steps", len(list), len(starts), len(ends), len(steps))
		}
	}
	if _, err := axes(list, len(x)); err != nil {
		return err
	}
	for i, l := range list {
		a, _ := axis(l, len(x))
		step := integer(1)
		if steps != nil {
			step = steps[i]
		} else if c.has(4) {
			step = unknown
		}
		if step.is(0) {
			return fmt.Errorf("step of axis %d is 0", a)
		}
		if starts == nil || ends == nil {
			out[a] = Dim{Size: -1}
			continue
		}
		out[a] = cut(x[a], starts[i], ends[i], step)
		if elems := c.content(0); elems != nil && len(x) == 1 {
			c.setContent(0, cutContent(elems, starts[i], ends[i], step))
		}
	}
	return nil
}

// bounds returns integers from an attribute or an input, nil if unknown.
func (c *call) bounds(attr string, i int) []number {
	a := c.node.typed(attr, AttrInts)
	if a == nil {
		return c.content(i)
	}
	v := make([]number, len(a.Ints))
	for k, x := range a.Ints {
		v[k] = integer(x)
	}
	return v
}

// cut returns the size of d[start:end:step].
func cut(d Dim, start, end, step number) Dim {
	s, ok1 := start.value()
	e, ok2 := end.value()
	k, ok3 := step.value()
	if d.Known() && ok1 && ok2 && ok3 {
		from, to := clampSlice(d.Size, s, e, k)
		return Dim{Size: max(0, ceilDiv(to-from, k))}
	}
	n := d.number()
	whole := ok1 && s == 0 && (end == n || ok2 && e >= math.MaxInt32)
	switch {
	case !n.known || !step.is(1):
	case whole:
		return d
	case ok1 && s == 0 && end.syms == n.syms && end.known && end.coef <= n.coef && end.coef > 0:
		return end.dim() // a fraction of a product of the same symbols
	}
	return Dim{Size: -1}
}

// clampSlice returns the first index and the one past the last, as Slice
// clamps them for a size and a step.
func clampSlice(size, start, end, step int64) (from, to int64) {
	if start < 0 {
		start += size
	}
	if end < 0 && end > math.MinInt64+size {
		end += size
	}
	if step > 0 {
		return min(max(start, 0), size), min(max(end, 0), size)
	}
	return min(max(start, 0), size-1), min(max(end, -1), size-1)
}

func cutContent(elems []number, start, end, step number) []number {
	s, ok1 := start.value()
	e, ok2 := end.value()
	k, ok3 := step.value()
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	from, to := clampSlice(int64(len(elems)), s, e, k)
	out := []number{}
	for i := from; k > 0 && i < to || k < 0 && i > to; i += k {
		out = append(out, elems[i])
		if k > maxContent || k < -maxContent {
			break
		}
	}
	return out
}

func pad(c *call) error {
	if err := c.wantList(1); err != nil {
		return err
	}
	if _, err := c.sameType(0, 2); err != nil {
		return err
	}
	pads := c.content(1)
	x := c.shape(0)
	if x == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	along := make([]int64, len(x))
	for i := range along {
		along[i] = int64(i)
	}
	if c.has(3) {
		list, ok := c.ints(3)
		if !ok {
			c.set(0, c.typ(0), unknownShape(len(x)))
			return nil
		}
		along = list
	}
	if n := c.shape(1); len(n) == 1 && n[0].Known() && n[0].Size != 2*int64(len(along)) {
		return fmt.Errorf("%d pads for %d axes", n[0].Size, len(along))
	}
	return c.padBy(pads, along)
}

func padAttribute(c *call) error {
	name := "pads"
	if c.opset < 2 {
		name = "paddings"
	}
	along := make([]int64, len(c.shape(0)))
	for i := range along {
		along[i] = int64(i)
	}
	return c.padBy(c.bounds(name, -1), along)
}

// padBy adds pads, all beginnings before all ends, to the sizes along the
// given axes.
func (c *call) padBy(pads []number, along []int64) error {
	x := c.shape(0)
	out := slices.Clone(x)
	if out != nil && pads != nil && len(pads) != 2*len(along) {
		return fmt.Errorf("%d pads for %d axes", len(pads), len(along))
	}
	if _, err := axes(along, len(x)); err != nil {
		return err
	}
	for i, l := range along {
		a, _ := axis(l, len(x))
		if pads == nil {
			out[a] = Dim{Size: -1}
			continue
		}
		n := x[a].number().add(pads[i]).add(pads[i+len(along)])
		if v, ok := n.value(); ok && v < 0 {
			return fmt.Errorf("pads %v and %v leave size %d of axis %d", pads[i].coef, pads[i+len(along)].coef, v, a)
		}
		out[a] = n.dim()
	}
	c.set(0, c.typ(0), out)
	return nil
}

func tile(c *call) error {
	out := slices.Clone(c.shape(0))
	repeats := c.content(1)
	if repeats != nil && out != nil && len(repeats) != len(out) {
		return fmt.Errorf("%d repeats for shape %v", len(repeats), out)
	}
	for i := range out {
		if repeats == nil {
			out[i] = Dim{Size: -1}
		} else {
			out[i] = out[i].number().mul(repeats[i]).dim()
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}

func centerCropPad(c *call) error {
	out := slices.Clone(c.shape(0))
	sizes := c.content(1)
	list := c.node.IntsOr("axes", nil)
	if list == nil {
		for i := range out {
			list = append(list, int64(i))
		}
	}
	if sizes != nil && out != nil && len(sizes) != len(list) {
		return fmt.Errorf("%d sizes for %d axes", len(sizes), len(list))
	}
	if out != nil {
		if _, err := axes(list, len(out)); err != nil {
			return err
		}
		for i, l := range list {
			a, _ := axis(l, len(out))
			out[a] = Dim{Size: -1}
			if sizes != nil {
				out[a] = sizes[i].dim()
			}
		}
	}
	c.set(0, c.typ(0), out)
	return nil
}
