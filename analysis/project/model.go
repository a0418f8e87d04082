package project

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// ReadModel reads a model file of whatever program and mends it.
func ReadModel(path string) (m *onnxio.Model, notes []string, err error) {
	if m, err = onnxio.Load(path); err != nil {
		return nil, nil, err
	}
	m, notes = onnxio.Mend(m)
	return m, notes, nil
}

// LoadModel reads a model file, settles inputs and sizes as settings say (see
// onnxio.Specialise), and checks what results.
func LoadModel(path string, settings []string) (*onnxio.Model, error) {
	m, _, err := ReadModel(path)
	if err != nil {
		return nil, err
	}
	if m, err = Settle(m, settings); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Settle settles inputs and sizes of a model, see onnxio.Specialise, and checks
// it. Without settings a broken model is returned with its error.
func Settle(m *onnxio.Model, settings []string) (*onnxio.Model, error) {
	if err := onnxio.Check(m); err != nil || len(settings) == 0 {
		return m, err
	}
	return onnxio.Specialise(m, settings)
}

// Settings are the settings of a study's models, in the order of their names.
func Settings(m study.Model) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(m.Set)) {
		list = append(list, name+"="+m.Set[name])
	}
	return list
}
