package reference

// matMul multiplies stacks of matrices with NumPy's rules: a vector becomes a
// row (left) or a column (right) whose dimension is dropped again, and leading
// dimensions broadcast.
func matMul(c *call) *value {
	a, b := c.input(0), c.input(1)
	if a.rank() == 0 || b.rank() == 0 {
		failf("a scalar has no matrix product")
	}
	sa, sb := a.shape, b.shape
	if len(sa) == 1 {
		sa = []int{1, sa[0]}
	}
	if len(sb) == 1 {
		sb = []int{sb[0], 1}
	}
	stackA, stackB := sa[:len(sa)-2], sb[:len(sb)-2]
	rows, inner, cols := sa[len(sa)-2], sa[len(sa)-1], sb[len(sb)-1]
	if sb[len(sb)-2] != inner {
		failf("matrices of shapes %v and %v", a.shape, b.shape)
	}
	stack := broadcast(stackA, stackB)
	atA, atB := spread(stack, stackA), spread(stack, stackB)
	shape := append([]int{}, stack...)
	if a.rank() > 1 {
		shape = append(shape, rows)
	}
	if b.rank() > 1 {
		shape = append(shape, cols)
	}
	out := newValue(a.dt, shape)
	for k := range atA {
		multiply(out.floats()[k*rows*cols:], a.floats()[atA[k]*rows*inner:], b.floats()[atB[k]*inner*cols:], rows, inner, cols)
	}
	return out
}

// multiply adds the product of the row-major matrices a [m,k] and b [k,n] to
// c [m,n].
func multiply(c, a, b []float64, m, k, n int) {
	for i := range m {
		row := c[i*n : (i+1)*n]
		for l := range k {
			x := a[i*k+l]
			for j, y := range b[l*n : (l+1)*n] {
				row[j] += x * y
			}
		}
	}
}

// gemm is alpha·A'·B' + beta·C, where ' transposes if asked and C broadcasts.
func gemm(c *call) *value {
	a, b := c.input(0), c.input(1)
	if a.rank() != 2 || b.rank() != 2 {
		failf("operands of shapes %v and %v", a.shape, b.shape)
	}
	if c.flag("transA", false) {
		a = permuted(a, []int{1, 0})
	}
	if c.flag("transB", false) {
		b = permuted(b, []int{1, 0})
	}
	m, k, n := a.shape[0], a.shape[1], b.shape[1]
	if b.shape[0] != k {
		failf("matrices of shapes %v and %v", a.shape, b.shape)
	}
	out := newValue(a.dt, []int{m, n})
	multiply(out.floats(), a.floats(), b.floats(), m, k, n)
	alpha, beta := c.float("alpha", 1), c.float("beta", 1)
	out = apply(out, func(x float64) float64 { return alpha * x })
	bias := c.optional(2)
	if bias == nil {
		return out
	}
	for i, p := range spread(out.shape, bias.shape) {
		out.f[i] += beta * bias.floats()[p]
	}
	return out
}
