package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// affineGrid: the grid is a product of the maps theta [N,D,D+1] with constant
// places [P,D+1], which are what the maps of unit vectors give.
func affineGrid(c *call) string {
	theta, y := c.inShape(0), c.yShape()
	d, places := theta[1], product(y[1:len(y)-1])
	fits(places, d+1)
	// Row 0 of one map at a time picks coordinate k.
	base := make([]float64, places*(d+1))
	sizes := slices.Concat([]int64{1, 1}, y[1:len(y)-1])
	node := &onnxio.Node{Op: "AffineGrid", Outputs: []string{"y"}, Inputs: []string{"theta", "size"}, Attrs: c.Attrs}
	for k := range d + 1 {
		unit := make([]float64, d*(d+1))
		unit[k] = 1
		grid, err := reference.Evaluate(node, c.opset, []*onnxio.Tensor{onnxio.NewFloat64("theta", []int64{1, d, d + 1}, unit), onnxio.NewInt64("size", []int64{d + 2}, sizes)})
		if err != nil {
			failf(ErrOperand, "%v", err)
		}
		v, err := grid[0].Float64()
		if err != nil {
			failf(ErrOperand, "%v", err)
		}
		for p := range places {
			base[p*(d+1)+k] = v[p*d]
		}
	}
	dy := c.transpose(c.reshape(c.dy, y[0], places, d), 0, 2, 1)
	return c.matMul(dy, c.numbers(base, places, d+1))
}

// centerCropPad cuts off the zeros around the middle, and puts zeros where
// elements were cut off.
func centerCropPad(c *call) string {
	x, y := c.inShape(0), c.yShape()
	begin, end := make([]int64, len(x)), make([]int64, len(x))
	for i := range x {
		more := x[i] - y[i] // to put back
		begin[i] = more / 2
		end[i] = more - begin[i]
	}
	return c.pad(c.dy, begin, end)
}
