package autodiff

// oneMinusSquare is 1 − x².
func (c *call) oneMinusSquare(x string) string { return c.sub(c.k(1), c.square(x)) }

// divisor: y = a/b, ∂y/∂b = −y/b.
func divisor(c *call) string { return c.neg(c.mul(c.dy, c.div(c.y, c.b))) }

// powBase: y = aᵇ, ∂y/∂a = b·aᵇ⁻¹. The exponent may be of another type.
func powBase(c *call) string {
	b := c.exponent()
	return c.mul(c.dy, c.mul(b, c.pow(c.a, c.sub(b, c.k(1)))))
}

// powExponent: y = aᵇ, ∂y/∂b = y·ln a, which tends to 0 where a does.
func powExponent(c *call) string {
	positive := c.greater(c.a, c.k(0))
	log := c.log(c.where(positive, c.a, c.k(1)))
	return c.mul(c.dy, c.mul(c.y, log))
}

func (c *call) exponent() string {
	v := c.types[c.b]
	if v == nil || v.Type == c.elementType() {
		return c.b
	}
	return c.cast(c.b, c.elementType())
}

// modDivisor: y = a − b·n with n a whole number, ∂y/∂b = −n = (y−a)/b.
func modDivisor(c *call) string { return c.mul(c.dy, c.div(c.sub(c.y, c.a), c.b)) }

// extreme is the rule of Max and Min: the operands that equal the result share
// the cotangent equally.
func extreme(c *call, i int) string {
	if len(c.Inputs) == 1 {
		return c.dy
	}
	var ties string
	for j := range c.Inputs {
		hit := c.cast(c.equal(c.in(j), c.y), c.elementType())
		if ties == "" {
			ties = hit
		} else {
			ties = c.add(ties, hit)
		}
	}
	return c.onlyWhere(c.equal(c.in(i), c.y), c.div(c.dy, ties))
}

// clipped: Clip passes on what it leaves as it is.
func clipped(c *call) string { return c.onlyWhere(c.equal(c.a, c.y), c.dy) }

// clipLow and clipHigh: what Clip cut off depends on the bound. The upper
// bound wins where the bounds cross.
func clipLow(c *call) string {
	cut := c.less(c.a, c.b)
	if c.has(2) {
		cut = c.and(cut, c.less(c.b, c.in(2)))
	}
	return c.onlyWhere(cut, c.dy)
}

func clipHigh(c *call) string {
	high := c.in(2)
	cut := c.greater(c.a, high)
	if c.has(1) {
		cut = c.op("Or", []string{cut, c.greater(c.b, high)})
	}
	return c.onlyWhere(cut, c.dy)
}

func whereTrue(c *call) string  { return c.where(c.a, c.dy, c.k(0)) }
func whereFalse(c *call) string { return c.where(c.a, c.k(0), c.dy) }
