package onnxio

import (
	"fmt"
	"os"
	"path/filepath"
)

// Save writes m to one file, by way of a temporary file in the same folder.
func Save(path string, m *Model) error {
	for t, where := range m.tensors() {
		if t.IsExternal() {
			return fmt.Errorf("save %s: %w", path, &ValueError{where, t.Name,
				fmt.Errorf("%w were not read; open the model with Load", ErrExternalData)})
		}
	}
	data, err := m.Marshal()
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := writeFile(path, data); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// writeFile writes a file that appears complete or not at all.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
