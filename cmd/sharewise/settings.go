package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// loadModel reads a model file, settles inputs and sizes as settings say (see
// onnxio.Specialise), and checks what results.
func loadModel(path string, settings []string) (*onnxio.Model, error) {
	m, err := onnxio.Load(path)
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
