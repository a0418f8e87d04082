package reference

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// index resolves an index that may count from the end.
func index(i, n int) int {
	if i < -n || i >= n {
		failf("index %d of %d", i, n)
	}
	if i < 0 {
		i += n
	}
	return i
}

// gather replaces one axis by the shape of the indices.
func gather(c *call) *value {
	x, indices := c.input(0), c.input(1)
	a := axis(c.int("axis", 0), x.rank())
	shape := slices.Concat(x.shape[:a], indices.shape, x.shape[a+1:])
	inner := size(x.shape[a+1:])
	outer := size(x.shape[:a])
	at := make([]int, 0, size(shape))
	for o := range outer {
		for _, i := range indices.ints() {
			start := (o*x.shape[a] + index(i, x.shape[a])) * inner
			for k := range inner {
				at = append(at, start+k)
			}
		}
	}
	return x.pick(shape, at, nil)
}

// along lists, for every element of indices, the position in a value of the
// given shape that differs in one axis only, where the index says.
func along(shape []int, indices *value, a int) []int {
	if indices.rank() != len(shape) {
		failf("indices of shape %v for shape %v", indices.shape, shape)
	}
	stride := strides(shape)
	for i, d := range indices.shape {
		if i != a && d > shape[i] {
			failf("indices of shape %v for shape %v", indices.shape, shape)
		}
	}
	flat := slices.Clone(stride)
	flat[a] = 0
	at := strided(indices.shape, flat, 0)
	for p, i := range indices.ints() {
		at[p] += index(i, shape[a]) * stride[a]
	}
	return at
}

func gatherElements(c *call) *value {
	x, indices := c.input(0), c.input(1)
	return x.pick(indices.shape, along(x.shape, indices, axis(c.int("axis", 0), x.rank())), nil)
}

// gatherND takes, for every row of indices, the piece of x that it addresses;
// the first batch_dims dimensions are paired.
func gatherND(c *call) *value {
	x, indices := c.input(0), c.input(1)
	batch := c.int("batch_dims", 0)
	if batch < 0 || batch >= indices.rank() || batch >= x.rank() {
		failf("batch_dims %d", batch)
	}
	depth := indices.shape[indices.rank()-1]
	if batch+depth > x.rank() {
		failf("indices of shape %v for shape %v", indices.shape, x.shape)
	}
	rows := indices.len() / max(depth, 1)
	perBatch := rows / max(size(x.shape[:batch]), 1)
	stride := strides(x.shape)
	piece := size(x.shape[batch+depth:])
	all := indices.ints()
	var at []int
	for r := range rows {
		start := 0
		if batch > 0 {
			start = r / perBatch * stride[batch-1]
		}
		for d := range depth {
			start += index(all[r*depth+d], x.shape[batch+d]) * stride[batch+d]
		}
		for k := range piece {
			at = append(at, start+k)
		}
	}
	shape := slices.Concat(indices.shape[:indices.rank()-1], x.shape[batch+depth:])
	return x.pick(shape, at, nil)
}

// oneHot writes values[1] where the class is and values[0] elsewhere, along a
// new axis; classes outside [-depth, depth) have no on value.
func oneHot(c *call) *value {
	classes, values := c.input(0), c.input(2)
	depth := int(c.input(1).scalar())
	if values.len() != 2 || depth < 1 {
		failf("depth %d, values of shape %v", depth, values.shape)
	}
	a := axis(c.int("axis", -1), classes.rank()+1)
	shape := slices.Insert(slices.Clone(classes.shape), a, depth)
	at := make([]int, size(shape))
	for i, lane := range lanesAlong(shape, a) {
		k := int(classes.number(i))
		if k < 0 {
			k += depth
		}
		if k >= 0 && k < depth {
			at[lane[k]] = 1
		}
	}
	return values.pick(shape, at, nil)
}

// scatterElements writes updates into a copy of x where indices say.
func scatterElements(c *call) *value {
	x, indices, updates := c.input(0), c.input(1), c.input(2)
	if !equalInts(indices.shape, updates.shape) {
		failf("indices of shape %v, updates of shape %v", indices.shape, updates.shape)
	}
	at := along(x.shape, indices, axis(c.int("axis", 0), x.rank()))
	return scatter(c, x, updates, at)
}

// scatterND writes pieces of x, each addressed by a row of indices.
func scatterND(c *call) *value {
	x, indices, updates := c.input(0), c.input(1), c.input(2)
	if indices.rank() == 0 || indices.shape[indices.rank()-1] > x.rank() {
		failf("indices of shape %v for shape %v", indices.shape, x.shape)
	}
	depth := indices.shape[indices.rank()-1]
	piece := size(x.shape[depth:])
	all := indices.ints()
	var at []int
	for r := 0; r+depth <= len(all) && depth > 0; r += depth {
		start := 0
		for d := range depth {
			start += index(all[r+d], x.shape[d]) * strides(x.shape)[d]
		}
		for k := range piece {
			at = append(at, start+k)
		}
	}
	if updates.len() != len(at) {
		failf("updates of shape %v for indices of shape %v", updates.shape, indices.shape)
	}
	return scatter(c, x, updates, at)
}

func scatter(c *call, x, updates *value, at []int) *value {
	if x.dt != updates.dt {
		failf("updates of type %v for type %v", updates.dt, x.dt)
	}
	y := x.clone()
	reduction := c.StringOr("reduction", "none")
	for i, p := range at {
		switch reduction {
		case "none":
			y.set(p, updates, i)
		case "add":
			y.update(p, updates, i, func(a, b float64) float64 { return a + b }, func(a, b int64) int64 { return a + b })
		case "mul":
			y.update(p, updates, i, func(a, b float64) float64 { return a * b }, func(a, b int64) int64 { return a * b })
		case "max":
			y.update(p, updates, i, maxFloat, func(a, b int64) int64 { return max(a, b) })
		case "min":
			y.update(p, updates, i, minFloat, func(a, b int64) int64 { return min(a, b) })
		default:
			failf("reduction %q", reduction)
		}
	}
	return y
}

// update combines element p of v with element q of w.
func (v *value) update(p int, w *value, q int, f func(a, b float64) float64, g func(a, b int64) int64) {
	switch v.kind() {
	case floats:
		v.f[p] = f(v.f[p], w.f[q])
	case integers:
		v.i[p] = narrow(v.dt, g(v.i[p], w.i[q]))
	default:
		unsupportedf("a reduction of %v", onnxio.Bool)
	}
}
