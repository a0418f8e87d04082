package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// adding makes a scattering node add up where indices repeat.
func (c *call) adding() *onnxio.Attribute {
	if c.opset < 16 {
		failf(ErrOpset, "the gradient of %s scatters with addition, which ai.onnx has from version 16 on, not in %d", c.Op, c.opset)
	}
	return onnxio.StringAttr("reduction", "add")
}

// scatterAdd adds updates to zeros of the shape of input 0, where indices of
// the updates' shape say along one axis.
func (c *call) scatterAdd(indices, updates string, axis int64) string {
	return c.op("ScatterElements", []string{c.zerosLike(c.a), indices, updates}, onnxio.IntAttr("axis", axis), c.adding())
}

// gather adds every piece of the cotangent to the place where the piece was
// taken from.
func gather(c *call) string {
	x, indices, y := c.inShape(0), c.inShape(1), c.yShape()
	axis := c.axis("axis", 0, int64(len(x)))
	if axis == 0 {
		// Whole rows: cheaper than element by element.
		rows := c.reshape(c.b, append(slices.Clone(indices), 1)...)
		return c.op("ScatterND", []string{c.zerosLike(c.a), rows, c.dy}, c.adding())
	}
	n := product(indices)
	flat := slices.Concat(y[:axis], []int64{n}, y[int(axis)+len(indices):])
	along := make([]int64, len(flat))
	for i := range along {
		along[i] = 1
	}
	along[axis] = n
	return c.scatterAdd(c.expand(c.reshape(c.b, along...), flat...), c.reshape(c.dy, flat...), axis)
}

func gatherElements(c *call) string {
	return c.scatterAdd(c.b, c.dy, c.axis("axis", 0, c.rank()))
}

func gatherND(c *call) string {
	if c.IntOr("batch_dims", 0) != 0 {
		lacksf("batch_dims")
	}
	return c.op("ScatterND", []string{c.zerosLike(c.a), c.b, c.dy}, c.adding())
}

// The scattering operators overwrite (reduction none, where indices must not
// repeat) or add.
func (c *call) overwrites() bool {
	switch r := c.StringOr("reduction", "none"); r {
	case "none":
		return true
	case "add":
		return false
	default:
		lacksf("reduction %q", r)
		return false
	}
}

func scatterElementsData(c *call) string {
	if !c.overwrites() {
		return c.dy
	}
	return c.op("ScatterElements", []string{c.dy, c.b, c.zerosLike(c.in(2))}, onnxio.IntAttr("axis", c.IntOr("axis", 0)))
}

func scatterElementsUpdates(c *call) string {
	c.overwrites()
	return c.op("GatherElements", []string{c.dy, c.b}, onnxio.IntAttr("axis", c.IntOr("axis", 0)))
}

func scatterNDData(c *call) string {
	if !c.overwrites() {
		return c.dy
	}
	return c.op("ScatterND", []string{c.dy, c.b, c.zerosLike(c.in(2))})
}

func scatterNDUpdates(c *call) string {
	c.overwrites()
	return c.op("GatherND", []string{c.dy, c.b})
}
