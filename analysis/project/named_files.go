package project

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// namedFiles are the files that a study names beside data and models, as they are now. Those that cannot be
// read are left out: who reads them says why.
func namedFiles(s *study.Study) []study.NamedFile {
	var out []study.NamedFile
	add := func(what, path string) {
		if path == "" {
			return
		}
		if sum, err := layout.HashFile(s.Path(path)); err == nil {
			out = append(out, study.NamedFile{What: what, Source: study.Source{Path: path, SHA256: sum}})
		}
	}
	if s.Input.Text != nil {
		add("tokenizer", s.Input.Text.Tokenizer)
	}
	add("list of samples to leave out", s.Exclude)
	if s.Policy != nil {
		add(study.RulesFile, s.Policy.File)
	}
	return out
}

// planFiles are all files that runs depend on but those of the data: the models' as they were read, those of a program that
// trains, and what is named, which was taken down before it was read.
func (p *Project) planFiles(before []study.NamedFile) ([]study.NamedFile, error) {
	var out []study.NamedFile
	for _, r := range p.Study.Model.Rungs {
		w := p.watched[r.Name]
		if w == nil { // made by the program
			continue
		}
		folder := filepath.Dir(p.Study.Path(r.Path))
		for _, f := range w.files {
			path := r.Path
			if rel, err := filepath.Rel(folder, f.Path()); err == nil && f.Path() != p.Study.Path(r.Path) && !study.IsURL(r.Path) {
				path = filepath.ToSlash(filepath.Join(filepath.Dir(filepath.FromSlash(r.Path)), rel)) // weights beside it
			}
			out = append(out, study.NamedFile{What: "model of rung " + r.Name, Source: study.Source{Path: path, SHA256: f.SHA256()}})
		}
	}
	if p.trainer != nil {
		for _, name := range slices.Sorted(maps.Keys(p.trainer.Files)) {
			out = append(out, study.NamedFile{What: "trainer", Source: study.Source{Path: name, SHA256: p.trainer.Files[name]}})
		}
	}
	now := namedFiles(p.Study)
	for i, in := range before {
		if i >= len(now) || now[i] != in {
			return nil, fmt.Errorf("%s: %s has changed while the study was read; give the command again", in.Path, in.What)
		}
	}
	return append(out, now...), nil
}

// changedFile fails where a file of a model is another than a plan's runs were trained from.
func changedFile(plan *study.Plan, now []study.NamedFile) error {
	for _, was := range plan.Files {
		i := slices.IndexFunc(now, func(in study.NamedFile) bool { return in.What == was.What && in.Path == was.Path })
		if i < 0 || now[i].SHA256 == was.SHA256 {
			continue
		}
		return fmt.Errorf("%s, %s, has changed since the runs: its SHA-256 was %s and is %s; put it back, or train the study again", was.Path, was.What, was.SHA256, now[i].SHA256)
	}
	return nil
}
