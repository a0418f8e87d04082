package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// keptShape is the shape of a reduction's output with the folded dimensions
// kept as 1.
func (c *call) keptShape() []int64 {
	x, y := c.inShape(0), c.yShape()
	if len(x) == len(y) {
		return y
	}
	// Without keepdims the axes have to be known.
	shape := slices.Clone(x)
	for _, a := range c.reducedAxes() {
		shape[a] = 1
	}
	return shape
}

func (c *call) reducedAxes() []int64 {
	rank := c.rank()
	axes, ok := c.list("axes", 1)
	if ok && len(axes) > 0 {
		resolved := make([]int64, len(axes))
		for i, a := range axes {
			resolved[i] = resolve(a, rank)
		}
		return resolved
	}
	if c.alone() {
		return nil
	}
	all := make([]int64, rank)
	for i := range all {
		all[i] = int64(i)
	}
	return all
}

// reduction is the rule of an operator that folds elements. Asked not to when it
// has no axes, it folds every element alone.
func reduction(f vjp) rule {
	return exact(func(c *call) string {
		if c.alone() && c.Op == "ReduceProd" {
			return c.dy
		}
		return f(c)
	})
}

// alone reports whether a reduction has no axes and noop_with_empty_axes.
func (c *call) alone() bool {
	axes, _ := c.list("axes", 1)
	return len(axes) == 0 && c.IntOr("noop_with_empty_axes", 0) != 0
}

// kept views a value of the output's shape so that it broadcasts to the input.
func (c *call) kept(x string) string {
	shape := c.keptShape()
	if slices.Equal(shape, c.yShape()) {
		return x
	}
	return c.reshape(x, shape...)
}

// expandLikeInput broadcasts to the shape of the input.
func (c *call) expandLikeInput(x string) string {
	if slices.Equal(c.keptShape(), c.inShape(0)) {
		return x
	}
	return c.expand(x, c.inShape(0)...)
}

// folded is the number of elements that are reduced to one.
func (c *call) folded() float64 {
	return float64(product(c.inShape(0))) / float64(product(c.yShape()))
}

// reduced sums a value of the input's shape over the axes of the reduction,
// keeping dimensions.
func (c *call) reduced(x string) string {
	var axes []int64
	kept := c.keptShape()
	for i, d := range c.inShape(0) {
		if d != kept[i] {
			axes = append(axes, int64(i))
		}
	}
	return c.sum(x, true, axes...)
}

// reduceExtreme is the rule of ReduceMax and ReduceMin: the elements that
// equal the result share the cotangent equally.
func reduceExtreme(c *call) string {
	hit := c.equal(c.a, c.kept(c.y))
	ties := c.reduced(c.cast(hit, c.elementType()))
	return c.onlyWhere(hit, c.div(c.kept(c.dy), ties))
}

// reduceL2: y = √Σa², ∂y/∂a = a/y, taken as 0 where y is 0.
func reduceL2(c *call) string {
	y, dy := c.kept(c.y), c.kept(c.dy)
	positive := c.greater(y, c.k(0))
	return c.mul(c.a, c.onlyWhere(positive, c.div(dy, c.where(positive, y, c.k(1)))))
}

// reduceProd: ∂y/∂a is the product of the other elements: that of all nonzero
// elements, divided by a where no element is zero, as it is at the only zero,
// and zero otherwise.
func reduceProd(c *call) string {
	zero := c.equal(c.a, c.k(0))
	zeros := c.reduced(c.cast(zero, c.elementType()))
	nonzero := c.where(zero, c.k(1), c.a)
	inputs, attrs := []string{nonzero}, []*onnxio.Attribute{onnxio.IntAttr("keepdims", 1)}
	if c.opset >= 18 {
		inputs = append(inputs, c.emitter.b.Int64s(c.reducedAxes()...))
	} else {
		attrs = append(attrs, onnxio.IntsAttr("axes", c.reducedAxes()...))
	}
	all := c.op("ReduceProd", inputs, attrs...)
	others := c.where(zero,
		c.onlyWhere(c.equal(zeros, c.k(1)), all),
		c.onlyWhere(c.equal(zeros, c.k(0)), c.div(all, nonzero)))
	return c.mul(c.kept(c.dy), others)
}

// cumSum: every element is in the sums from its own place on, so the cotangent
// is summed the other way round.
func cumSum(c *call) string {
	return c.op("CumSum", []string{c.dy, c.b},
		onnxio.IntAttr("exclusive", c.IntOr("exclusive", 0)), onnxio.IntAttr("reverse", 1-c.IntOr("reverse", 0)))
}
