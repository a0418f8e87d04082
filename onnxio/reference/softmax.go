package reference

import "math"

// flattened are the lanes of Softmax before version 13: everything from axis
// (default 1) on.
func flattened(c *call) [][]int {
	x := c.input(0)
	in := make([]bool, x.rank())
	for i := axis(c.int("axis", 1), x.rank()); i < x.rank(); i++ {
		in[i] = true
	}
	return lanes(x.shape, in)
}

// alongAxis are the lanes of Softmax since version 13: one axis, by default
// the last.
func alongAxis(c *call) [][]int {
	x := c.input(0)
	return lanesAlong(x.shape, axis(c.int("axis", -1), x.rank()))
}

// softmax is e^x / Σ e^x over each lane, or its logarithm.
func softmax(c *call, lanes [][]int, log bool) *value {
	x := c.input(0)
	y := newValue(x.dt, x.shape)
	for _, lane := range lanes {
		sum := logSumExp(at(x.floats(), lane))
		for _, p := range lane {
			y.f[p] = x.f[p] - sum
			if !log {
				y.f[p] = math.Exp(y.f[p])
			}
		}
	}
	return y
}

// at collects the elements at the given positions.
func at(f []float64, positions []int) []float64 {
	out := make([]float64, len(positions))
	for i, p := range positions {
		out[i] = f[p]
	}
	return out
}

// hardmax is 1 at the first largest element of each lane and 0 elsewhere.
func hardmax(c *call) *value {
	x := c.input(0)
	y := newValue(x.dt, x.shape)
	for _, lane := range alongAxis(c) {
		best := lane[0]
		for _, p := range lane {
			if x.floats()[p] > x.f[best] {
				best = p
			}
		}
		y.f[best] = 1
	}
	return y
}
