package reference

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

func constant(c *call) *value {
	switch {
	case c.Attr("value") != nil:
		return mustTensor(c.Attr("value").Tensor)
	case c.Attr("value_float") != nil:
		return floatValue(onnxio.Float32, nil, []float64{c.float("value_float", 0)})
	case c.Attr("value_floats") != nil:
		f := widen(c.Attr("value_floats").Floats)
		return floatValue(onnxio.Float32, []int{len(f)}, f)
	case c.Attr("value_int") != nil:
		return intValue(nil, []int64{c.IntOr("value_int", 0)})
	case c.Attr("value_ints") != nil:
		i := c.IntsOr("value_ints", nil)
		return intValue([]int{len(i)}, i)
	}
	unsupportedf("a constant that is neither tensor nor number")
	return nil
}

func mustTensor(t *onnxio.Tensor) *value {
	if t == nil {
		failf("an attribute holds no tensor")
	}
	v, err := fromTensor(t)
	if err != nil {
		panic(failure{err})
	}
	return v
}

func constantOfShape(c *call) *value {
	fill := floatValue(onnxio.Float32, nil, []float64{0})
	if a := c.Attr("value"); a != nil {
		fill = mustTensor(a.Tensor)
	}
	shape := c.input(0).ints()
	return fill.pick(shape, make([]int, size(shape)), nil)
}

func eyeLike(c *call) *value {
	x := c.input(0)
	if x.rank() != 2 {
		failf("shape %v is no matrix", x.shape)
	}
	k := c.int("k", 0)
	out := newValue(onnxio.Float64, x.shape)
	for row := range x.shape[0] {
		if col := row + k; col >= 0 && col < x.shape[1] {
			out.f[row*x.shape[1]+col] = 1
		}
	}
	return cast(out, onnxio.DataType(c.int("dtype", int(x.dt))))
}

// rangeOf is start, start+delta, … below limit.
func rangeOf(c *call) *value {
	start, limit, delta := c.input(0), c.input(1), c.input(2)
	if delta.scalar() == 0 {
		failf("a delta of 0")
	}
	n := max(int(math.Ceil((limit.scalar()-start.scalar())/delta.scalar())), 0)
	out := newValue(start.dt, []int{n})
	for i := range n {
		if out.kind() == floats {
			out.f[i] = start.scalar() + float64(i)*delta.scalar()
		} else {
			out.i[i] = start.i[0] + int64(i)*delta.i[0]
		}
	}
	return out
}

// cast changes the kind of the elements. Numbers become integers by dropping
// their fraction, and bool by comparing with zero; floating-point types are
// all float64 here and are not rounded.
func cast(v *value, to onnxio.DataType) *value {
	out := newValue(to, v.shape)
	for p := range v.len() {
		switch {
		case out.kind() == floats:
			out.f[p] = v.number(p)
		case out.kind() == booleans:
			out.b[p] = v.number(p) != 0
		case v.kind() == integers:
			out.i[p] = narrow(to, v.i[p])
		default:
			out.i[p] = narrow(to, int64(v.number(p)))
		}
	}
	return out
}

// dropout hands its input on, with a mask of true: evaluation without random
// numbers.
func dropout(c *call) []*value {
	x := c.input(0)
	training := c.optional(2)
	if training != nil && training.bools()[0] {
		ratio := 0.5
		if r := c.optional(1); r != nil {
			ratio = r.scalar()
		}
		if ratio != 0 {
			unsupportedf("random numbers of training mode")
		}
	}
	mask := newValue(onnxio.Bool, x.shape)
	for i := range mask.b {
		mask.b[i] = true
	}
	return []*value{x, mask}
}
