package rebatch

import (
	"errors"

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
	if free, second := Model(low, data, 1); second == nil {
		return free, nil
	}
	return nil, err
}
