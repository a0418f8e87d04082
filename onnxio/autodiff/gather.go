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

// gatherND scatters pieces. Batch dimensions, which ScatterND lacks, become
// part of the indices.
func gatherND(c *call) string {
	batch := c.IntOr("batch_dims", 0)
	indices := c.b
	if batch > 0 {
		indices = c.batched(indices, c.inShape(1), batch)
	}
	return c.op("ScatterND", []string{c.zerosLike(c.a), indices, c.dy}, c.adding())
}

// batched puts the first coordinates of every index in front of it.
func (c *call) batched(indices string, shape []int64, batch int64) string {
	if batch >= int64(len(shape)) {
		failf(ErrOperand, "batch_dims %d", batch)
	}
	grid := slices.Clone(shape)
	grid[len(grid)-1] = batch
	fits(grid...)
	rows := product(shape[:batch])
	coordinates := make([]int64, 0, rows*batch)
	for r := range rows {
		rest, at := r, make([]int64, batch)
		for k := batch - 1; k >= 0; k-- {
			at[k], rest = rest%shape[k], rest/shape[k]
		}
		coordinates = append(coordinates, at...)
	}
	narrow := slices.Concat(shape[:batch], ones(len(shape)-1-int(batch)), []int64{batch})
	lead := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewInt64("", narrow, coordinates)))
	return c.op("Concat", []string{c.expand(lead, grid...), indices}, onnxio.IntAttr("axis", int64(len(shape)-1)))
}

// topK puts the cotangents back where the elements came from.
func topK(c *call) string {
	if !c.gives(1) {
		lacksf("its indices are not among the node's outputs")
	}
	return c.scatterAdd(c.Outputs[1], c.dy, c.axis("axis", -1, c.rank()))
}

// reverseSequence turns the cotangent round in the same way.
func reverseSequence(c *call) string {
	return c.op("ReverseSequence", []string{c.dy, c.b}, c.Attrs...)
}
