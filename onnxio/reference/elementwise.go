package reference

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// apply maps f over a floating-point value.
func apply(v *value, f func(float64) float64) *value {
	out := newValue(v.dt, v.shape)
	for i, x := range v.floats() {
		out.f[i] = f(x)
	}
	return out
}

func unary(f func(float64) float64) kernel {
	return one(func(c *call) *value { return apply(c.input(0), f) })
}

// numbers is unary for operators that integers have too.
func numbers(f func(float64) float64, g func(int64) int64) kernel {
	return one(func(c *call) *value {
		v := c.input(0)
		if v.kind() != integers {
			return apply(v, f)
		}
		out := newValue(v.dt, v.shape)
		for i, x := range v.i {
			out.i[i] = narrow(v.dt, g(x))
		}
		return out
	})
}

func absInt(x int64) int64 { return max(x, -x) }

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func signInt(x int64) int64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func clamp(x, lo, hi float64) float64 { return min(max(x, lo), hi) }

// align broadcasts operands of one type against each other and returns, for
// every element of the result, their positions.
func align(operands ...*value) (shape []int, at [][]int) {
	shapes := make([][]int, len(operands))
	for i, v := range operands {
		shapes[i] = v.shape
	}
	shape = broadcast(shapes...)
	for _, s := range shapes {
		at = append(at, spread(shape, s))
	}
	return shape, at
}

func sameKind(a, b *value) kind {
	if a.kind() != b.kind() {
		failf("operands of types %v and %v", a.dt, b.dt)
	}
	return a.kind()
}

// combine applies an operator to two broadcast operands.
func combine(a, b *value, f func(a, b float64) float64, g func(a, b int64) int64) *value {
	shape, at := align(a, b)
	out := newValue(a.dt, shape)
	switch sameKind(a, b) {
	case floats:
		for i := range out.f {
			out.f[i] = f(a.f[at[0][i]], b.f[at[1][i]])
		}
	case integers:
		for i := range out.i {
			out.i[i] = narrow(a.dt, g(a.i[at[0][i]], b.i[at[1][i]]))
		}
	default:
		failf("operands of type %v", a.dt)
	}
	return out
}

func arithmetic(f func(a, b float64) float64, g func(a, b int64) int64) kernel {
	return one(func(c *call) *value { return combine(c.input(0), c.input(1), f, g) })
}

// variadic folds an operator over any number of broadcast operands.
func variadic(f func(a, b float64) float64, g func(a, b int64) int64) kernel {
	return one(func(c *call) *value {
		all := c.present()
		out := all[0]
		for _, v := range all[1:] {
			out = combine(out, v, f, g)
		}
		return out
	})
}

func mean(c *call) *value {
	all := c.present()
	sum := all[0]
	for _, v := range all[1:] {
		sum = combine(sum, v, func(a, b float64) float64 { return a + b }, nil)
	}
	return apply(sum, func(x float64) float64 { return x / float64(len(all)) })
}

// Go's min and max of floats propagate NaN, as ONNX asks.
func minFloat(a, b float64) float64 { return min(a, b) }
func maxFloat(a, b float64) float64 { return max(a, b) }

func divInt(a, b int64) int64 {
	if b == 0 {
		failf("integer division by zero")
	}
	return a / b
}

func mod(c *call) *value {
	if c.flag("fmod", false) {
		return combine(c.input(0), c.input(1), math.Mod, func(a, b int64) int64 { return a - b*divInt(a, b) })
	}
	// Without fmod the result has the sign of the divisor, as in Python.
	return combine(c.input(0), c.input(1),
		func(a, b float64) float64 { return a - b*math.Floor(a/b) },
		func(a, b int64) int64 {
			r := a - b*divInt(a, b)
			if r != 0 && (r < 0) != (b < 0) {
				r += b
			}
			return r
		})
}

// pow allows operands of different types; the result has that of the base.
func pow(c *call) *value {
	a, b := c.input(0), c.input(1)
	shape, at := align(a, b)
	out := newValue(a.dt, shape)
	for i := range out.len() {
		y := math.Pow(a.number(at[0][i]), b.number(at[1][i]))
		if out.kind() == floats {
			out.f[i] = y
		} else {
			out.i[i] = narrow(a.dt, int64(y))
		}
	}
	return out
}

func preluFloat(x, slope float64) float64 {
	if x < 0 {
		return slope * x
	}
	return x
}

func preluInt(x, slope int64) int64 {
	if x < 0 {
		return slope * x
	}
	return x
}

// relate compares two broadcast operands.
func relate(a, b *value, f func(a, b float64) bool, g func(a, b int64) bool, h func(a, b bool) bool) *value {
	shape, at := align(a, b)
	out := newValue(onnxio.Bool, shape)
	k := sameKind(a, b)
	for i := range out.b {
		p, q := at[0][i], at[1][i]
		switch {
		case k == floats && f != nil:
			out.b[i] = f(a.f[p], b.f[q])
		case k == integers && g != nil:
			out.b[i] = g(a.i[p], b.i[q])
		case k == booleans && h != nil:
			out.b[i] = h(a.b[p], b.b[q])
		default:
			failf("operands of type %v", a.dt)
		}
	}
	return out
}

func compare(f func(a, b float64) bool, g func(a, b int64) bool) kernel {
	return one(func(c *call) *value { return relate(c.input(0), c.input(1), f, g, nil) })
}

func logical(h func(a, b bool) bool) kernel {
	return one(func(c *call) *value { return relate(c.input(0), c.input(1), nil, nil, h) })
}

func equal(c *call) *value {
	return relate(c.input(0), c.input(1),
		func(a, b float64) bool { return a == b },
		func(a, b int64) bool { return a == b },
		func(a, b bool) bool { return a == b })
}

func not(c *call) *value {
	v := c.input(0)
	out := newValue(onnxio.Bool, v.shape)
	for i, x := range v.bools() {
		out.b[i] = !x
	}
	return out
}

func test(c *call, f func(float64) bool) *value {
	v := c.input(0)
	out := newValue(onnxio.Bool, v.shape)
	for i, x := range v.floats() {
		out.b[i] = f(x)
	}
	return out
}

func isInf(c *call) *value {
	neg, pos := c.flag("detect_negative", true), c.flag("detect_positive", true)
	return test(c, func(x float64) bool {
		return pos && math.IsInf(x, 1) || neg && math.IsInf(x, -1)
	})
}

func where(c *call) *value {
	cond, a, b := c.input(0), c.input(1), c.input(2)
	if a.dt != b.dt {
		failf("branches of types %v and %v", a.dt, b.dt)
	}
	shape, at := align(cond, a, b)
	out := newValue(a.dt, shape)
	for i := range out.len() {
		if cond.bools()[at[0][i]] {
			out.set(i, a, at[1][i])
		} else {
			out.set(i, b, at[2][i])
		}
	}
	return out
}

func clipAttributes(c *call) *value {
	lo, hi := c.float("min", -math.MaxFloat32), c.float("max", math.MaxFloat32)
	return apply(c.input(0), func(x float64) float64 { return clamp(x, lo, hi) })
}

func clipInputs(c *call) *value {
	v := c.input(0)
	if lo := c.optional(1); lo != nil {
		v = combine(v, lo, maxFloat, func(a, b int64) int64 { return max(a, b) })
	}
	if hi := c.optional(2); hi != nil {
		v = combine(v, hi, minFloat, func(a, b int64) int64 { return min(a, b) })
	}
	return v
}
