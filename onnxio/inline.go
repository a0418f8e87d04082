package onnxio

import "fmt"

// maxInlined is the number of nodes up to which [Model.InlineFunctions] writes functions out.
const maxInlined = 1 << 18

// InlineFunctions replaces calls of the model's own functions by the functions' nodes, in
// graphs of nodes too, and leaves no functions. It fails, with the model half changed, where
// functions are nested too deep or stand for too many nodes, or are written in another
// version of operators than the model.
func (m *Model) InlineFunctions() error {
	in := inlining{m, NewBuilder(m.Graph)}
	if err := in.graph(m.Graph, 0); err != nil {
		return err
	}
	// Operator sets that only functions import.
	for _, f := range m.Functions {
		for _, o := range f.Opsets {
			if m.Opset(o.Domain) == 0 {
				m.Opsets = append(m.Opsets, o)
			}
		}
	}
	m.Functions = nil
	return nil
}

// inlining writes functions out.
type inlining struct {
	model *Model
	b     *Builder // of the main graph: names are unique in all of it
}

func (in *inlining) graph(g *Graph, depth int) error {
	var nodes []*Node
	for i, n := range g.Nodes {
		for _, sub := range n.Subgraphs() {
			if err := in.graph(sub, depth+1); err != nil {
				return err
			}
		}
		body, err := in.expand(n, depth)
		if err != nil {
			return &NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
		if len(nodes)+len(body) > maxInlined {
			return fmt.Errorf("functions expand to more than %d nodes", maxInlined)
		}
		nodes = append(nodes, body...)
	}
	g.Nodes = nodes
	return nil
}

// expand returns the nodes that a node stands for.
func (in *inlining) expand(n *Node, depth int) ([]*Node, error) {
	f := in.model.Function(n)
	if f == nil {
		return []*Node{n}, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("function calls are nested more than %d deep", maxDepth)
	}
	for _, o := range f.Opsets {
		if have := in.model.Opset(o.Domain); have != 0 && have != o.Version {
			return nil, fmt.Errorf("function %q is written in operator set %q %d, the model in %d; inline it with the exporter's tools", f.Name, o.Domain, o.Version, have)
		}
	}
	names := map[string]string{}
	for i, x := range f.Inputs {
		names[x] = ""
		if i < len(n.Inputs) {
			names[x] = n.Inputs[i]
		}
	}
	// An output that is an input, or handed out twice, is copied.
	var copies []*Node
	for j, y := range f.Outputs {
		if j >= len(n.Outputs) || n.Outputs[j] == "" {
			continue
		}
		if from, taken := names[y]; taken {
			copies = append(copies, &Node{Name: n.Outputs[j], Op: "Identity", Inputs: []string{from}, Outputs: []string{n.Outputs[j]}})
			continue
		}
		names[y] = n.Outputs[j]
	}
	var nodes []*Node
	for _, inner := range f.Body(n) {
		in.b.Renew(inner, names)
		for _, sub := range inner.Subgraphs() {
			if err := in.graph(sub, depth+1); err != nil {
				return nil, err
			}
		}
		body, err := in.expand(inner, depth+1)
		if err != nil {
			return nil, err
		}
		if len(nodes)+len(body) > maxInlined {
			return nil, fmt.Errorf("functions expand to more than %d nodes", maxInlined)
		}
		nodes = append(nodes, body...)
	}
	return append(nodes, copies...), nil
}
