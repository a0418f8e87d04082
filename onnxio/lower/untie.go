package lower

import (
	"bytes"

	"github.com/sharewise/sharewise/onnxio"
)

// untie gives parameters that only happened to start alike tensors of their
// own. PyTorch's exporter keeps one of all initializers that are equal to the
// byte and writes Identity for the others, so that the scales of fresh
// normalisations, all ones, would be trained as one parameter. Tensors whose
// elements are all the same are taken for such; others were meant to be shared,
// or were so by then: nothing learned is equal by chance.
func (l *lowering) untie() {
	g := l.model.Graph
	uniform := map[string]*onnxio.Tensor{}
	for _, t := range g.Initializers {
		if isUniform(t) {
			uniform[t.Name] = t
		}
	}
	if len(uniform) == 0 {
		return
	}
	var nodes []*onnxio.Node
	for _, n := range g.Nodes {
		if n.OpName() == "Identity" && len(n.Inputs) == 1 && uniform[n.Inputs[0]] != nil && g.Output(n.Outputs[0]) == nil {
			t := uniform[n.Inputs[0]].Clone()
			t.Name = n.Outputs[0]
			g.Initializers = append(g.Initializers, t)
			uniform[t.Name] = t // exporters chain them
			continue
		}
		nodes = append(nodes, n)
	}
	l.changed = l.changed || len(nodes) < len(g.Nodes)
	g.Nodes = nodes
}

// isUniform reports whether a tensor is a parameter, by type and rank, whose
// elements are equal to the byte.
func isUniform(t *onnxio.Tensor) bool {
	size := t.Type.Bits() / 8
	return t.Type.IsFloat() && len(t.Shape) > 0 && size > 0 && len(t.Data) > size &&
		bytes.Equal(t.Data[size:], t.Data[:len(t.Data)-size])
}
