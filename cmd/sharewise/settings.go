package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// readModel reads a model file of whatever program and mends it.
func readModel(path string) (m *onnxio.Model, notes []string, err error) {
	if m, err = onnxio.Load(path); err != nil {
		return nil, nil, err
	}
	m, notes = onnxio.Mend(m)
	return m, notes, nil
}

// loadModel reads a model file, settles inputs and sizes as settings say (see
// onnxio.Specialise), and checks what results.
func loadModel(path string, settings []string) (*onnxio.Model, error) {
	m, _, err := readModel(path)
	if err != nil {
		return nil, err
	}
	if m, err = settle(m, settings); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func settle(m *onnxio.Model, settings []string) (*onnxio.Model, error) {
	if err := onnxio.Check(m); err != nil || len(settings) == 0 {
		return m, err
	}
	return onnxio.Specialise(m, settings)
}

// settingsOf are the settings of a study's models, in the order of their names.
func settingsOf(m study.Model) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(m.Set)) {
		list = append(list, name+"="+m.Set[name])
	}
	return list
}
