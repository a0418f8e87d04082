package grouping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// FileName is the name of the recommendation in a study's output folder.
const FileName = "groups.json"

const fileVersion = 3

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
	return atomicfile.WriteBytes(path, data)
}

// ReadFile reads a recommendation. It fails with versioned.ErrVersion for a
// version that this package does not know: the groups are then to be chosen
// again, from the results, by [RecommendFolder].
func ReadFile(path string) (*Recommendation, error) {
	var r Recommendation
	if err := versioned.Read(path, fileVersion, &r); err != nil {
		if errors.Is(err, versioned.ErrVersion) {
			return nil, fmt.Errorf("grouping: %w: choose the groups again from the results, as sharewise group does", err)
		}
		return nil, fmt.Errorf("grouping: %w", err)
	}
	return &r, nil
}
