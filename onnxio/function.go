package onnxio

// Function returns the function of the model that n calls, or nil.
func (m *Model) Function(n *Node) *Function {
	for _, f := range m.Functions {
		if f.Name == n.Op && standardDomain(f.Domain) == standardDomain(n.Domain) && f.rest.GetOverload() == n.rest.GetOverload() {
			return f
		}
	}
	return nil
}

// Body returns copies of f's nodes in which references to f's attributes are
// replaced by what the call gives for them, or by their defaults.
func (f *Function) Body(call *Node) []*Node {
	nodes := make([]*Node, len(f.Nodes))
	for i, n := range f.Nodes {
		nodes[i] = bind(n, f, call)
	}
	return nodes
}

// bind is Body for one node. Nodes of subgraphs may refer to attributes too.
func bind(n *Node, f *Function, call *Node) *Node {
	bound := n.Clone()
	attrs := bound.Attrs
	bound.Attrs = nil
	for _, a := range attrs {
		if a.Ref == "" {
			for _, sub := range a.subgraphs() {
				for i := range sub.Nodes {
					sub.Nodes[i] = bind(sub.Nodes[i], f, call)
				}
			}
			bound.Attrs = append(bound.Attrs, a)
			continue
		}
		given := call.Attr(a.Ref)
		for _, d := range f.Default {
			if given == nil && d.Name == a.Ref {
				given = d
			}
		}
		if given == nil {
			continue
		}
		named := given.Clone()
		named.Name = a.Name
		bound.Attrs = append(bound.Attrs, named)
	}
	return bound
}
