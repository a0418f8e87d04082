package onnxio

import (
	"fmt"
	"slices"
)

// indexOps pick, place and rank elements.
var indexOps = []operator{
	{"", "ArgMax", 1, "data -> reduced", "axis:int keepdims:int", argExtreme},
	{"", "ArgMax", 12, "data -> reduced", "axis:int keepdims:int select_last_index:int", argExtreme},
	{"", "ArgMin", 1, "data -> reduced", "axis:int keepdims:int", argExtreme},
	{"", "ArgMin", 12, "data -> reduced", "axis:int keepdims:int select_last_index:int", argExtreme},
	{"", "Compress", 9, "input condition -> output", "axis:int", compress},
	{"", "Gather", 1, "data indices -> output", "axis:int", gather},
	{"", "GatherElements", 11, "data indices -> output", "axis:int", gatherElements},
	{"", "GatherND", 11, "data indices -> output", "", gatherND},
	{"", "GatherND", 12, "data indices -> output", "batch_dims:int", gatherND},
	{"", "NonZero", 9, "X -> Y", "", nonZero},
	{"", "OneHot", 9, "indices depth values -> output", "axis:int", oneHot},
	{"", "Scatter", 9, "data indices updates -> output", "axis:int", scatterElements},
	{"", "ScatterElements", 11, "data indices updates -> output", "axis:int", scatterElements},
	{"", "ScatterElements", 16, "data indices updates -> output", "axis:int reduction:string", scatterElements},
	{"", "ScatterND", 11, "data indices updates -> output", "", scatterND},
	{"", "ScatterND", 16, "data indices updates -> output", "reduction:string", scatterND},
	{"", "TensorScatter", 24, "past_cache update write_indices? -> present_cache", "axis:int mode:string", sameAsInput},
	{"", "TopK", 1, "X -> Values Indices", "axis:int k:int!", topK},
	{"", "TopK", 10, "X K -> Values Indices", "axis:int", topK},
	{"", "TopK", 11, "X K -> Values Indices", "axis:int largest:int sorted:int", topK},
	{"", "Trilu", 14, "input k? -> output", "upper:int", trilu},
	{"", "Unique", 11, "X -> Y indices? inverse_indices? counts?", "axis:int sorted:int", unique},
}

func argExtreme(c *call) error {
	keep := c.node.IntOr("keepdims", 1) != 0
	x := c.shape(0)
	if x == nil {
		c.set(0, Int64, nil)
		return nil
	}
	a, err := axis(c.node.IntOr("axis", 0), len(x))
	if err != nil {
		return err
	}
	c.set(0, Int64, reduced(x, map[int]bool{a: true}, keep))
	return nil
}

func compress(c *call) error {
	if c.node.Attr("axis") == nil {
		c.set(0, c.typ(0), unknownShape(1))
		return nil
	}
	out, _, err := c.withoutSize("axis", 0)
	c.set(0, c.typ(0), out)
	return err
}

// withoutSize returns the shape of input 0 with the size along the axis in the
// given attribute unknown, and the axis.
func (c *call) withoutSize(attr string, def int64) (Shape, int, error) {
	out := slices.Clone(c.shape(0))
	if out == nil {
		return nil, 0, nil
	}
	a, err := axis(c.node.IntOr(attr, def), len(out))
	if err != nil {
		return nil, 0, err
	}
	out[a] = Dim{Size: -1}
	return out, a, nil
}

// wantIndex refuses indices that are not integers.
func (c *call) wantIndex(i int) error {
	if t := c.typ(i); t != Undefined && t != Int64 && t != Int32 {
		return fmt.Errorf("input %d must be int64 or int32, but is %v", i, t)
	}
	return nil
}

// gather replaces dimension axis of data by the shape of indices.
func gather(c *call) error {
	if err := c.wantIndex(1); err != nil {
		return err
	}
	data, indices := c.shape(0), c.shape(1)
	if data == nil || indices == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	a, err := axis(c.node.IntOr("axis", 0), len(data))
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), joined(data[:a], indices, data[a+1:]))
	if elems := c.content(0); elems != nil && len(data) == 1 {
		picked, err := pick(elems, c.content(1))
		if err != nil {
			return err
		}
		c.setContent(0, picked)
	}
	return nil
}

// joined returns the parts one after the other. (slices.Concat would return nil,
// an unknown rank, for a scalar.)
func joined(parts ...Shape) Shape {
	out := Shape{}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// pick returns the elements at the given indices, nil if these are unknown.
func pick(elems, indices []number) ([]number, error) {
	if indices == nil {
		return nil, nil
	}
	out := make([]number, len(indices))
	for k, n := range indices {
		v, ok := n.value()
		if !ok {
			continue
		}
		i, err := axis(v, len(elems))
		if err != nil {
			return nil, fmt.Errorf("index %d is out of range for %d elements", v, len(elems))
		}
		out[k] = elems[i]
	}
	return out, nil
}

func gatherElements(c *call) error {
	if err := c.wantIndex(1); err != nil {
		return err
	}
	data, indices := c.shape(0), c.shape(1)
	if data != nil && indices != nil {
		if len(data) != len(indices) {
			return fmt.Errorf("data %v and indices %v must have one rank", data, indices)
		}
		if _, err := axis(c.node.IntOr("axis", 0), len(data)); err != nil {
			return err
		}
	}
	c.set(0, c.typ(0), indices)
	return nil
}

// gatherND: the last dimension of indices points into data, past batch_dims.
func gatherND(c *call) error {
	if err := c.wantPlaces(1); err != nil {
		return err
	}
	data, indices := c.shape(0), c.shape(1)
	c.set(0, c.typ(0), nil)
	if data == nil || len(indices) == 0 || !indices[len(indices)-1].Known() {
		return nil
	}
	batch, width := c.node.IntOr("batch_dims", 0), indices[len(indices)-1].Size
	if batch < 0 || batch >= int64(len(indices)) || width < 1 || width > int64(len(data)) || batch+width > int64(len(data)) {
		return fmt.Errorf("indices %v with %d batch dimensions do not point into %v", indices, batch, data)
	}
	c.set(0, c.typ(0), joined(indices[:len(indices)-1], data[batch+width:]))
	return nil
}

func nonZero(c *call) error {
	out := unknownShape(2)
	if x := c.shape(0); x != nil {
		out[0].Size = int64(max(len(x), 1))
	}
	c.set(0, Int64, out)
	return nil
}

// oneHot inserts a dimension of size depth at axis.
func oneHot(c *call) error {
	if d := c.shape(1); len(d) > 1 || len(d) == 1 && d[0].Known() && d[0].Size != 1 {
		return fmt.Errorf("the depth has shape %v, need one number", d)
	}
	indices := c.shape(0)
	if indices == nil {
		c.set(0, c.typ(2), nil)
		return nil
	}
	a, err := axis(c.node.IntOr("axis", -1), len(indices)+1)
	if err != nil {
		return err
	}
	depth := Dim{Size: -1}
	if d := c.content(1); len(d) == 1 {
		depth = d[0].dim()
	}
	c.set(0, c.typ(2), slices.Insert(slices.Clone(indices), a, depth))
	return nil
}

func scatterElements(c *call) error {
	if err := c.wantIndex(1); err != nil {
		return err
	}
	if _, err := c.sameType(0, 2); err != nil {
		return err
	}
	data, indices, updates := c.shape(0), c.shape(1), c.shape(2)
	if data != nil && indices != nil && len(data) != len(indices) {
		return fmt.Errorf("data %v and indices %v must have one rank", data, indices)
	}
	if indices != nil && updates != nil && contradict(indices, updates) {
		return fmt.Errorf("indices %v and updates %v must have one shape", indices, updates)
	}
	if data != nil {
		if _, err := axis(c.node.IntOr("axis", 0), len(data)); err != nil {
			return err
		}
	}
	return sameAsInput(c)
}

// wantPlaces is wantIndex for indices the last dimension of which lists places: they have one.
func (c *call) wantPlaces(input int) error {
	if err := c.wantIndex(input); err != nil {
		return err
	}
	if s := c.shape(input); s != nil && len(s) == 0 {
		return fmt.Errorf("indices have shape %v, need at least one dimension", s)
	}
	return nil
}

func scatterND(c *call) error {
	if err := c.wantPlaces(1); err != nil {
		return err
	}
	if _, err := c.sameType(0, 2); err != nil {
		return err
	}
	return sameAsInput(c)
}

// contradict reports whether two shapes cannot be the same.
func contradict(a, b Shape) bool {
	if a == nil || b == nil {
		return false
	}
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i].Known() && b[i].Known() && a[i] != b[i] {
			return true
		}
	}
	return false
}

func topK(c *call) error {
	out, a, err := c.withoutSize("axis", -1)
	if err != nil {
		return err
	}
	if out != nil {
		if k := c.content(1); len(k) == 1 {
			out[a] = k[0].dim()
		} else if v := c.node.IntOr("k", -1); v >= 0 {
			out[a] = Dim{Size: v}
		}
		if x := c.shape(0)[a]; x.Known() && out[a].Known() && out[a].Size > x.Size {
			return fmt.Errorf("k is %v, but the axis has size %v", out[a], x)
		}
	}
	c.set(0, c.typ(0), out)
	c.set(1, Int64, out)
	return nil
}

func trilu(c *call) error {
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	return sameAsInput(c)
}

func unique(c *call) error {
	out := unknownShape(1)
	if c.node.Attr("axis") != nil {
		var err error
		if out, _, err = c.withoutSize("axis", 0); err != nil {
			return err
		}
	}
	c.set(0, c.typ(0), out)
	for i := 1; i <= 3; i++ {
		c.set(i, Int64, unknownShape(1))
	}
	return nil
}
