package onnxio

import (
	"fmt"
	"slices"
)

// Mend returns m with what ONNX forbids, but programs write and runtimes put
// up with, set right:
//
//   - nodes that stand before the one which computes their input are sorted:
//     converters to float16 append their casts at the end
//   - shapes that are declared otherwise than they are computed are replaced:
//     exporters write wrong ones for what comes after a recurrent network
//
// notes say what was done, in words for people. A model in order is returned
// as it is, another one is copied as [Model.Clone] does. What else is wrong with
// m stays, for [Check] to find.
func Mend(m *Model) (mended *Model, notes []string) {
	if m == nil || m.Graph == nil {
		return m, nil
	}
	sorted, wrong := sortable(m.Graph), len(wrongShapes(m)) > 0
	if !sorted && !wrong {
		return m, nil
	}
	m = m.Clone()
	if sorted {
		sortNodes(m.Graph)
		notes = append(notes, "nodes that stood before what computes their inputs are sorted")
	}
	for _, w := range wrongShapes(m) {
		notes = append(notes, fmt.Sprintf("value %q is declared %s, but computed as %s", w.declared.Name, w.declared.describe(), w.inferred.describe()))
		w.declared.Shape = slices.Clone(w.inferred.Shape)
	}
	return m, notes
}

type wrongShape struct{ declared, inferred *Value }

// wrongShapes lists the values whose declared shape, but not their type,
// contradicts the inferred one. There are none where inference fails.
func wrongShapes(m *Model) (list []wrongShape) {
	inf := &inference{model: m, opsets: m.Opsets}
	seen := map[*Value]bool{} // bodies are gone through for every call
	inf.declared = func(_ string, declared, inferred *Value) error {
		known := declared.Type == Undefined || inferred.Type == Undefined || declared.Type == inferred.Type
		if known && contradict(declared.Shape, inferred.Shape) && !seen[declared] {
			seen[declared] = true
			list = append(list, wrongShape{declared, inferred.Clone()})
		}
		return nil
	}
	if inf.graph(m.Graph, newScope(nil), nil) != nil {
		return nil
	}
	return list
}

// sortable reports whether sorting the nodes of g or of a subgraph changes
// their order.
func sortable(g *Graph) bool {
	if nodes := sorted(g.Nodes); nodes != nil && !slices.Equal(nodes, g.Nodes) {
		return true
	}
	for _, n := range g.Nodes {
		if slices.ContainsFunc(n.subgraphs(), sortable) {
			return true
		}
	}
	return false
}

// sortNodes puts the nodes of g and its subgraphs in order, where there is one.
func sortNodes(g *Graph) {
	for _, n := range g.Nodes {
		for _, sub := range n.subgraphs() {
			sortNodes(sub)
		}
	}
	if nodes := sorted(g.Nodes); nodes != nil {
		g.Nodes = nodes
	}
}

// sorted returns nodes in an order in which every value is computed before it
// is used, and which changes as little as that takes; nil if they go in a circle.
func sorted(nodes []*Node) []*Node {
	computes := map[string]int{}
	for i, n := range nodes {
		for _, name := range n.Outputs {
			if _, twice := computes[name]; name != "" && !twice {
				computes[name] = i
			}
		}
	}
	order := make([]*Node, 0, len(nodes))
	const open, done = 1, 2
	state := make([]byte, len(nodes))
	var visit func(i int) bool
	visit = func(i int) bool {
		if state[i] != 0 {
			return state[i] == done
		}
		state[i] = open
		for name := range nodes[i].needs() {
			if j, ok := computes[name]; ok && !visit(j) {
				return false
			}
		}
		state[i] = done
		order = append(order, nodes[i])
		return true
	}
	for i := range nodes {
		if !visit(i) {
			return nil
		}
	}
	return order
}
