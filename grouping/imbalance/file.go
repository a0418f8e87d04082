package imbalance

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Schema returns the JSON Schema (draft 2020-12) of imbalance.json.
func Schema() ([]byte, error) {
	return effect.SchemaOf[File]("imbalance", "What unequal numbers of training samples have to do with sharing, by 'sharewise imbalance'.")
}

// File is the content of imbalance.json: a judgement of the study whose folder it is in.
type File struct {
	Version int    `json:"version"` // 1
	Study   string `json:"study"`
	Judgement
}

// Validate returns an error where lists do not belong together: numbers of samples that are
// not those of the domains, gains that are not those of the levels.
func (f *File) Validate() error {
	for i, l := range f.Levels {
		where := fmt.Sprintf("levels[%d].samples", i)
		if err := cmp.Or(versioned.Length(where, len(l.Samples), len(f.Domains)), versioned.Counts(where, l.Samples...)); err != nil {
			return err
		}
	}
	for i := range f.Domains {
		if err := versioned.Length(fmt.Sprintf("domains[%d].gains", i), len(f.Domains[i].Gains), len(f.Levels)); err != nil {
			return err
		}
	}
	if len(f.Domains) > 0 && len(f.Levels) == 0 {
		return errors.New("levels: there are none of the domains")
	}
	return versioned.Shares("level", f.Level)
}

// Read reads a folder's imbalance.json; nil where there is none.
func Read(folder layout.Folder) (*File, error) {
	f := &File{}
	err := versioned.Read(folder.Imbalance(), 1, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}
