package rebatch

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// matMul multiplies matrices: the batch is in the rows of the left or the
// columns of the right one, or in a dimension before these two. Else there is
// one product for every sample.
func matMul(c *call) error {
	if c.place == apart {
		return c.eachProduct()
	}
	other, out := 1-c.lead, len(c.out[0].shape)
	rank, own := c.rank(c.lead), c.dim-c.rank(c.lead) // counted from the end
	free := -2                                        // the dimension that is not summed over
	if c.lead == 1 {
		free = -1
	}
	switch {
	case rank == 1 || own >= -2 && own != free:
		return mixes(c.dim)
	case own == free && c.varies(other) != nil:
		return errTwo
	case own == free && c.rank(other) == 1 && c.lead == 0: // [M, K] by [K]
		return c.give(place{out - 1, c.outer})
	case own == free:
		return c.give(place{out + own, c.outer})
	case c.rank(other) == 1 && c.varies(other) != nil:
		return errTwo
	case c.rank(other) == 1:
		return c.give(place{out + own + 1, c.outer})
	case c.out[0].shape[out+own] != c.shapes[c.lead][c.dim]:
		return fmt.Errorf("the batch of its input %d would be repeated", c.lead)
	}
	if err := c.align(other, own, c.shapes[c.lead][c.dim]); err != nil {
		return err
	}
	return c.give(place{out + own, c.outer})
}

// eachProduct has the batch of both factors apart, and vectors as matrices of
// one row or column.
func (c *call) eachProduct() error {
	rank, vector := 2, false
	for i := range 2 {
		rank = max(rank, c.rank(i))
	}
	for i := range 2 {
		if c.varies(i) == nil {
			continue
		}
		if err := c.take(i, apart); err != nil {
			return err
		}
		dims := slices.Clone(c.shapes[i])
		if len(dims) == 1 {
			vector = true
			dims = slices.Insert(dims, i, 1) // a row on the left, a column on the right
		}
		for len(dims) < rank {
			dims = slices.Insert(dims, 0, 1)
		}
		if len(dims) != c.rank(i) {
			c.reshape(i, append([]int64{-1}, dims...))
		}
	}
	if !vector {
		return c.give(apart)
	}
	y := c.b.Op("MatMul", c.Inputs)
	return c.replace("Reshape", y, c.b.Int64s(append([]int64{-1}, c.out[0].shape...)...))
}

// replace makes another operator the node, which gives its output with the batch
// apart.
func (c *call) replace(op string, inputs ...string) error {
	c.Op, c.Domain, c.Inputs, c.Attrs = op, "", inputs, nil
	return c.give(apart)
}

// gemm is α·A'·B' + β·C: the batch is in the rows of A' or the columns of B', and
// in those of C.
func gemm(c *call) error {
	turnA, turnB := c.IntOr("transA", 0) != 0, c.IntOr("transB", 0) != 0
	if c.place == apart {
		return c.eachGemm(turnA, turnB)
	}
	a, b := c.varies(0), c.varies(1)
	at := 0
	switch {
	case a != nil && b != nil, c.lead == 2:
		return errTwo
	case a != nil && (c.dim == 1) != turnA, b != nil && (c.dim == 0) != turnB:
		return mixes(c.dim)
	case b != nil:
		at = 1
	}
	if c.has(2) {
		if err := c.align(2, at-2, c.out[0].shape[at]); err != nil {
			return err
		}
	}
	return c.give(place{at, c.outer})
}

// eachGemm is a product of matrices for every sample.
func (c *call) eachGemm(turnA, turnB bool) error {
	for i, turn := range []bool{turnA, turnB} {
		perm := []int64{1, 0}
		if c.varies(i) != nil {
			if err := c.take(i, apart); err != nil {
				return err
			}
			perm = []int64{0, 2, 1}
		}
		if turn {
			c.Inputs[i] = c.b.Op("Transpose", []string{c.Inputs[i]}, onnxio.IntsAttr("perm", perm...))
		}
	}
	if c.has(2) && c.varies(2) != nil {
		if err := c.pad(2, 2); err != nil {
			return err
		}
	}
	if c.varies(0) == nil && c.varies(1) == nil {
		return errTwo
	}
	alpha, beta := c.FloatOr("alpha", 1), c.FloatOr("beta", 1)
	inputs := slices.Clone(c.Inputs)
	y := c.scaled(c.b.Op("MatMul", inputs[:2]), alpha)
	if !c.has(2) {
		return c.replace("Identity", y)
	}
	return c.replace("Add", y, c.scaled(inputs[2], beta))
}

// scaled multiplies a value of the type of the node's output.
func (c *call) scaled(x string, by float32) string {
	if by == 1 {
		return x
	}
	t := onnxio.NewFloat32("", nil, []float32{by})
	if v := c.inferred.Values[c.out[0].name]; v.Type == onnxio.Float64 {
		t = onnxio.NewFloat64("", nil, []float64{float64(by)})
	}
	return c.b.Op("Mul", []string{x, c.b.Op("Constant", nil, onnxio.TensorAttr("value", t))})
}
