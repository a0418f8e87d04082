package autodiff

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// denseAxis is the size of a matrix of weights, inputs times outputs, up to which
// an axis is resized by a product with it, which is faster for axes as images
// have them.
const denseAxis = 1 << 20

// resize: along each axis, Resize is a product with a matrix [n, m] of weights,
// whatever the interpolation, and the cotangent a product with its transpose.
// Nearest neighbours that repeat every element are summed instead, and along
// long axes, where few weights are not zero, every element gathers the
// cotangents of what it was used for.
func resize(c *call) string {
	x, y := c.inShape(0), c.yShape()
	if slices.Equal(x, y) {
		return c.dy // nothing is resampled, whatever the scales
	}
	dx, shape := c.dy, slices.Clone(y)
	for a := range x {
		m := c.resampling(a)
		if m == nil {
			continue
		}
		switch k := y[a] / x[a]; {
		case m.repeats(k):
			dx = c.sum(c.reshape(dx, slices.Concat(shape[:a], []int64{x[a], k}, shape[a+1:])...), false, int64(a+1))
		case m.n*m.m > denseAxis:
			dx = c.gatherUses(dx, shape, a, m)
		default:
			dx = c.multiplyAlong(dx, shape, a, m)
		}
		shape[a] = x[a]
	}
	return dx
}

// multiplyAlong multiplies axis a of a value of the given shape by the weights.
func (c *call) multiplyAlong(dx string, shape []int64, a int, m *resampling) string {
	weights := c.numbers(m.matrix(), m.m, m.n)
	if a == len(shape)-1 {
		return c.matMul(dx, weights)
	}
	// […, m, rest] as a stack of matrices.
	stack := c.reshape(dx, product(shape[:a]), shape[a], product(shape[a+1:]))
	dx = c.matMul(c.transpose(weights, 1, 0), stack)
	return c.reshape(dx, slices.Concat(shape[:a], []int64{m.n}, shape[a+1:])...)
}

// gatherUses sums, for every element along axis a, the cotangents of what it
// was used for, each times its weight. Lists of uses are filled up with zeros to
// the longest one.
func (c *call) gatherUses(dx string, shape []int64, a int, m *resampling) string {
	uses := make([][]tap, m.n)
	longest := 1
	for o, list := range m.taps {
		for _, t := range list {
			uses[t.at] = append(uses[t.at], tap{o, t.weight})
			longest = max(longest, len(uses[t.at]))
		}
	}
	fits(m.n, int64(longest))
	at, weights := make([]int64, m.n*int64(longest)), make([]float64, m.n*int64(longest))
	for i, list := range uses {
		for k, u := range list {
			at[i*longest+k], weights[i*longest+k] = int64(u.at), u.weight
		}
	}
	each := c.op("Gather", []string{dx, c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewInt64("", []int64{int64(len(at))}, at)))}, onnxio.IntAttr("axis", int64(a)))
	each = c.reshape(each, slices.Concat(shape[:a], []int64{m.n, int64(longest)}, shape[a+1:])...)
	by := c.numbers(weights, slices.Concat([]int64{m.n, int64(longest)}, ones(len(shape)-a-1))...)
	return c.sum(c.op("Mul", []string{each, by}), false, int64(a+1))
}

// A resampling is how an axis of n elements becomes one of m: element o is the
// sum of the elements in taps[o], each times its weight.
type resampling struct {
	n, m int64
	taps [][]tap
}

type tap struct {
	at     int
	weight float64
}

// repeats reports whether every element is taken k times in a row.
func (r *resampling) repeats(k int64) bool {
	if k < 1 || r.m != k*r.n {
		return false
	}
	for o, list := range r.taps {
		if len(list) != 1 || list[0] != (tap{o / int(k), 1}) {
			return false
		}
	}
	return true
}

// matrix lists the weights as a matrix [m, n].
func (r *resampling) matrix() []float64 {
	all := make([]float64, r.m*r.n)
	for o, list := range r.taps {
		for _, t := range list {
			all[o*int(r.n)+t.at] = t.weight
		}
	}
	return all
}

// numbers is a constant of the cotangent's element type.
func (c *call) numbers(v []float64, shape ...int64) string {
	t := onnxio.NewFloat64("", shape, v)
	if c.elementType() == onnxio.Float32 {
		narrow := make([]float32, len(v))
		for i, w := range v {
			narrow[i] = float32(w)
		}
		t = onnxio.NewFloat32("", shape, narrow)
	}
	return c.op("Constant", nil, onnxio.TensorAttr("value", t))
}

// reach is more than the number of neighbours that an interpolation uses, each
// of them as many elements wide as an axis shrinks by if that is smoothed.
func (c *call) reach(n, m int64, scale float32) int64 {
	if c.IntOr("antialias", 0) == 0 {
		return 5
	}
	if scale == 0 {
		scale = float32(m) / float32(n)
	}
	return min(5+int64(4/min(scale, 1)), n)
}

// resampling finds the weights of axis a by resizing what tells the elements
// apart: for each remainder r of i by reach a row that is 1 where element i has
// it, and a row that is i there. No two neighbours have one remainder, so that
// the first row becomes a weight and the second one i times that weight. nil
// says that the axis stays as it is.
func (c *call) resampling(a int) *resampling {
	n, m := c.inShape(0)[a], c.yShape()[a]
	scale, start, end := c.resized(a)
	if n == m && (scale == 1 || c.has(3)) {
		return nil
	}
	reach := c.reach(n, m, scale)
	fits(2*reach, max(n, m))
	rows := make([]float64, 2*reach*n)
	for i := range n {
		rows[i%reach*n+i] = 1
		rows[(i%reach+reach)*n+i] = float64(i)
	}
	resized := c.resizeRows(rows, n, m, scale, start, end)
	r := &resampling{n: n, m: m, taps: make([][]tap, m)}
	for o := range m {
		for k := range reach {
			// Weights of elements beyond the border may cancel but for rounding.
			if w := resized[k*m+o]; math.Abs(w) > 1e-12 {
				r.taps[o] = append(r.taps[o], tap{int(math.Round(resized[(k+reach)*m+o] / w)), w})
			}
		}
	}
	return r
}

// resizeRows resizes rows of n elements to m as the node does with one axis.
func (c *call) resizeRows(rows []float64, n, m int64, scale, start, end float32) []float64 {
	count := int64(len(rows)) / n
	node := &onnxio.Node{Op: c.Op, Outputs: []string{"y"}, Inputs: []string{"x", "roi", "scales"}}
	inputs := []*onnxio.Tensor{
		onnxio.NewFloat64("x", []int64{1, count, n}, rows),
		onnxio.NewFloat32("roi", []int64{6}, []float32{0, 0, start, 1, 1, end}),
	}
	if scale > 0 {
		inputs = append(inputs, onnxio.NewFloat32("scales", []int64{3}, []float32{2, 1, scale}))
	} else {
		node.Inputs = append(node.Inputs, "sizes")
		inputs = append(inputs, nil, onnxio.NewInt64("sizes", []int64{3}, []int64{2, count, m}))
	}
	if c.opset < 11 {
		node.Inputs, inputs = []string{"x", "scales"}, []*onnxio.Tensor{inputs[0], inputs[2]}
	}
	for _, attr := range c.Attrs {
		switch attr.Name {
		case "axes", "extrapolation_value", "keep_aspect_ratio_policy":
			// The axis is the last one; what lies outside counts as zero.
		default:
			node.Attrs = append(node.Attrs, attr)
		}
	}
	outputs, err := reference.Evaluate(node, c.opset, inputs)
	if err != nil {
		failf(ErrOperand, "%v", err)
	}
	resized, err := outputs[0].Float64()
	if err != nil || int64(len(resized)) != 2*count*m {
		failf(ErrOperand, "%d numbers for %d rows of %d", len(resized), count, m)
	}
	return resized
}

// resized is how the node resizes axis a: the scale, 0 where it follows from
// the sizes, and the region of interest.
func (c *call) resized(a int) (scale, start, end float32) {
	rank := len(c.inShape(0))
	at, count := a, rank
	if axes := c.IntsOr("axes", nil); c.Attr("axes") != nil {
		count = len(axes)
		at = slices.IndexFunc(axes, func(v int64) bool { return resolve(v, int64(rank)) == int64(a) })
		if at < 0 {
			return 1, 0, 1
		}
	}
	scales := 2
	if c.opset < 11 {
		scales = 1
	}
	start, end = 0, 1
	if scales == 2 && c.has(1) && c.StringOr("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize" {
		roi := c.settings(1)
		if len(roi) != 2*count {
			failf(ErrOperand, "%d numbers of interest for %d axes", len(roi), count)
		}
		start, end = roi[at], roi[count+at]
	}
	if c.has(3) {
		if c.inShape(0)[a] == c.yShape()[a] && start == 0 && end == 1 {
			return 1, 0, 1
		}
		if policy := c.StringOr("keep_aspect_ratio_policy", "stretch"); policy != "stretch" {
			lacksf("keep_aspect_ratio_policy %q", policy)
		}
		return 0, start, end
	}
	list := c.settings(scales)
	if len(list) != count {
		failf(ErrOperand, "%d scales for %d axes", len(list), count)
	}
	return list[at], start, end
}

// settings are floating-point inputs that are known before the graph runs.
func (c *call) settings(i int) []float32 {
	t := c.known(c.in(i))
	if t == nil {
		lacksf("input %d, %q, is not a constant", i, c.in(i))
	}
	if wide, err := t.Float64(); err == nil {
		narrow := make([]float32, len(wide))
		for k, v := range wide {
			narrow[k] = float32(v)
		}
		return narrow
	}
	v, err := t.Float32()
	if err != nil {
		failf(ErrOperand, "%v", err)
	}
	return v
}
