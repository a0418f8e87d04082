package onnxio

import "iter"

// tensors yields every tensor of m, in attributes and subgraphs too, with the
// name of the graph or function it is in.
func (m *Model) tensors() iter.Seq2[*Tensor, string] {
	return func(yield func(*Tensor, string) bool) {
		if m.Graph != nil && !m.Graph.tensors(yield) {
			return
		}
		for _, f := range m.Functions {
			for _, a := range f.Default {
				if !a.tensors(f.Name, yield) {
					return
				}
			}
			for _, n := range f.Nodes {
				if !n.tensors(f.Name, yield) {
					return
				}
			}
		}
	}
}

func (g *Graph) tensors(yield func(*Tensor, string) bool) bool {
	for _, t := range g.Initializers {
		if !yield(t, g.Name) {
			return false
		}
	}
	for _, n := range g.Nodes {
		if !n.tensors(g.Name, yield) {
			return false
		}
	}
	return true
}

func (n *Node) tensors(where string, yield func(*Tensor, string) bool) bool {
	for _, a := range n.Attrs {
		if !a.tensors(where, yield) {
			return false
		}
	}
	return true
}

func (a *Attribute) tensors(where string, yield func(*Tensor, string) bool) bool {
	if a.Tensor != nil && !yield(a.Tensor, where) {
		return false
	}
	for _, t := range a.Tensors {
		if !yield(t, where) {
			return false
		}
	}
	if a.Graph != nil && !a.Graph.tensors(yield) {
		return false
	}
	for _, g := range a.Graphs {
		if !g.tensors(yield) {
			return false
		}
	}
	return true
}

// nodes yields every node of m, in subgraphs and functions too, with the
// operator sets that it is read in. Nodes may be changed on the way.
func (m *Model) nodes() iter.Seq2[*Node, []Opset] {
	return func(yield func(*Node, []Opset) bool) {
		if m.Graph != nil && !walkNodes(m.Graph.Nodes, m.Opsets, yield) {
			return
		}
		for _, f := range m.Functions {
			if !walkNodes(f.Nodes, f.Opsets, yield) {
				return
			}
		}
	}
}

func walkNodes(nodes []*Node, opsets []Opset, yield func(*Node, []Opset) bool) bool {
	for _, n := range nodes {
		if !yield(n, opsets) {
			return false
		}
		for _, g := range n.Subgraphs() {
			if !walkNodes(g.Nodes, opsets, yield) {
				return false
			}
		}
	}
	return true
}

// needs yields the values that n reads: its inputs, and those that its
// subgraphs take from outside. One may come several times.
func (n *Node) needs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range n.Inputs {
			if name != "" && !yield(name) {
				return
			}
		}
		for _, g := range n.Subgraphs() {
			for name := range g.needs() {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// needs yields the values that g takes from outside.
func (g *Graph) needs() iter.Seq[string] {
	own := map[string]bool{}
	for _, v := range g.Inputs {
		own[v.Name] = true
	}
	for _, t := range g.Initializers {
		own[t.Name] = true
	}
	for _, n := range g.Nodes {
		for _, name := range n.Outputs {
			own[name] = true
		}
	}
	return func(yield func(string) bool) {
		for _, n := range g.Nodes {
			for name := range n.needs() {
				if !own[name] && !yield(name) {
					return
				}
			}
		}
		for _, v := range g.Outputs {
			if !own[v.Name] && !yield(v.Name) {
				return
			}
		}
	}
}
