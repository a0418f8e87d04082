package lower

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// An attended is what all attention operators have in common: queries, keys
// and values [batch, heads, steps, size], and what is added to the scores.
type attended struct {
	q, k, v string
	scale   float64 // of the scores
	bias    string  // added to the scores, "" for none
	allowed string  // truth values; other scores do not count, "" for none
	cap     float64 // scores are held within by tanh, 0 for none
}

// masked stands for scores that do not count: not infinite, so that a row
// without any score gives no NaN.
const masked = -math.MaxFloat32

// attend is softmax(scale·QKᵀ + bias)·V.
func (c *call) attend(a attended) string {
	scores := c.matMul(c.mul(a.q, c.k(a.scale)), c.transpose(a.k, 0, 1, 3, 2))
	if a.cap != 0 {
		scores = c.mul(c.one("Tanh", c.one("Div", scores, c.k(a.cap))), c.k(a.cap))
	}
	scores = c.addIf(scores, a.bias)
	if a.allowed != "" {
		scores = c.one("Where", a.allowed, scores, c.k(masked))
	}
	return c.matMul(c.op("Softmax", []string{scores}, onnxio.IntAttr("axis", -1)), a.v)
}

// heads takes [batch, steps, heads·size] apart into [batch, heads, steps, size].
func (c *call) heads(x string, n int64) string {
	return c.transpose(c.reshape(x, 0, 0, n, -1), 0, 2, 1, 3)
}

// joined undoes heads.
func (c *call) joined(x string) string { return c.reshape(c.transpose(x, 0, 2, 1, 3), 0, 0, -1) }

// causal is the matrix of truth values that lets every one of q queries see
// the keys up to its own place.
func (c *call) causal(q, k int64) string {
	return c.one("GreaterOrEqual", c.unsqueeze(c.places(q), 1), c.places(k))
}

// causalButLast is causal, but the last query sees all keys, as ONNX Runtime has
// it: where keys are as many as queries there are no others.
func (c *call) causalButLast(q, k int64) string {
	last := c.one("Equal", c.unsqueeze(c.places(q), 1), c.b.Int64(q-1))
	return c.one("Or", c.causal(q, k), last)
}

// maxPlaces bounds the length of a sequence whose places are counted.
const maxPlaces = 1 << 24

// places are the numbers from 0 to n-1.
func (c *call) places(n int64) string {
	if n > maxPlaces {
		keepf("a sequence of %d steps is longer than %d", n, maxPlaces)
	}
	v := make([]int64, n)
	for i := range v {
		v[i] = int64(i)
	}
	return c.b.Int64s(v...)
}

// scaleOr is the scale that an attribute gives, or 1/√size.
func (c *call) scaleOr(size int64) float64 {
	if s := c.attr("scale", 0); s != 0 {
		return s
	}
	if size < 1 {
		keepf("the size of heads is %d", size)
	}
	return 1 / math.Sqrt(float64(size))
}

// attention is the operator of ai.onnx: queries, keys and values of rank 4, or
// of rank 3 with the numbers of heads as attributes; fewer heads of keys than
// of queries are shared.
func attention(c *call) []string {
	if c.has(4) || c.has(5) || c.gives(1) || c.gives(2) || c.gives(3) {
		keepf("it keeps keys and values for later steps; export the model without a cache of past keys and values")
	}
	if c.has(6) {
		keepf("it has lengths of keys, nonpad_kv_seqlen, which are not supported; export it with a mask instead")
	}
	rank := len(c.anyShape(0))
	a := attended{q: c.in(0), k: c.in(1), v: c.in(2), cap: c.attr("softcap", 0)}
	var queryHeads, keyHeads, size int64
	if rank == 3 {
		queryHeads, keyHeads = c.IntOr("q_num_heads", 0), c.IntOr("kv_num_heads", 0)
		if queryHeads < 1 || keyHeads < 1 {
			keepf("q_num_heads or kv_num_heads is missing")
		}
		size = c.size(0, 3, 2) / queryHeads
		a.q, a.k, a.v = c.heads(a.q, queryHeads), c.heads(a.k, keyHeads), c.heads(a.v, keyHeads)
	} else {
		queryHeads, keyHeads, size = c.size(0, 4, 1), c.size(1, 4, 1), c.size(0, 4, 3)
	}
	if keyHeads < 1 || queryHeads%keyHeads != 0 {
		keepf("%d heads of queries share %d heads of keys", queryHeads, keyHeads)
	}
	a.k, a.v = c.shared(a.k, queryHeads/keyHeads), c.shared(a.v, queryHeads/keyHeads)
	a.scale = c.scaleOr(size)
	if c.has(3) {
		if c.dtype(3) == onnxio.Bool {
			a.allowed = c.in(3)
		} else {
			a.bias = c.in(3)
		}
	}
	if c.IntOr("is_causal", 0) != 0 {
		steps := rank - 2
		causal := c.causal(c.size(0, rank, steps), c.size(1, rank, steps))
		if a.allowed != "" {
			causal = c.one("And", a.allowed, causal)
		}
		a.allowed = causal
	}
	y := c.attend(a)
	if rank == 3 {
		y = c.joined(y)
	}
	return []string{y}
}

// shared repeats every head n times in a row.
func (c *call) shared(x string, n int64) string {
	if n == 1 {
		return x
	}
	wide := c.one("Expand", c.unsqueeze(x, 2), c.b.Int64s(1, 1, n, 1, 1))
	shape := c.one("Shape", wide)
	part := func(i, j int64) string { return c.slice(shape, 0, i, j) }
	return c.one("Reshape", wide, c.concat(0, part(0, 1), c.b.Int64s(-1), part(3, 5)))
}

// multiHeadAttention is the operator of com.microsoft: queries, keys and values
// are of rank 3; or keys and values of rank 4 with their heads apart; or keys
// and values, or all three, are packed side by side for every head, rank 5.
func multiHeadAttention(c *call) []string {
	if c.has(6) || c.has(7) || c.gives(1) || c.gives(2) || c.gives(3) {
		keepf("it keeps keys and values for later steps; export the model without a cache of past keys and values")
	}
	heads := c.headCount()
	f := fused{mask: 4, bias: 5, batch: c.rows(0)}
	packed := func(i int, n int64) []string {
		f.size = c.size(i, 5, 4)
		parts := c.split(c.in(i), 3, n, 1)
		for k := range parts {
			parts[k] = c.transpose(c.squeeze(parts[k], 3), 0, 2, 1, 3)
		}
		return parts
	}
	f.queries = func() int64 { return c.size(0, len(c.anyShape(0)), 1) }
	f.keys = f.queries
	switch {
	case !c.has(1):
		parts := packed(0, 3)
		f.q, f.k, f.v = parts[0], parts[1], parts[2]
	case !c.has(2):
		parts := packed(1, 2)
		f.q, f.k, f.v = c.heads(c.in(0), heads), parts[0], parts[1]
		f.keys = func() int64 { return c.size(1, 5, 1) }
	case len(c.anyShape(1)) == 4:
		f.q, f.k, f.v, f.size = c.heads(c.in(0), heads), c.in(1), c.in(2), c.size(0, 3, 2)/heads
		f.keys = func() int64 { return c.size(1, 4, 2) }
	default:
		return c.projected(f, heads)
	}
	if c.has(3) {
		keepf("it adds a bias to packed or projected keys")
	}
	return c.fusedAttention(f)
}

// projected is multiHeadAttention on queries, keys and values of rank 3, to which
// a bias may be added.
func (c *call) projected(f fused, heads int64) []string {
	width, valueWidth := c.size(0, 3, 2), c.size(2, 3, 2)
	c.shape(1, 3)
	q, k, v := c.in(0), c.in(1), c.in(2)
	if c.has(3) {
		b := c.in(3)
		q, k = c.add(q, c.slice(b, 0, 0, width)), c.add(k, c.slice(b, 0, width, 2*width))
		v = c.add(v, c.slice(b, 0, 2*width, 2*width+valueWidth))
	}
	f.q, f.k, f.v, f.size = c.heads(q, heads), c.heads(k, heads), c.heads(v, heads), width/heads
	f.keys = func() int64 { return c.size(1, 3, 1) }
	return c.fusedAttention(f)
}

// packedAttention is Attention of com.microsoft, which projects its input to
// queries, keys and values itself.
func packedAttention(c *call) []string {
	if c.has(4) || c.gives(1) {
		keepf("it keeps keys and values for later steps; export the model without a cache of past keys and values")
	}
	if c.IntOr("do_rotary", 0) != 0 {
		keepf("do_rotary is not supported")
	}
	heads := c.headCount()
	projected := c.addIf(c.matMul(c.in(0), c.in(1)), c.optional(2))
	width := c.size(1, 2, 1)
	sizes := c.IntsOr("qkv_hidden_sizes", []int64{width / 3, width / 3, width / 3})
	if len(sizes) != 3 || sizes[0]+sizes[1]+sizes[2] != width {
		keepf("qkv_hidden_sizes %v of %d", sizes, width)
	}
	parts := c.b.Ops("Split", 3, []string{projected, c.b.Int64s(sizes...)}, onnxio.IntAttr("axis", 2))
	steps := func() int64 { return c.size(0, 3, 1) }
	return c.fusedAttention(fused{
		q: c.heads(parts[0], heads), k: c.heads(parts[1], heads), v: c.heads(parts[2], heads), size: sizes[0] / heads,
		mask: 3, bias: 5, batch: c.rows(0), queries: steps, keys: steps,
	})
}

func (c *call) headCount() int64 {
	n := c.IntOr("num_heads", 0)
	if n < 1 {
		keepf("num_heads is %d", n)
	}
	return n
}

// A fused attention is one of com.microsoft: queries, keys and values of rank 4,
// the size of a head, and which inputs say which keys count (see keyMask) and
// what is added to the scores.
type fused struct {
	q, k, v       string
	size          int64
	mask, bias    int
	batch         onnxio.Dim
	queries, keys func() int64 // how many there are
}

// keyMask is the mask in any number type, in a shape that broadcasts to [batch,
// heads, queries, keys]. A list says how many keys of each sample count, from
// the first on.
func (c *call) keyMask(f fused) string {
	switch shape := c.anyShape(f.mask); len(shape) {
	case 1:
		if shape[0] != f.batch {
			keepf("a mask of %v numbers for %v samples", shape[0], f.batch)
		}
		lengths := c.op("Cast", []string{c.unsqueeze(c.in(f.mask), 1)}, onnxio.IntAttr("to", int64(onnxio.Int64)))
		return c.unsqueeze(c.one("Less", c.places(f.keys()), lengths), 1, 2)
	case 2:
		return c.unsqueeze(c.in(f.mask), 1, 2)
	case 3:
		return c.unsqueeze(c.in(f.mask), 1)
	default:
		keepf("a mask of shape %v", shape)
		return ""
	}
}

// fusedAttention attends as the operators of com.microsoft do.
func (c *call) fusedAttention(f fused) []string {
	a := attended{q: f.q, k: f.k, v: f.v, scale: c.scaleOr(f.size), bias: c.optional(f.bias)}
	if c.has(f.mask) {
		counts := c.op("Cast", []string{c.keyMask(f)}, onnxio.IntAttr("to", int64(c.dtype(0))))
		hidden := c.mul(c.sub(c.k(1), counts), c.k(c.attr("mask_filter_value", -10000)))
		a.bias = c.addIf(hidden, a.bias)
	}
	if c.IntOr("unidirectional", 0) != 0 {
		a.allowed = c.causalButLast(f.queries(), f.keys())
	}
	return []string{c.joined(c.attend(a))}
}
