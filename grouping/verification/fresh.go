package verification

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Test is what models are tested on.
type Test struct {
	// Name says what it is, for people.
	Name string
	// Study and Domains are where the samples are from; Split is "test" or
	// "validation".
	Study   *study.Study
	Domains []*dataset.Domain
	Split   string
	// Warnings are reasons why they may not be fresh after all.
	Warnings []string
}

// Validation tests on the validation parts of a study. It fails where these chose
// something: which epoch's model is tested.
func Validation(s *study.Study, domains []*dataset.Domain) (*Test, error) {
	switch {
	case s.Training.Select == "best":
		return nil, fmt.Errorf("verification: validation samples chose which epoch's models are used (training.select), so that they are no fresh test data")
	case s.Folds() > 0:
		return nil, fmt.Errorf("verification: where data are tested in folds, all but the fold at hand are trained on or chose groups; name other test data")
	}
	for _, d := range domains {
		if d.Val.Len() == 0 {
			return nil, fmt.Errorf("verification: domain %s has no validation samples", d.Name)
		}
	}
	return &Test{Name: "the validation samples, which had no part in the choice", Study: s, Domains: domains, Split: "validation"}, nil
}

// From tests on other data than a study, whose domains are given: those of another
// study file, whose domains have the same names, or of a folder. There each domain
// has the test files that the study has for it, by their names, or a folder or file
// with the name of the domain. Test data that are the study's own are refused with
// ErrNotFresh.
func From(ctx context.Context, s *study.Study, known []*dataset.Domain, path string, how ...dataset.Option) (*Test, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("verification: test data: %w", err)
	}
	other := s.Only(nil)
	if info.IsDir() {
		if path, err = filepath.Abs(path); err != nil {
			return nil, fmt.Errorf("verification: test data: %w", err)
		}
		for i := range other.Domains {
			d := &other.Domains[i]
			files, err := filesIn(path, d)
			if err != nil {
				return nil, err
			}
			// The domain has no other data here, so that nothing is split off.
			d.Test, d.Limit.Test = files, 0
		}
	} else {
		if other, err = dataset.ParseStudy(path); err != nil {
			return nil, err
		}
		for _, d := range s.Domains {
			if other.Domain(d.Name) == nil {
				return nil, fmt.Errorf("verification: %s has no domain %s", path, d.Name)
			}
		}
	}
	domains, err := dataset.OpenAll(ctx, other, how...)
	if err != nil {
		return nil, fmt.Errorf("verification: test data: %w", err)
	}
	t := &Test{Name: "test data of " + filepath.Base(path), Study: other, Domains: domains, Split: "test"}
	for _, d := range domains {
		if !news(d, known) {
			return nil, fmt.Errorf("verification: %w: all files of %s that %s leads to are the study's own", ErrNotFresh, d.Name, path)
		}
	}
	found, err := inspection.Leaks(ctx, domains)
	if err != nil {
		return nil, fmt.Errorf("verification: test data: %w", err)
	}
	for _, e := range found.Exposures() {
		t.Warnings = append(t.Warnings, "Of the fresh test data, "+e.String()+".")
	}
	return t, nil
}

// news reports whether a domain was read from a file that the study has not.
func news(d *dataset.Domain, known []*dataset.Domain) bool {
	for _, k := range known {
		if k.Name != d.Name {
			continue
		}
		return slices.ContainsFunc(d.Sources, func(s dataset.Source) bool {
			return !slices.ContainsFunc(k.Sources, func(old dataset.Source) bool { return old.SHA256 == s.SHA256 })
		})
	}
	return true
}

// filesIn finds the test data of a domain in a folder.
func filesIn(dir string, d *study.Domain) (*study.Files, error) {
	if d.Test != nil {
		out := *d.Test
		found := true
		for _, p := range []*string{&out.Path, &out.Images, &out.Labels} {
			if *p == "" || p == &out.Labels && out.Images == "" {
				continue
			}
			*p = filepath.Join(dir, filepath.Base(*p))
			if _, err := os.Stat(*p); err != nil {
				found = false
			}
		}
		if found {
			return &out, nil
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("verification: test data: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		if name == d.Name || !e.IsDir() && strings.HasPrefix(name, d.Name+".") {
			return &study.Files{Path: filepath.Join(dir, name)}, nil
		}
	}
	return nil, fmt.Errorf("verification: %s has no test data of domain %s: neither files of the names that the study's own have, nor a folder or file %s", dir, d.Name, d.Name)
}

// use judges the samples by the models of the runs and lets the analysis read what
// came of it. It returns what identifies the data.
func (t *Test) use(ctx context.Context, b exec.Backend, folder layout.Folder, plan *study.Plan, s *analysis.Study) (string, error) {
	tables := map[string]*losses.Table{}
	sum := ""
	for _, r := range s.Runs {
		if r.Status != analysis.Finished {
			continue
		}
		panel := evaluate.Panel{Study: t.Study, Split: t.Split, Threads: 1}
		for _, d := range t.Domains {
			if slices.Contains(r.Domains, d.Name) {
				panel.Domains = append(panel.Domains, d)
			}
		}
		verdicts, err := panel.JudgeFiles(ctx, b, []string{folder.Run(r.ID).Model()}, r.Seed)
		if err != nil {
			return "", fmt.Errorf("verification: %w", err)
		}
		tables[r.ID] = evaluate.Rows(verdicts, panel.Domains)
	}
	for _, d := range t.Domains {
		sum += d.Name + " " + d.SHA256 + "\n"
		for i := range s.Domains {
			if s.Domains[i].Name == d.Name {
				s.Domains[i].Test = d.Test.Len()
				if t.Split == "validation" {
					s.Domains[i].Test = d.Val.Len()
				}
			}
		}
	}
	s.Doubts = nil // of the study's own test samples
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
	}
	return sum, nil
}
