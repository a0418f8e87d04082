package finetune

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Linear is the last linear layer of a model and what comes after it.
type Linear struct {
	Node   string // its name, or that of its output where it has none
	Op     string
	Weight string // name of the parameter
	// Input is the value that it takes in.
	Input string
	// After lists the operators between the layer and the model's output, from
	// the layer on: the bias, Softmax and the like.
	After []string

	node *onnxio.Node
	// pool is what averages the layer's map, where it makes one.
	pool *onnxio.Node
}

// passing are operators after a last linear layer that keep what its outputs
// mean: one number each for a class, label or target. The linear layer is
// above their first input.
var passing = map[string]bool{
	"Softmax": true, "LogSoftmax": true, "Sigmoid": true, "HardSigmoid": true, "Identity": true, "Cast": true,
	"Reshape": true, "Flatten": true, "Squeeze": true, "Unsqueeze": true, "Dropout": true,
	"DequantizeLinear": true, "QuantizeLinear": true,
}

// between are operators that may stand between a last convolution and the
// average of its map, as in SqueezeNet.
var between = map[string]bool{"Relu": true, "LeakyRelu": true, "Dropout": true, "Identity": true, "Clip": true, "DequantizeLinear": true, "QuantizeLinear": true}

// findLinear looks for the last linear layer above a value.
func (g *graph) findLinear(output string, values map[string]*onnxio.Value) (*Linear, error) {
	l := &Linear{}
	for name := output; ; {
		n := g.producer[name]
		if n == nil {
			return nil, fmt.Errorf("it is an input or a constant")
		}
		fail := func(text string) error {
			return &onnxio.NodeError{Graph: g.model.Graph.Name, Node: n.Name, Op: n.OpName(), Index: slices.Index(g.model.Graph.Nodes, n), Err: errors.New(text)}
		}
		weight, input, isLayer := g.weight(n)
		switch op := n.OpName(); {
		case (op == "Gemm" || op == "MatMul" && input == 1) && isLayer && l.pool == nil:
			return l.found(n, weight), nil
		case op == "Conv" && isLayer:
			if l.pool != nil && isPointwise(n, weight.shape) || l.pool == nil && isWhole(n, values) {
				return l.found(n, weight), nil
			}
			return nil, fail("the last layer is a convolution that gives a map, not a number for each class")
		case op == "Add":
			i, ok := g.biasOf(n)
			if !ok {
				return nil, fail("it adds up two values")
			}
			name = n.Inputs[i]
		case l.pool == nil && isAverage(n, values):
			l.pool, name = n, n.Inputs[0]
		case passing[op], l.pool != nil && between[op]:
			name = n.Inputs[0]
		default:
			return nil, fail("no linear layer stands after it")
		}
		l.After = append(l.After, n.OpName())
	}
}

func (l *Linear) found(n *onnxio.Node, weight operand) *Linear {
	l.node, l.Node, l.Op, l.Weight, l.Input = n, n.Name, n.OpName(), weight.param, n.Inputs[0]
	if l.Node == "" {
		l.Node = n.Outputs[0]
	}
	slices.Reverse(l.After)
	return l
}

// biasOf finds the input of an Add that a product or convolution computes, which
// may be rounded, where the other is a parameter.
func (g *graph) biasOf(n *onnxio.Node) (product int, ok bool) {
	for i := range 2 {
		from := g.producer[n.Inputs[i]]
		if _, constant := g.operand(n, 1-i); !constant || from == nil {
			continue
		}
		for slices.Contains(rounding, from.OpName()) && g.producer[from.Inputs[0]] != nil {
			from = g.producer[from.Inputs[0]]
		}
		switch from.OpName() {
		case "MatMul", "Gemm", "Conv", "ConvTranspose":
			return i, true
		}
	}
	return 0, false
}

// isAverage reports whether a node averages every channel of a map.
func isAverage(n *onnxio.Node, values map[string]*onnxio.Value) bool {
	switch n.OpName() {
	case "GlobalAveragePool", "ReduceMean", "AveragePool":
	default:
		return false
	}
	x, y := values[n.Inputs[0]], values[n.Outputs[0]]
	if x == nil || y == nil || len(x.Shape) < 3 || len(y.Shape) < 2 || x.Shape[1] != y.Shape[1] {
		return false
	}
	left, known := y.Shape[2:].Ints()
	return known && product(left) == 1
}

// isPointwise reports whether a convolution looks at one place at a time.
func isPointwise(n *onnxio.Node, weight []int64) bool {
	return n.IntOr("group", 1) == 1 && product(weight[2:]) == 1 &&
		product(n.IntsOr("strides", []int64{1})) == 1 && !slices.ContainsFunc(n.IntsOr("pads", nil), func(p int64) bool { return p != 0 })
}

// isWhole reports whether a convolution looks at its whole map at once.
func isWhole(n *onnxio.Node, values map[string]*onnxio.Value) bool {
	x, y := values[n.Inputs[0]], values[n.Outputs[0]]
	if x == nil || y == nil || len(x.Shape) < 3 || len(y.Shape) != len(x.Shape) || n.IntOr("group", 1) != 1 {
		return false
	}
	out, known := y.Shape[2:].Ints()
	return known && product(out) == 1
}
