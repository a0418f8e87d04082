package lower

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// Merged lists the parameters of a model that [Model] gives tensors of their own
// although the file holds one for several: by name, the initializer that the
// file has for them. They stand behind Identity nodes, whose outputs have these
// names. Its errors are those of Model.
func Merged(m *onnxio.Model) (map[string]string, error) {
	l, err := begin(m)
	if err != nil {
		return nil, err
	}
	if err := l.weights(); err != nil {
		return nil, fmt.Errorf("lower: %w", err)
	}
	return l.untie(), nil
}

// untie gives parameters that only happened to start alike tensors of their
// own. PyTorch's exporter keeps one of all initializers that are equal to the
// byte and writes Identity for the others, so that the scales of fresh
// normalisations, all ones, would be trained as one parameter. Tensors whose
// elements are all the same are taken for such; others were meant to be shared,
// or were so by then: nothing learned is equal by chance. merged has the tensors
// that were made, with the initializer that each was one with.
func (l *lowering) untie() (merged map[string]string) {
	g := l.model.Graph
	merged = map[string]string{}
	uniform := map[string]*onnxio.Tensor{}
	for _, t := range g.Initializers {
		if isUniform(t) {
			uniform[t.Name] = t
		}
	}
	if len(uniform) == 0 {
		return merged
	}
	var nodes []*onnxio.Node
	for _, n := range g.Nodes {
		if n.OpName() == "Identity" && len(n.Inputs) == 1 && uniform[n.Inputs[0]] != nil && g.Output(n.Outputs[0]) == nil {
			source := n.Inputs[0]
			merged[n.Outputs[0]] = cmp.Or(merged[source], source)
			t := uniform[source].Clone()
			t.Name = n.Outputs[0]
			g.Initializers = append(g.Initializers, t)
			uniform[t.Name] = t // exporters chain them
			continue
		}
		nodes = append(nodes, n)
	}
	l.changed = l.changed || len(nodes) < len(g.Nodes)
	g.Nodes = nodes
	return merged
}

// isUniform reports whether a tensor is a parameter, by type and rank, whose
// elements are equal to the byte.
func isUniform(t *onnxio.Tensor) bool {
	size := t.Type.Bits() / 8
	return t.Type.IsFloat() && len(t.Shape) > 0 && size > 0 && len(t.Data) > size &&
		bytes.Equal(t.Data[size:], t.Data[:len(t.Data)-size])
}
