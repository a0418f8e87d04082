package rebatch

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// repeatError says that a value does not depend on the data and yet has rows for
// all samples of the export: a token or a state that was repeated as often.
type repeatError struct {
	name  string
	shape []int64
	dim   int
}

func (e *repeatError) Error() string {
	return fmt.Sprintf("its input %q %v is the same for all samples and has something for each in dimension %d", e.name, onnxio.Static(e.shape...), e.dim)
}

// A source is a value that was repeated along a dimension, as often as there
// were samples or several times as often.
type source struct {
	name string
	dim  int
}

// origins lists what a value may owe its repetitions to.
func (f *follower) origins(name string) (list []source) {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if name == "" || seen[name] {
			return
		}
		seen[name] = true
		shape, err := f.shapeOf(name)
		if err != nil {
			return
		}
		for d, rows := range shape {
			if rows > 0 && rows%f.size == 0 && f.repeats(name, d) {
				list = append(list, source{name, d})
			}
		}
		if n := f.producers[name]; n != nil {
			for _, x := range n.Inputs {
				visit(x)
			}
		}
	}
	visit(name)
	return list
}

// repeats reports whether a value that a node repeats, or that is known, has
// equal rows along a dimension.
func (f *follower) repeats(name string, dim int) bool {
	if n := f.producers[name]; n != nil {
		switch n.OpName() {
		case "ConstantOfShape":
			return true
		case "Expand", "Tile":
			shape, err := f.shapeOf(n.Inputs[0])
			if err != nil {
				return false
			}
			rank := len(f.inferred.Values[name].Shape)
			d := dim - rank + len(shape)
			return d < 0 || shape[d] == 1
		case "Constant":
		default:
			return false
		}
	}
	t := f.constant(name)
	return t != nil && equalRows(t, dim)
}

// repeat makes a value depend on the sample that is one of the sources, by
// repeating its first row as often as there are samples.
func (f *follower) repeat(name string) {
	i := slices.IndexFunc(f.sources, func(s source) bool { return s.name == name })
	if i < 0 {
		return
	}
	dim := f.sources[i].dim
	shape, _ := f.inferred.Values[name].Shape.Ints()
	x := f.b.Op("Slice", []string{name, f.b.Int64s(0), f.b.Int64s(1), f.b.Int64s(int64(dim))})
	rows := f.samples()
	if times := shape[dim] / f.size; times > 1 {
		rows = f.b.Op("Mul", []string{rows, f.b.Int64s(times)})
	}
	x = f.often(x, len(shape), dim, rows)
	f.values[name] = &value{name: name, shape: shape, forms: []form{{place{dim, 1}, x}}}
}

// often repeats a value that has one row along a dimension.
func (f *follower) often(x string, rank, dim int, rows string) string {
	ones := func(n int) []string {
		if n == 0 {
			return nil
		}
		return []string{f.b.Int64s(slices.Repeat([]int64{1}, n)...)}
	}
	parts := slices.Concat(ones(dim), []string{rows}, ones(rank-dim-1))
	if len(parts) > 1 {
		rows = f.b.Op("Concat", parts, onnxio.IntAttr("axis", 0))
	}
	return f.b.Op("Expand", []string{x, rows})
}

// samples is the number of samples, as a list of one.
func (f *follower) samples() string {
	if f.count == "" {
		f.count = f.b.Op("Shape", []string{f.data}, onnxio.IntAttr("start", 0), onnxio.IntAttr("end", 1))
	}
	return f.count
}

// spread makes the node read input i, the same for all samples, as often as
// there are samples: along dimension dim, or apart.
func (c *call) spread(i, dim int) error {
	x, rank := c.names[i], c.rank(i)
	switch {
	case c.place == apart:
		x, rank, dim = c.b.Op("Unsqueeze", []string{x, c.b.Int64s(0)}), rank+1, 0
	case c.shapes[c.lead][c.dim] != c.size || c.shapes[i][dim] != 1:
		return &repeatError{x, c.shapes[i], dim}
	}
	c.Inputs[i] = c.often(x, rank, dim, c.samples())
	return nil
}

func equalRows(t *onnxio.Tensor, dim int) bool {
	bits := int64(t.Type.Bits())
	row := product(t.Shape[dim+1:]) * bits / 8
	if bits < 8 || len(t.Data) == 0 || int64(len(t.Data)) != product(t.Shape)*bits/8 {
		return false
	}
	for at := int64(0); at+t.Shape[dim]*row <= int64(len(t.Data)); at += t.Shape[dim] * row {
		for k := int64(1); k < t.Shape[dim]; k++ {
			if !bytes.Equal(t.Data[at:at+row], t.Data[at+k*row:at+(k+1)*row]) {
				return false
			}
		}
	}
	return true
}
