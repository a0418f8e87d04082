package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// resize: along each axis, Resize is a product with a matrix [n, m] of weights,
// whatever the interpolation, and the cotangent a product with its transpose.
// Nearest neighbours that repeat every element are summed instead.
func resize(c *call) string {
	if c.IntOr("antialias", 0) != 0 {
		lacksf("antialias")
	}
	x, y := c.inShape(0), c.yShape()
	dx, shape := c.dy, slices.Clone(y)
	for a := range x {
		m := c.resampling(a)
		if m == nil {
			continue
		}
		if k := y[a] / x[a]; m.repeats(k) {
			dx = c.sum(c.reshape(dx, slices.Concat(shape[:a], []int64{x[a], k}, shape[a+1:])...), false, int64(a+1))
			shape[a] = x[a]
			continue
		}
		weights := c.weights(m)
		last := len(x) - 1
		if a == last {
			dx = c.matMul(dx, weights)
		} else {
			// […, m, rest] as a stack of matrices.
			rest := product(shape[a+1:])
			stack := c.reshape(dx, product(shape[:a]), shape[a], rest)
			dx = c.matMul(c.transpose(weights, 1, 0), stack)
			dx = c.reshape(dx, slices.Concat(shape[:a], []int64{x[a]}, shape[a+1:])...)
		}
		shape[a] = x[a]
	}
	return dx
}

// A resampling is the matrix by which an axis is resized: element o of m is
// Σ weights[o·n+i]·x[i].
type resampling struct {
	n, m    int64
	weights []float64
}

// repeats reports whether every element is taken k times in a row.
func (r *resampling) repeats(k int64) bool {
	if k < 1 || r.m != k*r.n {
		return false
	}
	for o := range r.m {
		if r.weights[o*r.n+o/k] != 1 {
			return false
		}
		for i := range r.n {
			if i != o/k && r.weights[o*r.n+i] != 0 {
				return false
			}
		}
	}
	return true
}

// weights is the matrix [m, n] as a constant.
func (c *call) weights(r *resampling) string {
	t := onnxio.NewFloat64("", []int64{r.m, r.n}, r.weights)
	if c.elementType() == onnxio.Float32 {
		narrow := make([]float32, len(r.weights))
		for i, w := range r.weights {
			narrow[i] = float32(w)
		}
		t = onnxio.NewFloat32("", []int64{r.m, r.n}, narrow)
	}
	return c.op("Constant", nil, onnxio.TensorAttr("value", t))
}

// resampling finds the matrix of axis a by resizing the rows of the identity;
// nil where the axis stays as it is.
func (c *call) resampling(a int) *resampling {
	n, m := c.inShape(0)[a], c.yShape()[a]
	scale, start, end := c.resized(a)
	if n == m && scale == 1 && start == 0 && end == 1 {
		return nil
	}
	identity := make([]float64, n*n)
	for i := range n {
		identity[i*n+i] = 1
	}
	node := &onnxio.Node{Op: c.Op, Outputs: []string{"y"}, Inputs: []string{"x", "roi", "scales"}}
	inputs := []*onnxio.Tensor{
		onnxio.NewFloat64("x", []int64{n, n}, identity),
		onnxio.NewFloat32("roi", []int64{4}, []float32{0, start, 1, end}),
	}
	if scale > 0 {
		inputs = append(inputs, onnxio.NewFloat32("scales", []int64{2}, []float32{1, scale}))
	} else {
		node.Inputs = append(node.Inputs, "sizes")
		inputs = append(inputs, nil, onnxio.NewInt64("sizes", []int64{2}, []int64{n, m}))
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
	rows, err := outputs[0].Float64() // [n, m]
	if err != nil || int64(len(rows)) != n*m {
		failf(ErrOperand, "axis %d: %d weights for sizes %d and %d", a, len(rows), n, m)
	}
	r := &resampling{n: n, m: m, weights: make([]float64, n*m)}
	for i := range n {
		for o := range m {
			r.weights[o*n+i] = rows[i*m+o]
		}
	}
	return r
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
