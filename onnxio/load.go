package onnxio

import (
	"fmt"
	"os"
	"path/filepath"
)

// Load reads a model file together with its external data, which must lie in
// the folder of the file.
func Load(path string) (*Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	m, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	if err := readExternal(m, filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	return m, nil
}
