package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
)

// outputFolder is where the results of a study go: the folder given, or "out"
// beside the study file.
func outputFolder(studyFile, given string) layout.Folder {
	if given != "" {
		return layout.Folder(given)
	}
	return layout.Folder(filepath.Join(filepath.Dir(studyFile), "out"))
}

// resultsFolder is the same for a command that writes there: no file.
func resultsFolder(studyFile, given string) (layout.Folder, error) {
	folder := outputFolder(studyFile, given)
	switch info, err := os.Stat(string(folder)); {
	case err == nil && !info.IsDir():
		return "", usagef("%s is a file; name a folder for the results by -o", folder)
	case given != "" && errors.Is(err, syscall.ENOTDIR):
		return "", usagef("%s cannot be made, since %s is a file; name another folder for the results by -o", folder, fileWithin(string(folder)))
	}
	return folder, nil
}

// isFolder reports whether a path is a folder, which what is not there is not.
func isFolder(path string) (bool, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}

// studyWord is the study file of a planned folder as a word of a command.
func studyWord(folder layout.Folder) string {
	if plan, err := folder.ReadPlan(); err == nil && plan.File != "" {
		return wording.ShellWord(plan.File)
	}
	return "STUDY"
}

// outputArg takes the output folder of a study as the only argument, and says
// so where it is given a file, such as the study.
func outputArg() cobra.PositionalArgs {
	exact := exactArgs("OUT")
	return func(cmd *cobra.Command, args []string) error {
		if err := exact(cmd, args); err != nil {
			return err
		}
		info, err := os.Stat(args[0])
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return inputError(err)
		}
		if err == nil && !info.IsDir() {
			return usagef("%s is a file; OUT is the folder that 'sharewise run' wrote: %s unless it was given another", args[0], outputFolder(args[0], ""))
		}
		return nil
	}
}
