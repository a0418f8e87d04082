package main

import (
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/train"
)

// outputFolder is where the results of a study go: the folder given, or "out"
// beside the study file.
func outputFolder(studyFile, given string) train.Folder {
	if given != "" {
		return train.Folder(given)
	}
	return train.Folder(filepath.Join(filepath.Dir(studyFile), "out"))
}
