package autodiff

import (
	"github.com/sharewise/sharewise/onnxio"
)

// castBack returns the cotangent in the type of the input.
func castBack(c *call) string {
	from := c.types[c.a]
	if from == nil {
		failf(ErrShape, "nothing is known about value %q", c.a)
	}
	return c.cast(c.dy, from.Type)
}

// tile sums over the repetitions, which are dimensions of their own in front
// of each dimension of the input.
func tile(c *call) string {
	x, y := c.inShape(0), c.yShape()
	var wide, axes []int64
	for i, d := range x {
		repeats := int64(1)
		if d > 0 {
			repeats = y[i] / d
		}
		wide = append(wide, repeats, d)
		if repeats != 1 {
			axes = append(axes, int64(2*i))
		}
	}
	if len(axes) == 0 {
		return c.dy
	}
	return c.reshape(c.sum(c.reshape(c.dy, wide...), true, axes...), x...)
}

// transpose undoes a permutation by its inverse.
func transpose(c *call) string {
	rank := c.rank()
	perm := c.IntsOr("perm", nil)
	inverse := make([]int64, rank)
	for i := range inverse {
		if perm == nil {
			inverse[i] = rank - 1 - int64(i)
		} else {
			inverse[resolve(perm[i], rank)] = int64(i)
		}
	}
	return c.transpose(c.dy, inverse...)
}

// depthToSpace moves the blocks back.
func depthToSpace(c *call) string {
	x, b := c.inShape(0), c.IntOr("blocksize", 0)
	if b < 1 {
		failf(ErrOperand, "a block size of %d", b)
	}
	depth := x[1] / (b * b)
	blocks := c.reshape(c.dy, x[0], depth, x[2], b, x[3], b)
	perm := []int64{0, 3, 5, 1, 2, 4}
	if c.StringOr("mode", "DCR") == "CRD" {
		perm = []int64{0, 1, 3, 5, 2, 4}
	}
	return c.reshape(c.transpose(blocks, perm...), x...)
}

func spaceToDepth(c *call) string {
	return c.op("DepthToSpace", []string{c.dy},
		onnxio.IntAttr("blocksize", c.IntOr("blocksize", 0)), onnxio.StringAttr("mode", "DCR"))
}

func trilu(c *call) string {
	inputs := []string{c.dy}
	if c.has(1) {
		inputs = append(inputs, c.b)
	}
	return c.op("Trilu", inputs, onnxio.IntAttr("upper", c.IntOr("upper", 1)))
}

// dropout hands the cotangent on unless the node trains; then its mask, which
// must be an output of the node, and 1/(1−ratio) apply.
func dropout(c *call) string {
	if !c.has(2) {
		return c.dy
	}
	if training, known := c.truthOf(2); known && !training {
		return c.dy
	}
	if !c.gives(1) {
		lacksf("it is in training mode and its mask is not among the node's outputs")
	}
	ratio := c.b
	if !c.has(1) {
		ratio = c.k(0.5)
	}
	// Outside of training mode the mask is true everywhere, and nothing is
	// scaled.
	scale := c.where(c.in(2), c.reciprocal(c.sub(c.k(1), ratio)), c.k(1))
	return c.onlyWhere(c.Outputs[1], c.mul(c.dy, scale))
}

// truthOf is a bool input that is an initializer.
func (c *call) truthOf(i int) (v, known bool) {
	t := c.emitter.b.Graph().Initializer(c.in(i))
	if t == nil {
		return false, false
	}
	b, err := t.Bool()
	return err == nil && len(b) == 1 && b[0], err == nil && len(b) == 1
}
