package finetune

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// activations make probabilities of the scores that a loss takes.
var activations = map[training.Loss][]string{
	training.CrossEntropy:       {"Softmax", "LogSoftmax", quantizedSoftmax},
	training.BinaryCrossEntropy: {"Sigmoid", quantizedSigmoid},
}

// The activations of quantized models: what goes in and comes out are integers,
// each with a scale and a zero point.
const (
	quantizedSoftmax = "com.microsoft.QLinearSoftmax"
	quantizedSigmoid = "com.microsoft.QLinearSigmoid"
)

// shaping are operators that leave every number as it is.
var shaping = []string{"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"}

// rounding are operators that leave every number as it is but for the steps and
// the range of integers.
var rounding = []string{"DequantizeLinear", "QuantizeLinear", "com.microsoft.DequantizeLinear", "com.microsoft.QuantizeLinear"}

// Activation is the operator that makes probabilities at the end of a model,
// Softmax, LogSoftmax, Sigmoid or one of these of quantized models; "" if it
// ends otherwise.
func Activation(m *onnxio.Model) string {
	for _, loss := range []training.Loss{training.CrossEntropy, training.BinaryCrossEntropy} {
		if n, _ := newGraph(m).activation(loss); n != nil {
			return n.Op
		}
	}
	return ""
}

// Logits names what goes into the node that makes probabilities for a loss at the
// end of a model, and its operator; both are "" if the model ends otherwise. The
// value is "" where there are none but integers before the node.
func Logits(m *onnxio.Model, loss training.Loss) (value, op string) {
	g := newGraph(m)
	n, _ := g.activation(loss)
	if n == nil {
		return "", ""
	}
	value = n.Inputs[0]
	if n.Domain == "com.microsoft" {
		from := g.producer[value]
		if value = ""; from != nil && slices.Contains(rounding, from.OpName()) {
			value = from.Inputs[0]
		}
	}
	return value, n.Op
}

// bypass makes m give out what goes into the node that makes probabilities for
// a loss, and names its operator; "" if the model ends otherwise. m is changed.
func bypass(m *onnxio.Model, loss training.Loss) string {
	n, after := newGraph(m).activation(loss)
	if n == nil {
		return ""
	}
	op, integers := n.Op, n.Domain == "com.microsoft"
	if integers {
		*n = onnxio.Node{Name: n.Name, Op: "DequantizeLinear", Inputs: n.Inputs[:3], Outputs: n.Outputs[:1]}
	} else {
		identity(n)
	}
	if !integers && len(after) == 0 {
		return op
	}
	// The range of probabilities would hold scores between 0 and 1.
	for _, q := range after {
		identity(q)
	}
	m.Graph.Values = nil // of which some say that they are integers
	if out := m.Graph.Outputs[0]; !out.Type.IsFloat() {
		out.Type = onnxio.Float32
	}
	return op
}

// identity makes a node hand its first input on.
func identity(n *onnxio.Node) {
	*n = onnxio.Node{Name: n.Name, Op: "Identity", Inputs: n.Inputs[:1], Outputs: n.Outputs[:1]}
}

// activation is the node at the end of a model of one output that makes
// probabilities for a loss, nil if there is none, with the nodes after it that
// round.
func (g *graph) activation(loss training.Loss) (found *onnxio.Node, after []*onnxio.Node) {
	if len(g.model.Graph.Outputs) != 1 {
		return nil, nil
	}
	for name := g.model.Graph.Outputs[0].Name; ; {
		n := g.producer[name]
		switch {
		case n == nil:
			return nil, nil
		case slices.Contains(activations[loss], n.OpName()):
			return n, after
		case slices.Contains(rounding, n.OpName()):
			after = append(after, n)
			name = n.Inputs[0]
		case slices.Contains(shaping, n.OpName()):
			name = n.Inputs[0]
		default:
			return nil, nil
		}
	}
}
