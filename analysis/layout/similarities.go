package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Similarities say how alike the domains of a study are, pair by pair, by several
// measures. None of them is a gain.
type Similarities struct {
	Version  int          `json:"version"` // 1
	Study    string       `json:"study"`
	Rung     string       `json:"rung"` // of the models and starts that measures take
	Domains  []string     `json:"domains"`
	Measures []Similarity `json:"measures"`
	// Notes say what was left out, and why.
	Notes []string `json:"notes"`
}

// Similarity is one measure of all pairs for which it could be had.
type Similarity struct {
	Name string `json:"name"`
	// Needs is what must be there beside the data.
	Needs      string `json:"needs"`
	Definition string `json:"definition"`
	Source     string `json:"source"`
	// Work is what it computed with models, in operations of training a pair with all
	// its seeds.
	Work  float64       `json:"work"`
	Pairs []SimilarPair `json:"pairs"`
}

// DataAlone is what a measure needs for which nothing but the data is looked at.
const DataAlone = "the data"

// SimilarPair is the score of two domains, in the order of the study. The larger, the
// more alike.
type SimilarPair struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Score float64 `json:"score"`
}

// Similar is the path of similarity.json.
func (f Folder) Similar() string { return filepath.Join(string(f), "similarity.json") }

// Validate returns an error where a pair has an unknown domain.
func (s *Similarities) Validate() error {
	for i, m := range s.Measures {
		for k, p := range m.Pairs {
			if err := versioned.Among(fmt.Sprintf("measures[%d].pairs[%d]", i, k), s.Domains, p.A, p.B); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadSimilarities reads a similarity.json; nil where there is none.
func ReadSimilarities(path string) (*Similarities, error) {
	s := &Similarities{}
	err := versioned.Read(path, 1, s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}
