package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/replacement"
	"github.com/sharewise/sharewise/analysis/study"
)

// spare refuses an output that would replace what the command reads: one of the
// files, or a file that stands in one of the folders. flag is what gave the output.
func spare(flag, output string, reads ...string) error {
	if output == "" {
		return nil
	}
	out, err := os.Stat(output)
	if err != nil || out.IsDir() || !out.Mode().IsRegular() {
		return nil // nothing is replaced
	}
	for _, in := range reads {
		info, err := os.Stat(in)
		switch {
		case in == "" || err != nil:
		case os.SameFile(info, out):
			return usagef("%s %s is a file that is read, and would be lost; name another one", flag, output)
		case info.IsDir() && within(in, output):
			return usagef("%s %s stands in %s, which is read, and would be lost; name another file", flag, output, in)
		}
	}
	return nil
}

// within reports whether a file stands in a folder or one below it.
func within(dir, file string) bool {
	dir, errDir := filepath.EvalSymlinks(dir)
	file, errFile := filepath.EvalSymlinks(file)
	if errDir != nil || errFile != nil {
		return false
	}
	dir, errDir = filepath.Abs(dir)
	file, errFile = filepath.Abs(file)
	if errDir != nil || errFile != nil {
		return false
	}
	below, err := filepath.Rel(dir, file)
	return err == nil && below != ".." && !strings.HasPrefix(below, ".."+string(filepath.Separator))
}

// studyReads are the files and folders that a study names.
func studyReads(s *study.Study) []string {
	reads := []string{s.File}
	add := func(name string) {
		if name == "" {
			return
		}
		found, err := s.Glob(name)
		if err != nil || len(found) == 0 {
			found = []string{s.Path(name)}
		}
		reads = append(reads, found...)
	}
	for _, d := range s.Domains {
		for _, f := range []*study.Files{&d.Files, d.Val, d.Test} {
			if f != nil {
				for _, name := range []string{f.Path, f.Index, f.Images, f.Labels, f.Inputs, f.Targets, f.Groups} {
					add(name)
				}
			}
		}
	}
	for _, r := range s.Model.Rungs {
		add(r.Path)
	}
	add(s.Exclude)
	if s.Policy != nil {
		add(s.Policy.File)
	}
	return reads
}

// dataReads is what is read of data that a flag names: a study file with all that it
// names, or a file or folder.
func dataReads(data string) []string {
	if ending := strings.ToLower(filepath.Ext(data)); ending != ".yaml" && ending != ".yml" {
		return []string{data}
	}
	s, err := dataset.ParseStudy(data)
	if err != nil {
		return []string{data} // said where it is read
	}
	return studyReads(s)
}

// keptOf are the files and folders that an export of a results folder into dir may not
// replace: those of the folder itself and of any that dir lies in, the study and what it reads.
// studies are further study files.
func keptOf(folder layout.Folder, dir string, studies ...string) []string {
	kept := append(folder.Own(), keptAround(dir)...)
	if plan, err := folder.ReadPlan(); err == nil {
		studies = append(studies, plan.File)
		for i := range plan.Domains {
			for _, s := range plan.Domains[i].Sources {
				if !study.IsURL(s.Path) {
					kept = append(kept, plan.SourcePath(s))
				}
			}
		}
	}
	for _, file := range studies {
		if file != "" {
			kept = append(kept, file)
			kept = append(kept, dataReads(file)...)
		}
	}
	return kept
}

// keptAround is what sharewise keeps in the results folders that a folder lies in.
func keptAround(dir string) []string {
	var kept []string
	dir = filelimit.Absolute(dir)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		if _, err := os.Stat(layout.Folder(above).Plan()); err == nil {
			kept = append(kept, layout.Folder(above).Own()...)
		}
		if above == filepath.Dir(above) {
			return kept
		}
	}
}

// folderError tells what stands where a folder is to go.
func folderError(command, dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return usagef("%s: %s exists; name another folder, or give --force to replace it", command, dir)
	case errors.Is(err, replacement.ErrForeign):
		return usagef("%s: --force replaces nothing but what this command wrote: %w", command, err)
	}
	return err
}
