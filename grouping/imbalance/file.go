package imbalance

import (
	"errors"
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
