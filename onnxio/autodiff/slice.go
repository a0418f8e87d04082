package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// concat cuts out the piece of the cotangent that belongs to an operand.
func concat(c *call, i int) string {
	if len(c.Inputs) == 1 {
		return c.dy
	}
	shape := c.inShape(i)
	axis := c.axis("axis", 0, int64(len(shape)))
	start := int64(0)
	for j := range i {
		start += c.inShape(j)[axis]
	}
	return c.slice(c.dy, []int64{axis}, []int64{start}, []int64{start + shape[axis]}, []int64{1})
}

// split puts the cotangents of the pieces together again.
func split(c *call) string {
	pieces := make([]string, len(c.Outputs))
	for j := range pieces {
		if c.Outputs[j] == "" {
			lacksf("output %d is left out", j)
		}
		pieces[j] = c.dyOr0(j)
	}
	return c.op("Concat", pieces, onnxio.IntAttr("axis", c.axis("axis", 0, c.rank())))
}

// slice puts every element back to where it was taken from, zeros between and
// around: an axis that was walked backwards is turned round, steps are filled
// up with zeros, and the ends are padded.
func slice(c *call) string {
	x, y := c.inShape(0), c.yShape()
	starts := c.constant(1)
	axes := make([]int64, len(starts))
	steps := make([]int64, len(starts))
	for i := range axes {
		axes[i], steps[i] = int64(i), 1
	}
	if c.has(3) {
		axes = c.constant(3)
	}
	if c.has(4) {
		steps = c.constant(4)
	}
	begin, end := make([]int64, len(x)), make([]int64, len(x))
	gaps := make([]int64, len(x))
	var backwards []int64
	for i, a := range axes {
		a = resolve(a, int64(len(x)))
		first := starts[i]
		if first < 0 {
			first += x[a]
		}
		step := steps[i]
		if step < 0 {
			first = min(max(first, 0), x[a]-1) // of the walk
			step = -step
			backwards = append(backwards, a)
			first -= (y[a] - 1) * step // of the piece
		} else {
			first = min(max(first, 0), x[a])
		}
		gaps[a] = step - 1
		begin[a] = first
	}
	for a := range x {
		end[a] = x[a] - begin[a] - y[a]*(gaps[a]+1)
	}
	if product(y) == 0 {
		return ""
	}
	dy := c.dy
	if backwards != nil {
		slices.Sort(backwards)
		dy = c.flip(dy, backwards...)
	}
	return c.pad(c.spaced(dy, y, gaps), begin, end)
}

// spaced puts gaps of zeros behind every element along each axis.
func (c *call) spaced(x string, shape, gaps []int64) string {
	if !slices.ContainsFunc(gaps, func(n int64) bool { return n != 0 }) {
		return x
	}
	var narrow, wide, none, behind []int64
	for i, d := range shape {
		narrow, none, behind = append(narrow, d, 1), append(none, 0, 0), append(behind, 0, gaps[i])
		wide = append(wide, d*(gaps[i]+1))
	}
	return c.reshape(c.pad(c.reshape(x, narrow...), none, behind), wide...)
}
