package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// Input is all that a report is made from. Only Results is needed; sections
// without data are left out.
type Input struct {
	Results   *analysis.Results
	Groups    *grouping.Recommendation
	History   []HistoryRow
	Exemplars []Exemplar
}

// HistoryRow is one domain's loss after one epoch of one run.
type HistoryRow struct {
	Arm, Rung, Weighting string
	Seed                 int64
	Epoch                int // 1 is the first
	Domain               string
	Split                string  // train or val
	Loss                 float64 // mean over samples
	Weight               float64 // the weight that the domain's loss had
}

// Exemplar is one of the samples that an arm helped or harmed most, with what
// a reader needs to recognise it: a picture, or features.
type Exemplar struct {
	Arm       string `json:"arm"`
	Rung      string `json:"rung,omitempty"`
	Weighting string `json:"weighting,omitempty"`
	Domain    string `json:"domain"`
	Sample    string `json:"sample"`
	// Direction is helped or harmed.
	Direction string `json:"direction"`
	// Measure is that of the effect, analysis.MeasureCorrect where empty.
	Measure string `json:"measure,omitempty"`
	// P and Q are the shares of independent runs and of the arm's runs that
	// were right, or their mean losses, shrunk towards each other.
	P float64 `json:"p"`
	Q float64 `json:"q"`
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

// ReadExemplars reads the list that analyze writes. A file that does not exist
// is an empty list.
func ReadExemplars(path string) ([]Exemplar, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	var list []Exemplar
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reports: read %s: %w", path, err)
	}
	return list, nil
}

// selection returns the rung and weighting that the report is about: those of
// the recommendation, or the largest rung and the first weighting.
func (in *Input) selection() (rung, weighting string) {
	if in.Groups != nil {
		return in.Groups.Rung, in.Groups.Weighting
	}
	if n := len(in.Results.Rungs); n > 0 {
		rung = in.Results.Rungs[n-1]
	}
	if len(in.Results.Weightings) > 0 {
		weighting = in.Results.Weightings[0]
	}
	return rung, weighting
}
