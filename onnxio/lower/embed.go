package lower

import "github.com/sharewise/sharewise/onnxio"

// embedLayerNorm adds embeddings of words, positions and, if given, segments,
// and normalises the sum; its second output counts the words that a mask lets
// through, none if there is no mask.
func embedLayerNorm(c *call) []string {
	ids := c.in(0)
	sum := c.one("Gather", c.in(2), ids)
	if c.has(8) {
		sum = c.add(sum, c.one("Gather", c.in(3), c.in(8)))
	} else {
		steps := c.slice(c.one("Shape", ids), 0, 1, 2)
		sum = c.add(sum, c.one("Slice", c.in(3), c.b.Int64s(0), steps, c.b.Int64s(0)))
	}
	if c.has(4) {
		sum = c.add(sum, c.one("Gather", c.in(4), c.in(1)))
	}
	y := c.layerNorm(sum, c.in(5), c.in(6), c.FloatOr("epsilon", 1e-12))
	counts := ""
	if c.gives(1) {
		mask := c.optional(7)
		if mask == "" {
			mask = c.sub(ids, ids) // of zeros
		}
		counts = c.op("ReduceSum", []string{mask, c.b.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	}
	return []string{y, counts, sum}
}

// rotated are a rotation's angles and what it is applied to.
type rotated struct {
	x              string // rank 4, or rank 3 with the heads side by side
	cos, sin       string // by position
	cosInput       int    // which input cos is
	positions      string // "" where cos and sin are by batch and step
	positionsInput int
}

// rotaryEmbedding is the operator of ai.onnx, which may have no positions.
func rotaryEmbedding(c *call) []string {
	return c.rotate(rotated{x: c.in(0), cos: c.in(1), sin: c.in(2), cosInput: 1, positions: c.optional(3), positionsInput: 3})
}

// rotaryEmbeddingOfPositions is that of com.microsoft.
func rotaryEmbeddingOfPositions(c *call) []string {
	if c.IntOr("is_packed_batching", 0) != 0 {
		keepf("batches are packed")
	}
	return c.rotate(rotated{x: c.in(0), cos: c.in(2), sin: c.in(3), cosInput: 2, positions: c.in(1), positionsInput: 1})
}

// rotate turns pairs of elements of every head by angles that depend on the
// step (Su and others: RoFormer, 2021). Pairs are neighbours if interleaved,
// else from both halves; elements from rotary_embedding_dim on stay.
func (c *call) rotate(r rotated) []string {
	if scale := c.attr("scale", 1); scale != 1 {
		keepf("scale %g is not supported", scale)
	}
	x, rank := r.x, len(c.anyShape(0))
	angles := c.anyShape(r.cosInput)
	if len(angles) == 0 {
		keepf("input %d, the cosines, is a scalar", r.cosInput)
	}
	half, ok := angles[len(angles)-1].Size, angles[len(angles)-1].Known()
	if !ok {
		keepf("the number of angles is not known")
	}
	var size int64
	if rank == 3 {
		heads := c.IntOr("num_heads", 0)
		if size = 2 * half; heads > 0 {
			size = c.size(0, 3, 2) / heads
		}
		x = c.one("Reshape", x, c.b.Int64s(0, 0, -1, size))
	} else {
		size = c.size(0, 4, 3)
		x = c.transpose(x, 0, 2, 1, 3)
	}
	if turned := c.IntOr("rotary_embedding_dim", 0); turned > 0 && turned != 2*half || 2*half > size {
		keepf("%d angles for heads of %d", half, size)
	}
	cos, sin := c.unsqueeze(c.angles(r.cos, r), 2), c.unsqueeze(c.angles(r.sin, r), 2)
	a, b := c.pairs(x, half)
	y := c.unpair(c.sub(c.mul(a, cos), c.mul(b, sin)), c.add(c.mul(a, sin), c.mul(b, cos)), half)
	if 2*half < size {
		y = c.concat(3, y, c.slice(x, 3, 2*half, size))
	}
	if rank == 3 {
		return []string{c.reshape(y, 0, 0, -1)}
	}
	return []string{c.transpose(y, 0, 2, 1, 3)}
}

// angles are those of every step, [batch, steps, angles] or [1, steps, angles].
func (c *call) angles(cache string, r rotated) string {
	if r.positions == "" {
		return cache
	}
	if len(c.anyShape(r.positionsInput)) != 1 {
		return c.one("Gather", cache, r.positions)
	}
	// The position of the first step.
	steps := c.size(0, len(c.anyShape(0)), len(c.anyShape(0))-2)
	first := c.op("Cast", []string{r.positions}, onnxio.IntAttr("to", int64(onnxio.Int64)))
	return c.unsqueeze(c.one("Gather", cache, c.add(c.places(steps), first)), 0)
}

// pairs are the first and the second elements of all pairs of a head.
func (c *call) pairs(x string, half int64) (a, b string) {
	if c.IntOr("interleaved", 0) == 0 {
		return c.slice(x, 3, 0, half), c.slice(x, 3, half, 2*half)
	}
	every := func(from int64) string {
		return c.one("Slice", x, c.b.Int64s(from), c.b.Int64s(2*half), c.b.Int64s(3), c.b.Int64s(2))
	}
	return every(0), every(1)
}

// unpair puts the elements of pairs back where they were.
func (c *call) unpair(a, b string, half int64) string {
	if c.IntOr("interleaved", 0) == 0 {
		return c.concat(3, a, b)
	}
	return c.reshape(c.concat(4, c.unsqueeze(a, 4), c.unsqueeze(b, 4)), 0, 0, 0, 2*half)
}
