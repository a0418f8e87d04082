package lower

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// inline replaces calls of model-local functions by the functions' nodes.
func (l *lowering) inline() error {
	if len(l.model.Functions) == 0 {
		return nil
	}
	b := onnxio.NewBuilder(l.model.Graph)
	if err := l.inlineGraph(b, l.model.Graph, 0); err != nil {
		return err
	}
	// Operator sets that only functions import.
	for _, f := range l.model.Functions {
		for _, o := range f.Opsets {
			if l.model.Opset(o.Domain) == 0 {
				l.model.Opsets = append(l.model.Opsets, o)
			}
		}
	}
	l.model.Functions, l.changed = nil, true
	return nil
}

// maxDepth bounds functions that call functions, and graphs in graphs.
const maxDepth = 64

func (l *lowering) inlineGraph(b *onnxio.Builder, g *onnxio.Graph, depth int) error {
	var nodes []*onnxio.Node
	for i, n := range g.Nodes {
		for _, sub := range subgraphs(n) {
			if err := l.inlineGraph(b, sub, depth+1); err != nil {
				return err
			}
		}
		body, err := l.expand(b, n, depth)
		if err != nil {
			return &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
		if len(nodes)+len(body) > maxNodes {
			return fmt.Errorf("functions expand to more than %d nodes", maxNodes)
		}
		nodes = append(nodes, body...)
	}
	g.Nodes = nodes
	return nil
}

// expand returns the nodes that a node stands for.
func (l *lowering) expand(b *onnxio.Builder, n *onnxio.Node, depth int) ([]*onnxio.Node, error) {
	f := l.model.Function(n)
	if f == nil {
		return []*onnxio.Node{n}, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("function calls are nested more than %d deep", maxDepth)
	}
	for _, o := range f.Opsets {
		if have := l.model.Opset(o.Domain); have != 0 && have != o.Version {
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
	var copies []*onnxio.Node
	for j, y := range f.Outputs {
		if j >= len(n.Outputs) || n.Outputs[j] == "" {
			continue
		}
		if from, taken := names[y]; taken {
			copies = append(copies, &onnxio.Node{Name: n.Outputs[j], Op: "Identity", Inputs: []string{from}, Outputs: []string{n.Outputs[j]}})
			continue
		}
		names[y] = n.Outputs[j]
	}
	var nodes []*onnxio.Node
	for _, inner := range f.Body(n) {
		define(b, inner, names)
		rename(inner, names)
		for _, sub := range subgraphs(inner) {
			if err := l.inlineGraph(b, sub, depth+1); err != nil {
				return nil, err
			}
		}
		body, err := l.expand(b, inner, depth+1)
		if err != nil {
			return nil, err
		}
		if len(nodes)+len(body) > maxNodes {
			return nil, fmt.Errorf("functions expand to more than %d nodes", maxNodes)
		}
		nodes = append(nodes, body...)
	}
	return append(nodes, copies...), nil
}

// define gives fresh names to what a node and its subgraphs define, unless
// names has some already.
func define(b *onnxio.Builder, n *onnxio.Node, names map[string]string) {
	fresh := func(name string) {
		if _, known := names[name]; name != "" && !known {
			names[name] = b.Name(name)
		}
	}
	for _, y := range n.Outputs {
		fresh(y)
	}
	for _, g := range subgraphs(n) {
		defineGraph(b, g, names)
	}
}

// defineGraph does the same for all that a graph defines, inputs and
// initializers included, whose names it replaces.
func defineGraph(b *onnxio.Builder, g *onnxio.Graph, names map[string]string) {
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
		define(b, n, names)
	}
}

// subgraphs returns the graphs among a node's attributes.
func subgraphs(n *onnxio.Node) []*onnxio.Graph {
	var all []*onnxio.Graph
	for _, a := range n.Attrs {
		if a.Graph != nil {
			all = append(all, a.Graph)
		}
		all = append(all, a.Graphs...)
	}
	return all
}
