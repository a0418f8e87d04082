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

// Activation is the operator that makes probabilities at the end of a model,
// Softmax, LogSoftmax or Sigmoid; "" if it ends otherwise.
func Activation(m *onnxio.Model) string {
	for _, loss := range []training.Loss{training.CrossEntropy, training.BinaryCrossEntropy} {
		if n := newGraph(m).activation(loss); n != nil {
			return n.Op
		}
	}
	return ""
}

// Logits names what goes into the node that makes probabilities for a loss at the
// end of a model, and its operator; both are "" if the model ends otherwise.
func Logits(m *onnxio.Model, loss training.Loss) (value, op string) {
	n := newGraph(m).activation(loss)
	if n == nil {
		return "", ""
	}
	return n.Inputs[0], n.Op
}

// bypass makes m give out what goes into the node that makes probabilities for
// a loss, and names its operator; "" if the model ends otherwise. m is changed.
func bypass(m *onnxio.Model, loss training.Loss) string {
	n := newGraph(m).activation(loss)
	if n == nil {
		return ""
	}
	op := n.Op
	*n = onnxio.Node{Name: n.Name, Op: "Identity", Inputs: n.Inputs[:1], Outputs: n.Outputs[:1]}
	return op
}

// activation is the node at the end of a model of one output that makes
// probabilities for a loss, nil if there is none.
func (g *graph) activation(loss training.Loss) *onnxio.Node {
	if len(g.model.Graph.Outputs) != 1 {
		return nil
	}
	for name := g.model.Graph.Outputs[0].Name; ; {
		n := g.producer[name]
		switch {
		case n == nil:
			return nil
		case slices.Contains(activations[loss], n.OpName()):
			return n
		case slices.Contains(shaping, n.OpName()):
			name = n.Inputs[0]
		default:
			return nil
		}
	}
}
