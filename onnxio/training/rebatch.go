package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// rebatch lets Reshapes take any number of rows where the exporter wrote down
// the one that it saw, as most do unless told otherwise. Only those are changed
// that keep rows as they are, [batch, …] to [batch, …] with as many elements
// per row: the first size of their target becomes 0, which means that of the
// input. Others may mix rows, and stay.
func (t *trunk) rebatch(m *onnxio.Model) error {
	batch := t.data[0].batch
	if batch < 1 || !slices.ContainsFunc(t.nodes, func(n *onnxio.Node) bool { return n.OpName() == "Reshape" }) {
		return nil
	}
	inferred, err := onnxio.Infer(m, reference.Evaluate)
	if err != nil {
		return fmt.Errorf("training: %w: %w", ErrTrunk, err)
	}
	row := func(name string) int64 {
		shape, ok := shapeOf(inferred.Values[name])
		if !ok || len(shape) == 0 || shape[0] != batch {
			return -1
		}
		return size(shape[1:])
	}
	for i, n := range t.nodes {
		if n.OpName() != "Reshape" || n.IntOr("allowzero", 0) != 0 {
			continue
		}
		constant := inferred.Constants[n.Inputs[1]]
		if constant == nil && m.Graph.Input(n.Inputs[1]) == nil {
			constant = m.Graph.Initializer(n.Inputs[1])
		}
		if constant == nil || constant.Type != onnxio.Int64 || constant.Len() == 0 {
			continue
		}
		target, err := constant.Int64()
		if err != nil {
			return valueError(m.Graph, n.Inputs[1], "%w", err)
		}
		if elements := row(n.Outputs[0]); target[0] != batch || elements < 1 || row(n.Inputs[0]) != elements {
			continue
		}
		target = slices.Clone(target)
		target[0] = 0
		free := onnxio.NewInt64("rows/"+n.Outputs[0], []int64{int64(len(target))}, target)
		t.constants = append(t.constants, free)
		n = n.Clone()
		n.Inputs[1] = free.Name
		t.nodes[i] = n
	}
	return nil
}
