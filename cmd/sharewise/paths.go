package main

import (
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/layout"
)

// outputFolder is where the results of a study go: the folder given, or "out"
// beside the study file.
func outputFolder(studyFile, given string) layout.Folder {
	if given != "" {
		return layout.Folder(given)
	}
	return layout.Folder(filepath.Join(filepath.Dir(studyFile), "out"))
}
