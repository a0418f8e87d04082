package exemplars

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Exemplar is one of the samples that an arm helped or harmed most, with what
// a reader needs to recognise it: a picture, or features.
type Exemplar struct {
	analysis.Key
	Sample string `json:"sample"`
	// Direction is helped or harmed.
	Direction string `json:"direction"`
	// Measure is that of the effect, measures.Correct where empty.
	Measure string `json:"measure,omitempty"`
	// P and Q are the shares of independent runs and of the arm's runs that
	// were right, or their mean losses, shrunk towards each other.
	P effect.Number `json:"p"`
	Q effect.Number `json:"q"`
	// PNG is a picture of the sample; empty for tables.
	PNG      []byte    `json:"png,omitempty"`
	Features []Feature `json:"features,omitempty"`
}

// Feature is a named value of a sample. Numbers are kept as they were written.
type Feature struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// UnmarshalJSON accepts a value that is a string, a number or null.
func (f *Feature) UnmarshalJSON(data []byte) error {
	var raw struct {
		Name  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	f.Name = raw.Name
	text := string(raw.Value)
	switch {
	case strings.HasPrefix(text, `"`):
		return json.Unmarshal(raw.Value, &f.Value)
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return fmt.Errorf("feature %q: value is neither text nor a number", f.Name)
	case text == "null":
		text = ""
	}
	f.Value = text
	return nil
}

// Read reads the list that [Write] wrote. A file that does not exist
// is an empty list.
func Read(path string) ([]Exemplar, error) {
	data, err := versioned.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("exemplars: %w", err)
	}
	var list []Exemplar
	if err := filelimit.DecodeJSON(data, &list); err != nil {
		return nil, fmt.Errorf("exemplars: read %s: %w", path, err)
	}
	return list, nil
}
