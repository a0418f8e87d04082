package onnxio

import (
	"encoding/binary"
	"fmt"
)

// call is one node during shape inference: what is known about its inputs, and
// the outputs to fill in. A rule reads the former and sets the latter; it may
// leave what it does not know.
type call struct {
	inf   *inference
	scope *scope
	node  *Node
	opset int64
	in    []*Value // nil where left out
	out   []*Value
	tall  int64 // the number of dimensions of an output that has more than maxRank; else 0
}

// has reports whether input i is given. No operator has an input -1.
func (c *call) has(i int) bool { return i >= 0 && i < len(c.in) && c.in[i] != nil }

// typ returns the element type of input i, Undefined if unknown or absent.
func (c *call) typ(i int) DataType {
	if !c.has(i) {
		return Undefined
	}
	return c.in[i].Type
}

// shape returns the shape of input i, nil if unknown or absent.
func (c *call) shape(i int) Shape {
	if !c.has(i) {
		return nil
	}
	return c.in[i].Shape
}

// set gives output i, if the node has it, a type and a copy of shape.
func (c *call) set(i int, dt DataType, shape Shape) {
	if i >= len(c.out) {
		return
	}
	if len(shape) > maxRank {
		c.tall, shape = int64(len(shape)), nil // keep a hostile file from doubling ranks
	}
	c.out[i].Type = dt
	c.out[i].Shape = shape
	if shape != nil {
		c.out[i].Shape = append(Shape{}, shape...)
	}
}

// rankBy is the number of elements of input i, a list with one for every dimension, or -1
// where it is not known. One that is too long is remembered.
func (c *call) rankBy(i int) int64 {
	s := c.shape(i)
	if len(s) != 1 || !s[0].Known() {
		return -1
	}
	if s[0].Size > maxRank {
		c.tall = s[0].Size
		return -1
	}
	return s[0].Size
}

// maxContent is the number of elements up to which the content of integer
// tensors is followed. Shapes are short; this leaves room for masks and grids.
const maxContent = 1024

// content returns the elements of integer input i, or nil if they are unknown.
func (c *call) content(i int) []number {
	if !c.has(i) {
		return nil
	}
	name := c.node.Inputs[i]
	def := c.scope.find(name)
	elems, ok := def.content[name]
	if t := def.tensors[name]; t != nil && !ok {
		elems = c.inf.afford(content(t))
		def.content[name] = elems
	}
	return elems
}

// setContent records the elements of integer output i. Nil says nothing.
func (c *call) setContent(i int, elems []number) {
	if i >= len(c.out) || c.out[i].Name == "" || elems == nil || len(elems) > maxContent {
		return
	}
	c.scope.content[c.out[i].Name] = c.inf.afford(elems)
}

// ints returns the elements of integer input i if all are known integers.
func (c *call) ints(i int) (v []int64, ok bool) {
	elems := c.content(i)
	if elems == nil {
		return nil, false
	}
	v = make([]int64, len(elems))
	for k, e := range elems {
		if v[k], ok = e.value(); !ok {
			return nil, false
		}
	}
	return v, true
}

// tensor returns the constant that input i is, or nil.
func (c *call) tensor(i int) *Tensor {
	if !c.has(i) {
		return nil
	}
	return c.scope.find(c.node.Inputs[i]).tensors[c.node.Inputs[i]]
}

// intsAt returns a list of integers that is attribute name in old operator
// sets and input i in new ones. Given is false if there is neither; known is
// false if the input's elements are not.
func (c *call) intsAt(name string, i int) (v []int64, given, known bool) {
	if a := c.node.typed(name, AttrInts); a != nil {
		return a.Ints, true, true
	}
	if !c.has(i) {
		return nil, false, false
	}
	v, known = c.ints(i)
	return v, true, known
}

// axis returns axis for a tensor of the given rank, counted from the end if
// negative.
func axis(a int64, rank int) (int, error) {
	n := int64(rank)
	if a < -n || a >= n {
		return 0, fmt.Errorf("axis %d is out of range for rank %d", a, rank)
	}
	if a < 0 {
		a += n
	}
	return int(a), nil
}

// axes resolves a list of axes and refuses repeated ones.
func axes(list []int64, rank int) (map[int]bool, error) {
	set := make(map[int]bool, len(list))
	for _, a := range list {
		i, err := axis(a, rank)
		if err != nil {
			return nil, err
		}
		if set[i] {
			return nil, fmt.Errorf("axis %d is given twice", a)
		}
		set[i] = true
	}
	return set, nil
}

// unknownShape returns a shape of known rank and unknown sizes.
func unknownShape(rank int) Shape {
	s := make(Shape, rank)
	for i := range s {
		s[i] = Dim{Size: -1}
	}
	return s
}

// minRank refuses input i unless its rank is unknown or at least min.
func (c *call) minRank(i, min int) error {
	if s := c.shape(i); s != nil && len(s) < min {
		return fmt.Errorf("input %d has shape %v, but needs rank %d or more", i, s, min)
	}
	return nil
}

// sameType refuses inputs of two known, different element types and returns
// the common one.
func (c *call) sameType(inputs ...int) (DataType, error) {
	dt, first := Undefined, 0
	for _, i := range inputs {
		switch t := c.typ(i); {
		case t == Undefined:
		case dt == Undefined:
			dt, first = t, i
		case t != dt:
			return dt, fmt.Errorf("inputs %d and %d must have one element type, but are %v and %v", first, i, dt, t)
		}
	}
	return dt, nil
}

// content returns the elements of a small constant integer or bool tensor, or
// nil.
func content(t *Tensor) []number {
	n := t.Len()
	if n < 0 || n > maxContent || (!t.Type.IsInteger() && t.Type != Bool) || t.Type.Bits() < 8 || t.check() != nil {
		return nil
	}
	elems := make([]number, n)
	width := t.Type.Bits() / 8
	for i := range elems {
		var b [8]byte
		copy(b[:], t.Data[i*width:(i+1)*width])
		v := binary.LittleEndian.Uint64(b[:])
		if dataTypes[t.Type].kind == kindSigned {
			shift := 64 - 8*width
			elems[i] = integer(int64(v<<shift) >> shift)
		} else {
			elems[i] = integer(int64(v))
		}
	}
	return elems
}
