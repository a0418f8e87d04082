package onnxio

import "slices"

// Clone returns a copy whose nodes, values and slices can be edited without
// touching m. The elements of tensors (Data and Strings) are shared: nothing
// in this project changes them in place.
func (m *Model) Clone() *Model {
	if m == nil {
		return nil
	}
	c := *m
	c.Opsets = slices.Clone(m.Opsets)
	c.Metadata = slices.Clone(m.Metadata)
	c.Graph = m.Graph.Clone()
	c.Functions = cloneAll(m.Functions, (*Function).Clone)
	return &c
}

// Clone returns a copy of g as [Model.Clone] does.
func (g *Graph) Clone() *Graph {
	if g == nil {
		return nil
	}
	c := *g
	c.Nodes = cloneAll(g.Nodes, (*Node).Clone)
	c.Initializers = cloneAll(g.Initializers, (*Tensor).Clone)
	c.Inputs = cloneAll(g.Inputs, (*Value).Clone)
	c.Outputs = cloneAll(g.Outputs, (*Value).Clone)
	c.Values = cloneAll(g.Values, (*Value).Clone)
	return &c
}

// Clone returns a copy of n as [Model.Clone] does.
func (n *Node) Clone() *Node {
	c := *n
	c.Inputs = slices.Clone(n.Inputs)
	c.Outputs = slices.Clone(n.Outputs)
	c.Attrs = cloneAll(n.Attrs, (*Attribute).Clone)
	return &c
}

// Clone returns a copy of a as [Model.Clone] does.
func (a *Attribute) Clone() *Attribute {
	c := *a
	c.String = slices.Clone(a.String)
	c.Floats = slices.Clone(a.Floats)
	c.Ints = slices.Clone(a.Ints)
	c.Strings = slices.Clone(a.Strings)
	c.Graph = a.Graph.Clone()
	c.Graphs = cloneAll(a.Graphs, (*Graph).Clone)
	c.Tensor = a.Tensor.Clone()
	c.Tensors = cloneAll(a.Tensors, (*Tensor).Clone)
	return &c
}

// Clone returns a copy of t that shares its elements.
func (t *Tensor) Clone() *Tensor {
	if t == nil {
		return nil
	}
	c := *t
	c.Shape = slices.Clone(t.Shape)
	return &c
}

// Clone returns a copy of v.
func (v *Value) Clone() *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.Shape = slices.Clone(v.Shape)
	return &c
}

// Clone returns a copy of f as [Model.Clone] does.
func (f *Function) Clone() *Function {
	c := *f
	c.Opsets = slices.Clone(f.Opsets)
	c.Inputs = slices.Clone(f.Inputs)
	c.Outputs = slices.Clone(f.Outputs)
	c.Attrs = slices.Clone(f.Attrs)
	c.Default = cloneAll(f.Default, (*Attribute).Clone)
	c.Nodes = cloneAll(f.Nodes, (*Node).Clone)
	c.Values = cloneAll(f.Values, (*Value).Clone)
	return &c
}

func cloneAll[T any](all []*T, clone func(*T) *T) []*T {
	if all == nil {
		return nil
	}
	c := make([]*T, len(all))
	for i, x := range all {
		c[i] = clone(x)
	}
	return c
}
