package finetune

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// activations make probabilities of the scores that a loss takes.
var activations = map[training.Loss][]string{
	training.CrossEntropy:       {"Softmax", "LogSoftmax"},
	training.BinaryCrossEntropy: {"Sigmoid"},
}

// shaping are operators that leave every number as it is.
var shaping = []string{"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"}

// bypass makes m give out what goes into the node that makes probabilities for
// a loss, and names its operator; "" if the model ends otherwise. m is changed.
func bypass(m *onnxio.Model, loss training.Loss) string {
	if len(m.Graph.Outputs) != 1 {
		return ""
	}
	g := newGraph(m)
	for name := m.Graph.Outputs[0].Name; ; {
		n := g.producer[name]
		switch {
		case n == nil:
			return ""
		case slices.Contains(activations[loss], n.OpName()):
			op := n.Op
			*n = onnxio.Node{Name: n.Name, Op: "Identity", Inputs: n.Inputs[:1], Outputs: n.Outputs[:1]}
			return op
		case slices.Contains(shaping, n.OpName()):
			name = n.Inputs[0]
		default:
			return ""
		}
	}
}
