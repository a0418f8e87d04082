package grouping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// FileName is the name of the recommendation in a study's output folder.
const FileName = "groups.json"

const fileVersion = 1

// Marshal returns the recommendation as indented JSON.
func (r *Recommendation) Marshal() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("grouping: %w", err)
	}
	return buf.Bytes(), nil
}

// WriteFile stores the recommendation, by way of a temporary file in the same
// folder.
func (r *Recommendation) WriteFile(path string) error {
	data, err := r.Marshal()
	if err != nil {
		return err
	}
	return replaceFile(path, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}

// replaceFile writes a file by way of a temporary one in the same folder.
func replaceFile(path string, write func(*os.File) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("grouping: %w", err)
	}
	defer os.Remove(tmp.Name()) // fails after the rename, as it should
	err = write(tmp)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("grouping: write %s: %w", path, err)
	}
	return nil
}

// ReadFile reads a recommendation. It fails with ErrVersion for a version that
// this package does not know.
func ReadFile(path string) (*Recommendation, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("grouping: %w", err)
	}
	var r Recommendation
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("grouping: read %s: %w", path, err)
	}
	if r.Version != fileVersion {
		return nil, fmt.Errorf("grouping: read %s: %w %d; this program reads %d", path, ErrVersion, r.Version, fileVersion)
	}
	return &r, nil
}
