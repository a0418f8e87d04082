package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Quantized values are integers and have no derivative. The rules here are
// straight-through estimators (Bengio, Léonard, Courville 2013): rounding counts
// as if it were not there, holding numbers within the range of the integers as
// what it is. The cotangent of a quantized value is a floating-point value, the
// derivative by the integer.

// dequantizeInput: y = (x − zero)·scale.
func dequantizeInput(c *call) string {
	return c.mul(c.dy, c.perElement(1, c.b))
}

func dequantizeScale(c *call) string {
	x := c.cast(c.a, c.elementType())
	if c.has(2) {
		x = c.sub(x, c.perElement(2, c.cast(c.Inputs[2], c.elementType())))
	}
	return c.perScale(c.mul(c.dy, x))
}

// quantizeInput: y = round(x/scale) + zero within the range of its type.
func quantizeInput(c *call) string {
	inside, _ := c.insideRange()
	return c.onlyWhere(inside, c.div(c.dy, c.perElement(1, c.b)))
}

func quantizeScale(c *call) string {
	inside, ratio := c.insideRange()
	d := c.neg(c.div(c.mul(c.dy, ratio), c.perElement(1, c.b)))
	return c.perScale(c.onlyWhere(inside, d))
}

// insideRange says which elements of x/scale, the second result, are rounded
// and not held at an end of the range.
func (c *call) insideRange() (inside, ratio string) {
	ratio = c.div(c.a, c.perElement(1, c.b))
	q := c.op("Round", []string{ratio})
	if c.has(2) {
		q = c.add(q, c.perElement(2, c.cast(c.Inputs[2], c.elementType())))
	}
	v := c.types[c.y]
	if v == nil || !v.Type.IsInteger() || v.Type.Bits() > 16 {
		lacksf("quantization to a type that is not known to be an integer of at most 16 bits")
	}
	lo, hi := float64(0), float64(int64(1)<<v.Type.Bits()-1)
	if slices.Contains([]onnxio.DataType{onnxio.Int4, onnxio.Int8, onnxio.Int16}, v.Type) {
		half := float64(int64(1) << (v.Type.Bits() - 1))
		lo, hi = -half, hi-half
	}
	return c.and(c.greater(q, c.k(lo-0.5)), c.less(q, c.k(hi+0.5))), ratio
}

// perElement is a scale or zero point, input i, in a shape that broadcasts to
// that of input 0. The value may be the input or what was made of it.
func (c *call) perElement(i int, value string) string {
	x, s := c.inShape(0), c.inShape(i)
	block := c.IntOr("block_size", 0)
	if product(s) == 1 && block == 0 {
		if len(s) == 0 {
			return value
		}
		return c.reshape(value)
	}
	a := c.axis("axis", 1, int64(len(x)))
	c.blocked(x, s, a, block)
	if block == 0 {
		wide := ones(len(x))
		wide[a] = x[a]
		return c.reshape(value, wide...)
	}
	// Every scale block times in a row, the last ones cut off.
	wide := slices.Insert(slices.Clone(s), int(a)+1, block)
	value = c.expand(c.reshape(value, slices.Insert(slices.Clone(s), int(a)+1, 1)...), wide...)
	long := slices.Clone(s)
	long[a] *= block
	value = c.reshape(value, long...)
	if long[a] == x[a] {
		return value
	}
	return c.slice(value, []int64{a}, []int64{0}, []int64{x[a]}, []int64{1})
}

// blocked refuses scales that are not one per index of an axis or per block.
func (c *call) blocked(x, s []int64, a, block int64) {
	switch {
	case block == 0 && product(s) == x[a]:
	case block > 0 && len(s) == len(x) && s[a] == (x[a]+block-1)/block:
	default:
		failf(ErrOperand, "scales of shape %v for blocks of %d along axis %d of shape %v", s, block, a, x)
	}
}

// perScale adds up what has the shape of input 0 by the scale that it belongs
// to, input 1.
func (c *call) perScale(d string) string {
	x, s := c.inShape(0), c.inShape(1)
	block := c.IntOr("block_size", 0)
	if product(s) == 1 && block == 0 {
		all := make([]int64, len(x))
		for i := range all {
			all[i] = int64(i)
		}
		return c.reshape(c.sum(d, false, all...), s...)
	}
	a := c.axis("axis", 1, int64(len(x)))
	c.blocked(x, s, a, block)
	if block == 0 {
		var others []int64
		for i := range x {
			if int64(i) != a {
				others = append(others, int64(i))
			}
		}
		return c.sum(d, false, others...)
	}
	end := make([]int64, len(x))
	end[a] = s[a]*block - x[a]
	d = c.pad(d, make([]int64, len(x)), end)
	return c.sum(c.reshape(d, slices.Insert(slices.Clone(s), int(a)+1, block)...), false, a+1)
}
