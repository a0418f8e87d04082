package reference

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// A grid is what the elements of a quantized value stand for: element p of it
// is (q[p] − zero)·scale, with scale and zero as of at(p). One scale serves the
// whole value, or there is one per index of an axis, or per block of elements
// along that axis.
type grid struct {
	scale, zero *value // zero may be nil, which is 0
	at          func(p int) int
}

// gridOf reads scale and zero point, inputs i and i+1, of a value.
func gridOf(c *call, x *value, i int) grid {
	g := grid{scale: c.input(i), zero: c.optional(i + 1)}
	if g.zero != nil && g.zero.len() != g.scale.len() {
		failf("%d scales and %d zero points", g.scale.len(), g.zero.len())
	}
	block := c.int("block_size", 0)
	if g.scale.len() == 1 && block == 0 {
		g.at = func(int) int { return 0 }
		return g
	}
	a, stride := axis(c.int("axis", 1), x.rank()), strides(x.shape)
	switch {
	case block == 0:
		if g.scale.len() != x.shape[a] {
			failf("%d scales along axis %d of shape %v", g.scale.len(), a, x.shape)
		}
		g.at = func(p int) int { return p / stride[a] % x.shape[a] }
	case g.scale.rank() != x.rank() || block < 0 || g.scale.shape[a] != (x.shape[a]+block-1)/block:
		failf("scales of shape %v for blocks of %d along axis %d of shape %v", g.scale.shape, block, a, x.shape)
	default:
		scales := strides(g.scale.shape)
		g.at = func(p int) int {
			k := 0
			for d, n := range x.shape {
				at := p / stride[d] % n
				if d == a {
					at /= block
				}
				k += at * scales[d]
			}
			return k
		}
	}
	return g
}

func (g grid) zeroAt(k int) float64 {
	if g.zero == nil {
		return 0
	}
	return g.zero.number(k)
}

// dequantizeLinear is (x − zero)·scale.
func dequantizeLinear(c *call) *value {
	x := c.input(0)
	g := gridOf(c, x, 1)
	out := newValue(onnxio.DataType(c.int("output_dtype", int(g.scale.dt))), x.shape)
	for p := range out.floats() {
		k := g.at(p)
		out.f[p] = (x.number(p) - g.zeroAt(k)) * g.scale.f[k]
	}
	return out
}

// quantizeLinear is x/scale + zero, rounded (halves to the even number) and
// held within the range of its type. Quotients are those of float32 unless x is
// declared float64: which of two integers is next would be another question
// else.
func quantizeLinear(c *call) *value {
	x := c.input(0)
	g := gridOf(c, x, 1)
	dt := onnxio.DataType(c.int("output_dtype", int(onnxio.Uint8)))
	if g.zero != nil {
		dt = g.zero.dt
	}
	lo, hi := integerRange(dt)
	out := newValue(dt, x.shape)
	for p := range out.i {
		k := g.at(p)
		ratio := x.number(p) / g.scale.f[k]
		if x.dt != onnxio.Float64 {
			ratio = float64(float32(x.number(p)) / float32(g.scale.f[k]))
		}
		out.i[p] = int64(clamp(math.RoundToEven(ratio)+g.zeroAt(k), lo, hi))
	}
	return out
}

// integerRange is the smallest and the largest number of an integer type of at
// most 32 bits.
func integerRange(dt onnxio.DataType) (lo, hi float64) {
	bits := dt.Bits()
	if kindOf(dt) != integers || bits > 32 {
		unsupportedf("quantization to %v", dt)
	}
	if n := narrow(dt, -1); n < 0 {
		return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1) - 1
	}
	return 0, math.Ldexp(1, bits) - 1
}

// dynamicQuantizeLinear chooses the scale and the zero point of uint8 so that
// the range of the input, with 0, just fits.
func dynamicQuantizeLinear(c *call) []*value {
	x := c.input(0)
	lo, hi := 0.0, 0.0
	for _, v := range x.floats() {
		lo, hi = min(lo, v), max(hi, v)
	}
	scale := floatValue(onnxio.Float32, nil, []float64{1})
	if hi > lo {
		scale.f[0] = float64(float32(hi-lo) / 255)
	}
	zero := newValue(onnxio.Uint8, nil)
	zero.i[0] = int64(math.RoundToEven(clamp(-lo/scale.f[0], 0, 255)))
	quantize := &call{Node: &onnxio.Node{Op: "QuantizeLinear"}, in: []*value{x, scale, zero}}
	return []*value{quantizeLinear(quantize), scale, zero}
}

// shifted is input i as float64 less the zero point that input z holds: one
// number, or one for every index along an axis, which a negative one counts
// from the back.
func shifted(c *call, i, z, along int) *value {
	x := cast(c.input(i), onnxio.Float64)
	zero := c.optional(z)
	if zero == nil {
		return x
	}
	n := zero.len()
	stride, size := 1, 1
	if n > 1 {
		a := axis(along, x.rank())
		stride, size = strides(x.shape)[a], x.shape[a]
		if size != n {
			failf("%d zero points along axis %d of shape %v", n, a, x.shape)
		}
	}
	for p := range x.f {
		x.f[p] -= zero.number(p / stride % size)
	}
	return x
}

// matMulInteger is the product of integers less their zero points, by row of
// the left and by column of the right matrix.
func matMulInteger(c *call) *value {
	product := &call{Node: c.Node, in: []*value{shifted(c, 0, 2, -2), shifted(c, 1, 3, -1)}}
	return cast(matMul(product), onnxio.Int32)
}

// convInteger is the convolution of integers less their zero points.
func convInteger(c *call) *value {
	product := &call{Node: c.Node, in: []*value{shifted(c, 0, 2, 0), shifted(c, 1, 3, 0)}}
	return cast(conv(product), onnxio.Int32)
}
