package onnxio

import (
	"fmt"
)

// constantOps make tensors from attributes, shapes or chance.
var constantOps = []operator{
	{"", "Bernoulli", 15, "input -> output", "dtype:int seed:float", randomLike},
	{"", "Constant", 1, "-> output", "value:tensor!", constant},
	{"", "Constant", 11, "-> output", "sparse_value:sparse_tensor value:tensor", constant},
	{"", "Constant", 12, "-> output", "sparse_value:sparse_tensor value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings", constant},
	{"", "ConstantOfShape", 9, "input -> output", "value:tensor", constantOfShape},
	{"", "EyeLike", 9, "input -> output", "dtype:int k:int", eyeLike},
	{"", "Multinomial", 7, "input -> output", "dtype:int sample_size:int seed:float", multinomial},
	{"", "RandomNormal", 1, "-> output", "dtype:int mean:float scale:float seed:float shape:ints!", random},
	{"", "RandomNormalLike", 1, "input -> output", "dtype:int mean:float scale:float seed:float", randomLike},
	{"", "RandomUniform", 1, "-> output", "dtype:int high:float low:float seed:float shape:ints!", random},
	{"", "RandomUniformLike", 1, "input -> output", "dtype:int high:float low:float seed:float", randomLike},
	{"", "Range", 11, "start limit delta -> output", "", rangeOp},
	{"", "Shape", 1, "data -> shape", "", shapeOp},
	{"", "Shape", 15, "data -> shape", "end:int start:int", shapeOp},
	{"", "Size", 1, "data -> size", "", size},
}

// constant gives the tensor that one of the attributes holds.
func constant(c *call) error {
	given := 0
	for _, a := range c.node.Attrs {
		var t *Tensor
		switch {
		case a.Name == "value" && a.Tensor != nil:
			t = a.Tensor
		case a.Name == "value_int":
			t = NewInt64("", nil, []int64{a.Int})
		case a.Name == "value_ints":
			t = NewInt64("", []int64{int64(len(a.Ints))}, a.Ints)
		case a.Name == "value_float":
			t = NewFloat32("", nil, []float32{a.Float})
		case a.Name == "value_floats":
			t = NewFloat32("", []int64{int64(len(a.Floats))}, a.Floats)
		case a.Name == "value_string":
			t = &Tensor{Type: String, Strings: [][]byte{a.String}}
		case a.Name == "value_strings":
			t = &Tensor{Type: String, Shape: []int64{int64(len(a.Strings))}, Strings: a.Strings}
		case a.Name == "sparse_value":
			given++
			continue
		default:
			continue
		}
		given++
		if t.Len() < 0 {
			return fmt.Errorf("shape %v is not valid", t.Shape)
		}
		c.set(0, t.Type, Static(t.Shape...))
		c.scope.constant(c.out[0].Name, t)
	}
	if given != 1 {
		return fmt.Errorf("%d values given, need one", given)
	}
	return nil
}

// shapeFrom turns the content of input i, a list of sizes, into a shape.
func (c *call) shapeFrom(i int) (Shape, error) {
	if err := c.wantList(i); err != nil {
		return nil, err
	}
	sizes, rank := c.content(i), c.rankBy(i)
	if sizes == nil {
		// The rank may be known from the length of the list.
		if rank >= 0 {
			return unknownShape(int(rank)), nil
		}
		return nil, nil
	}
	shape := make(Shape, len(sizes))
	for k, n := range sizes {
		if v, ok := n.value(); ok && v < 0 {
			return nil, fmt.Errorf("size %d is negative", v)
		}
		shape[k] = n.dim()
	}
	return shape, nil
}

// maxRank is more dimensions than values of models have. ONNX sets no bound, and runtimes
// overflow their stacks on a hundred thousand.
const maxRank = 64

// wantList refuses input i if it is known not to be one-dimensional.
func (c *call) wantList(i int) error {
	if s := c.shape(i); s != nil && len(s) != 1 {
		return fmt.Errorf("input %d must have one dimension, but has shape %v", i, s)
	}
	return nil
}

func constantOfShape(c *call) error {
	if dt := c.typ(0); dt != Undefined && dt != Int64 {
		return fmt.Errorf("the shape is %v, need %v", dt, Int64)
	}
	shape, err := c.shapeFrom(0)
	if err != nil {
		return err
	}
	dt, fill := Float32, integer(0)
	if a := c.node.typed("value", AttrTensor); a != nil && a.Tensor != nil {
		dt, fill = a.Tensor.Type, unknown
		if v := content(a.Tensor); len(v) == 1 {
			fill = v[0]
		}
	}
	c.set(0, dt, shape)
	if len(shape) == 1 && shape[0].Known() && shape[0].Size <= maxContent {
		elems := make([]number, shape[0].Size)
		for i := range elems {
			elems[i] = fill
		}
		c.setContent(0, elems)
	}
	return nil
}

func (c *call) dtypeOr(attr string, def DataType) (DataType, error) {
	dt := DataType(c.node.IntOr(attr, int64(def)))
	if dt != def && !dt.valid() {
		return dt, fmt.Errorf("attribute %s: %v is no element type", attr, dt)
	}
	return dt, nil
}

func eyeLike(c *call) error {
	dt, err := c.dtypeOr("dtype", c.typ(0))
	c.set(0, dt, c.shape(0))
	return err
}

func random(c *call) error {
	dt, err := c.dtypeOr("dtype", Float32)
	shape := c.node.IntsOr("shape", nil)
	if elements(shape) < 0 {
		return fmt.Errorf("attribute shape: %v is not valid", shape)
	}
	c.set(0, dt, Static(shape...))
	return err
}

func randomLike(c *call) error {
	dt, err := c.dtypeOr("dtype", c.typ(0))
	c.set(0, dt, c.shape(0))
	return err
}

func multinomial(c *call) error {
	dt, err := c.dtypeOr("dtype", Int32)
	shape := unknownShape(2)
	if s := c.shape(0); len(s) == 2 {
		shape[0] = s[0]
	}
	shape[1].Size = max(c.node.IntOr("sample_size", 1), -1)
	c.set(0, dt, shape)
	return err
}

// rangeOp follows integers; the length of a range of floats stays unknown.
func rangeOp(c *call) error {
	dt, err := c.sameType(0, 1, 2)
	if err != nil {
		return err
	}
	c.set(0, dt, unknownShape(1))
	start, limit, delta := c.content(0), c.content(1), c.content(2)
	if len(start) != 1 || len(limit) != 1 || len(delta) != 1 {
		return nil
	}
	if start[0].is(0) && delta[0].is(1) && limit[0].syms != "" {
		c.set(0, dt, Shape{limit[0].dim()})
		return nil
	}
	s, ok1 := start[0].value()
	l, ok2 := limit[0].value()
	d, ok3 := delta[0].value()
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	if d == 0 {
		return fmt.Errorf("delta is 0")
	}
	n := max(0, ceilDiv(l-s, d))
	c.set(0, dt, Static(n))
	if n <= maxContent {
		elems := make([]number, n)
		for i := range elems {
			elems[i] = integer(s + int64(i)*d)
		}
		c.setContent(0, elems)
	}
	return nil
}

// ceilDiv returns a/b rounded up, for any signs. B is not zero.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a > 0) == (b > 0) {
		q++
	}
	return q
}

func shapeOp(c *call) error {
	s := c.shape(0)
	if s == nil {
		c.set(0, Int64, unknownShape(1))
		return nil
	}
	rank := int64(len(s))
	start, end := c.node.IntOr("start", 0), c.node.IntOr("end", rank)
	if start < 0 {
		start += rank
	}
	if end < 0 {
		end += rank
	}
	start = min(max(start, 0), rank)
	end = min(max(end, start), rank)
	elems := make([]number, end-start)
	for i := range elems {
		elems[i] = s[start+int64(i)].number()
	}
	c.set(0, Int64, Static(end-start))
	c.setContent(0, elems)
	return nil
}

func size(c *call) error {
	c.set(0, Int64, Shape{})
	if s := c.shape(0); s != nil {
		c.setContent(0, []number{product(s)})
	}
	return nil
}
