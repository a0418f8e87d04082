package rebatch

import (
	"errors"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// Free is [Model] for any model: upgraded where it is too old, lowered where it
// cannot be followed as it is, and with the batch as second dimension of the
// data inputs where it cannot be their first. The error is that of the first
// dimension.
func Free(m *onnxio.Model, data []string) (*onnxio.Model, error) {
	if m == nil || m.Graph == nil {
		return nil, onnxio.ErrFormat
	}
	upgraded, err := m, error(nil)
	if v := m.Opset(""); v > 0 && v < Opset {
		upgraded, err = onnxio.Upgrade(m, Opset)
	}
	free := (*onnxio.Model)(nil)
	if err == nil {
		if free, err = Model(upgraded, data, 0); err == nil {
			return free, nil
		}
	}
	low, _, lowErr := lower.Model(m)
	if lowErr != nil {
		return nil, err
	}
	if free, err = Model(low, data, 0); !errors.Is(err, ErrFixed) {
		return free, err
	}
	if second, secondErr := Second(low, data); secondErr == nil {
		return second, nil
	}
	return nil, err
}

// Second is [Free] for data inputs with the batch as their second dimension,
// which may be open, as recurrent networks take it: [T, batch, …] becomes
// [batch, T, …].
func Second(m *onnxio.Model, data []string) (*onnxio.Model, error) {
	m = m.Clone()
	for _, name := range data {
		if v := m.Graph.Input(name); v != nil && len(v.Shape) > 1 && !v.Shape[1].Known() {
			v.Shape[1] = onnxio.Dim{Size: 1}
		}
	}
	m.Graph.Values = nil
	for _, v := range m.Graph.Outputs {
		v.Shape = nil
	}
	low, _, err := lower.Model(m)
	if err != nil {
		return nil, err
	}
	return Model(low, data, 1)
}

// IsSecond reports whether the shape of an input says that its second dimension
// is the batch: the only one that is open, behind one of more than 1.
func IsSecond(s onnxio.Shape) bool {
	if len(s) < 2 || s[1].Known() || s[0].Size < 2 {
		return false
	}
	rest := append(onnxio.Shape{s[0]}, s[2:]...)
	_, known := rest.Ints()
	return known
}

// Mixes reports whether a model has operators that look at all samples of a
// minibatch by their definition, which Model admits: batch normalisation in
// training mode, and quantization by the range of the data. What they make of a
// sample depends on how many there are.
func Mixes(m *onnxio.Model) bool {
	return slices.ContainsFunc(m.Graph.Nodes, func(n *onnxio.Node) bool {
		return n.OpName() == "DynamicQuantizeLinear" || n.OpName() == "BatchNormalization" && n.IntOr("training_mode", 0) != 0
	})
}
