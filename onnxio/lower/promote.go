package lower

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// weightInputs lists the inputs of operators that are weights by their
// meaning.
var weightInputs = map[string][]int{
	"Add":                   {0, 1}, // to a product: a bias
	"BatchNormalization":    {1, 2, 3, 4},
	"Conv":                  {1, 2},
	"ConvTranspose":         {1, 2},
	"FusedConv":             {1, 2},
	"FusedMatMul":           {1},
	"GRU":                   {1, 2, 3},
	"Gather":                {0},
	"Gemm":                  {1, 2},
	"GroupNormalization":    {1, 2},
	"InstanceNormalization": {1, 2},
	"LSTM":                  {1, 2, 3, 7},
	"LayerNormalization":    {1, 2},
	"MatMul":                {0, 1},
	"PRelu":                 {1},
	"RMSNormalization":      {1},
	"RNN":                   {1, 2, 3},
}

// promote makes initializers of Constant nodes that hold weights, as some
// exporters write them: floating-point lists and matrices that reach an input
// of weightInputs, as they are, in pieces or under another shape. Those of
// subgraphs become initializers of the main graph, before bodies are copied:
// all steps of a loop share one weight.
func (l *lowering) promote() {
	p := &promotion{weights: map[*onnxio.Node]bool{}, followed: map[*onnxio.Node]bool{}, defined: map[string]int{}}
	p.find(l.model.Graph, nil)
	if len(p.weights) > 0 {
		l.changed = true
		p.hoist(l.model.Graph, onnxio.NewBuilder(l.model.Graph))
	}
}

type promotion struct {
	weights  map[*onnxio.Node]bool
	followed map[*onnxio.Node]bool // views and joints that mark has been through
	defined  map[string]int        // how many nodes compute a value of a name
}

// producers are the nodes that compute the values which a graph sees.
type producers struct {
	byName map[string]*onnxio.Node
	outer  *producers
}

func (p *producers) of(name string) *onnxio.Node {
	for ; p != nil; p = p.outer {
		if n := p.byName[name]; n != nil {
			return n
		}
	}
	return nil
}

// find marks the weights of a graph and its subgraphs.
func (p *promotion) find(g *onnxio.Graph, outer *producers) {
	scope := &producers{map[string]*onnxio.Node{}, outer}
	for _, n := range g.Nodes {
		for _, y := range n.Outputs {
			scope.byName[y] = n
			p.defined[y]++
		}
	}
	for _, n := range g.Nodes {
		for _, i := range weightInputs[n.Op] {
			if i < len(n.Inputs) && (n.Op != "Add" || len(n.Inputs) == 2 && isProduct(scope.of(n.Inputs[1-i]))) {
				p.mark(n.Inputs[i], scope)
			}
		}
		for _, sub := range n.Subgraphs() {
			p.find(sub, scope)
		}
	}
}

// mark follows a value to the constants that it is made of, each way once: a
// graph that is not checked yet may have circles.
func (p *promotion) mark(value string, scope *producers) {
	n := scope.of(value)
	if n == nil || p.followed[n] {
		return
	}
	p.followed[n] = true
	switch {
	case holdsWeights(n):
		p.weights[n] = true
	case n.OpName() == "Concat":
		for _, x := range n.Inputs {
			p.mark(x, scope)
		}
	case isView(n):
		p.mark(n.Inputs[0], scope)
	}
}

// hoist moves the weights of a graph and its subgraphs into the main graph,
// under their names if no other value has these.
func (p *promotion) hoist(g *onnxio.Graph, b *onnxio.Builder) {
	names := map[string]string{}
	for _, n := range g.Nodes {
		for _, sub := range n.Subgraphs() {
			p.hoist(sub, b)
		}
		if !p.weights[n] {
			continue
		}
		t := n.Attr("value").Tensor.Clone()
		t.Name = n.Outputs[0]
		if p.defined[t.Name] > 1 && g != b.Graph() {
			t.Name = b.Name(t.Name)
			names[n.Outputs[0]] = t.Name
		}
		b.Graph().Initializers = append(b.Graph().Initializers, t)
	}
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n *onnxio.Node) bool { return p.weights[n] })
	if len(names) == 0 {
		return
	}
	for _, n := range g.Nodes {
		n.Rename(names)
	}
	for _, v := range g.Outputs {
		if to, ok := names[v.Name]; ok {
			v.Name = to
		}
	}
}

// isView reports whether a node hands its first input on, or a piece of it, in
// another shape or order.
func isView(n *onnxio.Node) bool {
	switch n.OpName() {
	case "Identity", "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Flatten", "Slice", "Split":
		return len(n.Inputs) > 0
	}
	return false
}

// isProduct reports whether a bias may be added to what a node computes.
func isProduct(n *onnxio.Node) bool {
	if n == nil {
		return false
	}
	switch n.Op {
	case "MatMul", "Conv", "ConvTranspose", "FusedMatMul":
		return true
	}
	return false
}

func holdsWeights(n *onnxio.Node) bool {
	if n.OpName() != "Constant" || n.Attr("value") == nil {
		return false
	}
	t := n.Attr("value").Tensor
	return t != nil && t.Type.IsFloat() && len(t.Shape) > 0 && t.Len() > 1
}
