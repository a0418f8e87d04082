package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// gemm is alpha·A'·B', where ' transposes if asked.
func (c *call) gemm(a string, transA bool, b string, transB bool, alpha float32) string {
	return c.op("Gemm", []string{a, b},
		onnxio.FloatAttr("alpha", alpha),
		onnxio.IntAttr("transA", truth(transA)), onnxio.IntAttr("transB", truth(transB)))
}

// Gemm is Y = alpha·A'·B' + beta·C. Whatever is transposed, the products that
// give dA and dB are Gemms again and no transposition is ever carried out.
func gemmA(c *call) string {
	alpha, transA, transB := c.FloatOr("alpha", 1), c.IntOr("transA", 0) != 0, c.IntOr("transB", 0) != 0
	if transA {
		return c.gemm(c.b, transB, c.dy, true, alpha)
	}
	return c.gemm(c.dy, false, c.b, !transB, alpha)
}

func gemmB(c *call) string {
	alpha, transA, transB := c.FloatOr("alpha", 1), c.IntOr("transA", 0) != 0, c.IntOr("transB", 0) != 0
	if transB {
		return c.gemm(c.dy, true, c.a, transA, alpha)
	}
	return c.gemm(c.a, !transA, c.dy, false, alpha)
}

func gemmC(c *call) string { return c.times(c.attr("beta", 1), c.dy) }

// gemmSpread: only C broadcasts.
func gemmSpread(c *call, i int) []int64 {
	if i == 2 {
		return c.yShape()
	}
	return c.inShape(i)
}

// MatMul multiplies stacks of matrices, Y = A·B, whose leading dimensions
// broadcast: dA = dY·Bᵀ and dB = Aᵀ·dY. A vector stands for a row on the left
// and for a column on the right.
func matMulLeft(c *call) string {
	a, b := c.matMulShapes()
	if len(b) == 2 {
		// One matrix for all rows: a single Gemm over all of them.
		rows := product(a[:len(a)-1])
		dy := c.reshape(c.dy, rows, b[1])
		return c.reshape(c.gemm(dy, false, c.asMatrix(c.b, b), true, 1), c.inShape(0)...)
	}
	return c.matMul(c.matrixDY(a, b), c.swapped(c.b, b))
}

func matMulRight(c *call) string {
	a, b := c.matMulShapes()
	if len(b) == 2 {
		rows := product(a[:len(a)-1])
		x, dy := c.reshape(c.a, rows, b[0]), c.reshape(c.dy, rows, b[1])
		return c.reshape(c.gemm(x, true, dy, false, 1), c.inShape(1)...)
	}
	return c.matMul(c.swapped(c.a, a), c.matrixDY(a, b))
}

// matMulSpread: with one matrix on the right the products above are already
// summed; otherwise they have the stack of the output.
func matMulSpread(c *call, i int) []int64 {
	a, b := c.matMulShapes()
	if len(b) == 2 {
		return c.inShape(i)
	}
	stack := c.matMulStack(a, b)
	if i == 0 {
		return append(stack, a[len(a)-2:]...)
	}
	return append(stack, b[len(b)-2:]...)
}

// matMulShapes are the shapes of the operands with vectors made matrices.
func (c *call) matMulShapes() (a, b []int64) {
	a, b = c.inShape(0), c.inShape(1)
	if len(a) == 0 || len(b) == 0 {
		failf(ErrOperand, "a scalar has no matrix product")
	}
	if len(a) == 1 {
		a = []int64{1, a[0]}
	}
	if len(b) == 1 {
		b = []int64{b[0], 1}
	}
	return a, b
}

// matMulStack is the shape of the stack of products; a vector on the left of
// a stack leaves no dimension of its own behind.
func (c *call) matMulStack(a, b []int64) []int64 {
	y := c.yShape()
	if len(c.inShape(0)) > 1 {
		y = y[:len(y)-1]
	}
	return slices.Clone(y[:len(y)-1])
}

// matrixDY is dY as a stack of matrices.
func (c *call) matrixDY(a, b []int64) string {
	if len(c.inShape(0)) > 1 {
		return c.dy
	}
	return c.reshape(c.dy, append(c.matMulStack(a, b), 1, b[len(b)-1])...)
}

// asMatrix is a value of rank 1 or 2 as a matrix.
func (c *call) asMatrix(x string, shape []int64) string {
	if len(c.shape(x)) == len(shape) {
		return x
	}
	return c.reshape(x, shape...)
}

// swapped transposes the last two dimensions of a stack of matrices of the
// given shape.
func (c *call) swapped(x string, shape []int64) string {
	perm := make([]int64, len(shape))
	for i := range perm {
		perm[i] = int64(i)
	}
	n := len(perm)
	perm[n-2], perm[n-1] = perm[n-1], perm[n-2]
	return c.transpose(c.asMatrix(x, shape), perm...)
}
