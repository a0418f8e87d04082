package onnxio

// Rename replaces names of values that a node, and the graphs in it, read or hand out.
func (n *Node) Rename(names map[string]string) {
	replaceNames(n.Inputs, names)
	replaceNames(n.Outputs, names)
	for _, g := range n.Subgraphs() {
		for _, sub := range g.Nodes {
			sub.Rename(names)
		}
		for _, v := range g.Outputs {
			if to, ok := names[v.Name]; ok {
				v.Name = to
			}
		}
	}
}

func replaceNames(list []string, names map[string]string) {
	for i, name := range list {
		if to, ok := names[name]; ok {
			list[i] = to
		}
	}
}

// Renew gives fresh names to what a node and the graphs in it define, adds them to names
// unless that has some already, and renames the node by all of names.
func (b *Builder) Renew(n *Node, names map[string]string) {
	b.define(n, names)
	n.Rename(names)
}

// define adds fresh names to what a node and the graphs in it define.
func (b *Builder) define(n *Node, names map[string]string) {
	for _, y := range n.Outputs {
		if _, known := names[y]; y != "" && !known {
			names[y] = b.Name(y)
		}
	}
	for _, g := range n.Subgraphs() {
		b.defineGraph(g, names)
	}
}

// defineGraph does the same for all that a graph defines, inputs and initializers
// included, whose names it replaces.
func (b *Builder) defineGraph(g *Graph, names map[string]string) {
	for _, v := range g.Inputs {
		names[v.Name] = b.Name(v.Name)
		v.Name = names[v.Name]
	}
	for _, t := range g.Initializers {
		if _, isInput := names[t.Name]; !isInput {
			names[t.Name] = b.Name(t.Name)
		}
		t.Name = names[t.Name]
	}
	g.Values = nil
	for _, n := range g.Nodes {
		b.define(n, names)
	}
}
