package lower

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// maxFolded is the number of elements up to which a constant is written down
// instead of being computed.
const maxFolded = 1 << 12

// fold replaces nodes whose outputs are known by Constant nodes, and removes
// what nobody uses any more. What is computed from floating-point initializers
// stays: they are parameters.
func (l *lowering) fold() {
	g := l.model.Graph
	trained := map[string]bool{}
	for _, t := range g.Initializers {
		trained[t.Name] = t.Type.IsFloat()
	}
	folded := false
	var nodes []*onnxio.Node
	for _, n := range g.Nodes {
		parameters := false
		for _, y := range n.Outputs {
			v := l.inferred.Values[y]
			trained[y] = (v == nil || v.Type.IsFloat()) && slices.ContainsFunc(n.Inputs, func(x string) bool { return trained[x] })
			parameters = parameters || trained[y]
		}
		constants := l.constants(n)
		if parameters || constants == nil {
			nodes = append(nodes, n)
			continue
		}
		nodes, folded = append(nodes, constants...), true
	}
	if folded {
		g.Nodes, l.changed = nodes, true
	}
	if l.changed {
		l.prune()
	}
}

// constants returns the Constant nodes that can stand for a node, nil if none
// can.
func (l *lowering) constants(n *onnxio.Node) (nodes []*onnxio.Node) {
	if n.Op == "Constant" || len(n.Subgraphs()) > 0 {
		return nil
	}
	for _, y := range n.Outputs {
		if y == "" {
			continue
		}
		t := l.inferred.Constants[y]
		if t == nil || t.Len() > maxFolded {
			return nil
		}
		t = t.Clone()
		t.Name = ""
		nodes = append(nodes, &onnxio.Node{Name: n.Name, Op: "Constant", Outputs: []string{y}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", t)}})
	}
	return nodes
}

// prune removes nodes without use, and the constants that rewriting has left
// without one.
func (l *lowering) prune() { Prune(l.model.Graph, l.own) }

// Prune removes the nodes that no output of a graph needs, and the initializers
// that nothing uses unless keep has their names.
func Prune(g *onnxio.Graph, keep map[string]bool) {
	used := map[string]bool{}
	for _, v := range g.Outputs {
		used[v.Name] = true
	}
	var live []*onnxio.Node
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(y string) bool { return y != "" && used[y] }) {
			continue
		}
		live = append(live, n)
		use(used, n)
	}
	slices.Reverse(live)
	g.Nodes = live
	g.Initializers = slices.DeleteFunc(g.Initializers, func(t *onnxio.Tensor) bool { return !used[t.Name] && !keep[t.Name] })
}

func use(used map[string]bool, n *onnxio.Node) {
	for _, x := range n.Inputs {
		used[x] = true
	}
	for _, g := range n.Subgraphs() {
		for _, v := range g.Outputs {
			used[v.Name] = true
		}
		for _, inner := range g.Nodes {
			use(used, inner)
		}
	}
}
