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
// of weightInputs, as they are or under another shape.
func (l *lowering) promote() {
	g := l.model.Graph
	producer := map[string]*onnxio.Node{}
	for _, n := range g.Nodes {
		for _, y := range n.Outputs {
			producer[y] = n
		}
	}
	weights := map[*onnxio.Node]bool{}
	for _, n := range g.Nodes {
		for _, i := range weightInputs[n.Op] {
			if i >= len(n.Inputs) || n.Op == "Add" && !isProduct(producer[n.Inputs[1-i]]) {
				continue
			}
			from := producer[n.Inputs[i]]
			for from != nil && isView(from) {
				from = producer[from.Inputs[0]]
			}
			if from != nil && holdsWeights(from) {
				weights[from] = true
			}
		}
	}
	if len(weights) == 0 {
		return
	}
	l.changed = true
	for _, n := range g.Nodes {
		if weights[n] {
			t := n.Attr("value").Tensor.Clone()
			t.Name = n.Outputs[0]
			g.Initializers = append(g.Initializers, t)
		}
	}
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n *onnxio.Node) bool { return weights[n] })
}

// isView reports whether a node hands its first input on in another shape or
// order.
func isView(n *onnxio.Node) bool {
	switch n.OpName() {
	case "Identity", "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Flatten":
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
