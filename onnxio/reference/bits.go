package reference

import "math"

// bitwise makes the kernel of an operator on the bits of integers.
func bitwise(f func(a, b int64) int64) kernel {
	return one(func(c *call) *value {
		a, b := c.input(0), c.input(1)
		if sameKind(a, b) != integers {
			failf("operands of type %v", a.dt)
		}
		shape, at := align(a, b)
		out := newValue(a.dt, shape)
		for p := range out.i {
			out.i[p] = narrow(a.dt, f(a.i[at[0][p]], b.i[at[1][p]]))
		}
		return out
	})
}

// bitShift moves the bits of unsigned integers to the left or the right.
func bitShift(c *call) []*value {
	width := int64(c.input(0).dt.Bits())
	switch direction := c.StringOr("direction", ""); direction {
	case "LEFT":
		return bitwise(func(a, b int64) int64 {
			if b < 0 || b >= width {
				return 0
			}
			return a << b
		})(c)
	case "RIGHT":
		return bitwise(func(a, b int64) int64 {
			if b < 0 || b >= width {
				return 0
			}
			return int64(uint64(a) >> b)
		})(c)
	default:
		failf("direction %q", direction)
		return nil
	}
}

func bitwiseNot(c *call) *value {
	x := c.input(0)
	if x.kind() != integers {
		failf("an operand of type %v", x.dt)
	}
	out := newValue(x.dt, x.shape)
	for p, v := range x.i {
		out.i[p] = narrow(x.dt, ^v)
	}
	return out
}

// det is the determinant of every matrix of a stack, by elimination with the
// largest pivot.
func det(c *call) *value {
	x := c.input(0)
	n := x.rank()
	if n < 2 || x.shape[n-1] != x.shape[n-2] {
		failf("matrices of shape %v", x.shape)
	}
	m := x.shape[n-1]
	out := newValue(x.dt, x.shape[:n-2])
	for k := range out.floats() {
		a := append([]float64{}, x.floats()[k*m*m:][:m*m]...)
		d := 1.0
		for col := range m {
			pivot := col
			for row := col; row < m; row++ {
				if math.Abs(a[row*m+col]) > math.Abs(a[pivot*m+col]) {
					pivot = row
				}
			}
			if pivot != col {
				d = -d
				for i := range m {
					a[pivot*m+i], a[col*m+i] = a[col*m+i], a[pivot*m+i]
				}
			}
			p := a[col*m+col]
			d *= p
			for row := col + 1; row < m && p != 0; row++ {
				f := a[row*m+col] / p
				for i := col; i < m; i++ {
					a[row*m+i] -= f * a[col*m+i]
				}
			}
		}
		out.f[k] = d
	}
	return out
}
