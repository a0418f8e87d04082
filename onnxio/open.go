package onnxio

import "fmt"

// LoadMended reads a model file of whatever program and mends it, see [Mend].
func LoadMended(path string) (m *Model, notes []string, err error) {
	if m, err = Load(path); err != nil {
		return nil, nil, err
	}
	m, notes = Mend(m)
	return m, notes, nil
}

// Open reads a model file, mends it, settles inputs and sizes as settings say,
// see [Specialise], and checks what results.
func Open(path string, settings []string) (*Model, error) {
	m, _, err := LoadMended(path)
	if err != nil {
		return nil, err
	}
	if m, err = Settle(m, settings); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Settle checks a model and specialises it. Without settings a broken model is
// returned with its error.
func Settle(m *Model, settings []string) (*Model, error) {
	if err := Check(m); err != nil || len(settings) == 0 {
		return m, err
	}
	return Specialise(m, settings)
}
