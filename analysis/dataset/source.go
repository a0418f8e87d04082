package dataset

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
)

// source is a domain while it is read, whatever the format of its data: what the study
// says of it, and what its reader notes and leaves out.
type source struct {
	holding
	ctx     context.Context
	began   time.Time // to read
	reader  reader    // of the format; nil for a format that there is none for
	study   *study.Study
	d       study.Domain
	bin     bin
	notes   []string
	sources []Source
	mapped  []string                 // paths of those that stay mapped
	watched map[string]*imagesInputs // folders of images, by Source.Path
	words   map[string]string        // see intern
	// order is that of the features of the first domain that has a table.
	order []string
	first bool // data itself is read, not given validation or test data
	// confidential says that samples of the domain are shown nowhere.
	confidential bool
}

// intern returns an equal string that is stored once.
func (s *source) intern(text string) string {
	if w, ok := s.words[text]; ok {
		return w
	}
	if s.words == nil {
		s.words = map[string]string{}
	}
	text = strings.Clone(text) // not a part of a whole row
	s.words[text] = text
	return text
}

// located adds the domain's name to errors that do not have it.
func (s *source) located(err error) error {
	if err = s.withholdError(err); s.confidential {
		var e *confidentialError
		if errors.As(err, &e) {
			return err
		}
	}
	var e *Error
	var b *BadSamples
	switch {
	case errors.As(err, &e):
		if e.Domain == "" {
			e.Domain = s.d.Name
		}
		return err
	case errors.As(err, &b):
		return err
	}
	return fmt.Errorf("domain %s: %w", s.d.Name, err)
}

// openFile opens a file by the path that the study has.
func (s *source) openFile(path string) (*datafile.File, error) {
	return datafile.Open(path, s.study.Path(path))
}

// openRecords opens a table and notes how it is written.
func (s *source) openRecords(path string) (*datafile.Records, error) {
	r, err := datafile.OpenRecords(path, s.study.Path(path), s.d.Columns, s.study.Limits)
	if err != nil {
		return nil, err
	}
	s.noteAllOnce(r.Notes)
	return r, nil
}

// finish reads a file to its end, closes it and records it as a source.
func (s *source) finish(f *datafile.File) error {
	sum, err := f.Finish()
	if err != nil {
		return err
	}
	s.sources = append(s.sources, Source{Path: f.Path, SHA256: sum})
	return nil
}

// noteOnce notes what holds for several files of the domain.
func (s *source) noteOnce(text string) {
	if !slices.Contains(s.notes, text) {
		s.notes = append(s.notes, text)
	}
}

func (s *source) noteAllOnce(texts []string) {
	for _, n := range texts {
		s.noteOnce(n)
	}
}

func (s *source) notef(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// passedOver notes what a reader of a folder did not read: files that are not
// what they should be, and links.
func (s *source) passedOver(dir string, loops []string, others *datafile.Passed, what string) {
	if others.Total() > 0 {
		s.notef("files in %s that are no %s are left out: %s", dir, what, s.passed(others))
	}
	if len(loops) > 0 {
		s.notef("links in %s that lead back to a folder they are in are not followed: %s", dir, s.listed(loops))
	}
}

// tablePaths expands a pattern, in sorted order.
func (s *source) tablePaths(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}, nil
	}
	found, err := s.study.Glob(pattern)
	switch {
	case errors.Is(err, filepath.ErrBadPattern):
		return nil, &Error{File: pattern, Reason: "not a pattern: " + err.Error()}
	case err != nil:
		return nil, fmt.Errorf("dataset: %s: %w", pattern, err)
	}
	if len(found) == 0 {
		reason := "no file matches; relative paths start in the folder of the study file"
		if strings.Contains(pattern, "[") {
			reason += ", and [ begins a set of characters in a pattern: [[] stands for itself"
		}
		return nil, &Error{File: pattern, Reason: reason}
	}
	if len(found) == 1 && found[0] == s.study.Path(pattern) {
		return []string{pattern}, nil
	}
	slices.Sort(found)
	for i, p := range found {
		if url, ok := s.study.Matched(pattern, p); ok {
			found[i] = url
		} else if rel, err := filepath.Rel(s.study.Path("."), p); err == nil && !filepath.IsAbs(pattern) {
			found[i] = filepath.ToSlash(rel)
		}
	}
	return found, nil
}
