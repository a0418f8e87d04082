package onnxio

import (
	"cmp"
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
//   - of an operator set that is imported twice, as converters of scikit-learn do
//     under the two spellings of the standard one, "" and "ai.onnx", the last
//     import is kept, which is the one that ONNX Runtime goes by
//
// notes say what was done, in words for people. A model in order is returned
// as it is, another one is copied as [Model.Clone] does. What else is wrong with
// m stays, for [Check] to find.
func Mend(m *Model) (mended *Model, notes []string) {
	if m == nil || m.Graph == nil {
		return m, nil
	}
	once, notes := importedOnce(m)
	sorted, wrong := sortable(once.Graph), len(wrongShapes(once)) > 0
	if !sorted && !wrong {
		return once, notes
	}
	m = once.Clone()
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

// importedOnce returns m with every operator set imported once, m itself if it
// is so.
func importedOnce(m *Model) (once *Model, notes []string) {
	opsets, notes := lastImports(m.Opsets)
	functions := slices.Clone(m.Functions)
	for i, f := range functions {
		if own, more := lastImports(f.Opsets); len(more) > 0 {
			c := *f
			c.Opsets, functions[i] = own, &c
			notes = append(notes, fmt.Sprintf("function %q: %s", f.Name, more[0]))
		}
	}
	if len(notes) == 0 {
		return m, nil
	}
	c := *m
	c.Opsets, c.Functions = opsets, functions
	return c.Clone(), notes
}

// lastImports keeps the last import of every operator set.
func lastImports(opsets []Opset) (kept []Opset, notes []string) {
	for _, o := range opsets {
		i := slices.IndexFunc(kept, func(k Opset) bool { return standardDomain(k.Domain) == standardDomain(o.Domain) })
		if i < 0 {
			kept = append(kept, o)
			continue
		}
		notes = append(notes, fmt.Sprintf("operator set %s is imported twice, as %q %d and %q %d; the last counts", cmp.Or(standardDomain(o.Domain), "ai.onnx"), kept[i].Domain, kept[i].Version, o.Domain, o.Version))
		kept[i] = o
	}
	return kept, notes
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
		if slices.ContainsFunc(n.Subgraphs(), sortable) {
			return true
		}
	}
	return false
}

// sortNodes puts the nodes of g and its subgraphs in order, where there is one.
func sortNodes(g *Graph) {
	for _, n := range g.Nodes {
		for _, sub := range n.Subgraphs() {
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
