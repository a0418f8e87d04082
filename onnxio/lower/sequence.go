package lower

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Sequences are followed to the tensors that they are made of, so that what is
// taken out of them needs none. Nodes that make sequences stay; when nobody
// reads these any more, they go.

// maxSequence bounds the nodes that a sequence is followed through.
const maxSequence = 1 << 14

// elements are the tensors that a sequence holds.
func (c *call) elements(name string) []string {
	var edits []*onnxio.Node // of the sequence that is made, last to first
	for n := c.producer(name); ; n = c.producer(n.Inputs[0]) {
		if n == nil {
			keepf("the sequence %q is not made by nodes of the graph", name)
		}
		if len(n.Inputs) == 0 && n.OpName() != "SequenceEmpty" {
			keepf("%s has no input", n.OpName())
		}
		if len(edits) > maxSequence {
			keepf("the sequence %q is changed more than %d times", name, maxSequence)
		}
		var list []string
		switch n.OpName() {
		case "Identity", "SequenceInsert", "SequenceErase":
			edits = append(edits, n)
			continue
		case "SequenceConstruct":
			list = slices.Clone(n.Inputs)
		case "SequenceEmpty":
		case "SplitToSequence":
			list = slices.Clone(c.parts(n))
		default:
			keepf("the sequence %q comes out of a %s, which is not followed", name, n.OpName())
		}
		for _, edit := range slices.Backward(edits) {
			list = c.edited(list, edit)
		}
		return list
	}
}

// edited is a list after a node has changed it.
func (c *call) edited(list []string, n *onnxio.Node) []string {
	switch n.OpName() {
	case "SequenceInsert":
		if len(n.Inputs) < 2 {
			keepf("SequenceInsert has no tensor")
		}
		at := c.position(n, 2, len(list), len(list)+1)
		return slices.Insert(list, at, n.Inputs[1])
	case "SequenceErase":
		at := c.position(n, 1, len(list), len(list))
		return slices.Delete(list, at, at+1)
	}
	return list
}

// position is the place, of as many as there are, that input i of a node names
// in a sequence of count tensors: counted from the end if negative, the last
// one if left out.
func (c *call) position(n *onnxio.Node, i, count, places int) int {
	at := int64(places) - 1
	if i < len(n.Inputs) && n.Inputs[i] != "" {
		t := c.valueOf(n.Inputs[i])
		if t == nil {
			keepf("the place in the sequence, %q, is not known before the graph runs", n.Inputs[i])
		}
		var err error
		if at, err = scalar(t); err != nil {
			keepf("the place in the sequence is %v", err)
		}
		if at < 0 {
			at += int64(count)
		}
	}
	if at < 0 || at >= int64(places) {
		keepf("place %d of a sequence of %d", at, count)
	}
	return int(at)
}

// parts are what a SplitToSequence cuts a tensor into, cut once for all who
// take parts.
func (c *call) parts(n *onnxio.Node) []string {
	of := &call{Node: n, b: c.b, inferred: c.inferred, opset: c.opset, given: c.given, memo: c.memo}
	shape := of.anyShape(0)
	axis := of.axisOf("axis", 0, len(shape))
	if !shape[axis].Known() {
		keepf("%q is split along dimension %d, of which only %v is known; export the model with a fixed size there", of.in(0), axis, shape[axis])
	}
	sizes, drop := of.partSizes(shape[axis].Size)
	if len(sizes) > maxSequence {
		keepf("%q is split into %d parts", of.in(0), len(sizes))
	}
	key := "parts of " + n.Outputs[0]
	if list, ok := c.memo[key]; ok {
		return list
	}
	list := []string{of.in(0)}
	if len(sizes) > 1 {
		list = slices.Clone(c.b.Ops("Split", len(sizes), []string{of.in(0), c.b.Int64s(sizes...)}, onnxio.IntAttr("axis", int64(axis))))
	}
	for i := range list {
		if drop {
			list[i] = c.squeeze(list[i], int64(axis))
		}
	}
	c.note(key, list)
	return list
}

// partSizes are the sizes of the parts of a SplitToSequence; drop says that
// the axis goes away.
func (c *call) partSizes(size int64) (sizes []int64, drop bool) {
	if !c.has(1) && size > maxSequence {
		keepf("%q is split into %d parts", c.in(0), size)
	}
	if !c.has(1) {
		return slices.Repeat([]int64{1}, int(size)), c.IntOr("keepdims", 1) == 0
	}
	t := c.constant(1)
	if t == nil {
		keepf("the sizes of the parts, %q, are not known before the graph runs", c.in(1))
	}
	if len(t.Shape) == 1 {
		sizes, err := integers(t)
		if err != nil {
			keepf("the sizes of the parts: %v", err)
		}
		return sizes, false
	}
	each, err := scalar(t)
	if err != nil || each < 1 || size/each > maxSequence {
		keepf("parts of %d of %d", each, size)
	}
	for ; size > 0; size -= each {
		sizes = append(sizes, min(each, size))
	}
	return sizes, false
}

func sequenceAt(c *call) []string {
	list := c.elements(c.in(0))
	return []string{c.one("Identity", list[c.position(c.Node, 1, len(list), len(list))])}
}

func sequenceLength(c *call) []string {
	return []string{c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewInt64("", nil, []int64{int64(len(c.elements(c.in(0))))})))}
}

// optionalGet takes a tensor out of an optional value; a tensor is one already.
func optionalGet(c *call) []string {
	from, steps := c.in(0), 0
	for n := c.producer(from); n != nil && n.OpName() == "Optional"; n = c.producer(from) {
		if len(n.Inputs) == 0 || n.Inputs[0] == "" {
			keepf("the optional value %q has no element", from)
		}
		if steps++; steps > maxSequence {
			keepf("the optional value %q is wrapped more than %d times", from, maxSequence)
		}
		from = n.Inputs[0]
	}
	return []string{c.one("Identity", from)}
}

// optionalHas is whether an optional value has an element.
func optionalHas(c *call) []string {
	has := c.has(0)
	if n := c.producer(c.optional(0)); n != nil && n.OpName() == "Optional" {
		has = len(n.Inputs) > 0 && n.Inputs[0] != ""
	}
	return []string{c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewBool("", nil, []bool{has})))}
}

func concatFromSequence(c *call) []string {
	list := c.elements(c.in(0))
	if len(list) == 0 {
		keepf("the sequence is empty")
	}
	axis := c.IntOr("axis", 0)
	if len(list) == 1 {
		list[0] = c.one("Identity", list[0])
	}
	if c.IntOr("new_axis", 0) != 0 {
		for i, x := range list {
			list[i] = c.unsqueeze(x, axis)
		}
	}
	return []string{c.concat(axis, list...)}
}
