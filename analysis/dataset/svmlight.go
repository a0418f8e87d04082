package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// svmlightReader reads sparse samples.
type svmlightReader struct {
	*source
	width      int      // numbers of a sample, by the largest index
	labelNames []string // of a multilabel task
}

// read reads the files of sparse samples that f names. A line is a
// label, pairs of a feature's number and its value in ascending order, and
// perhaps a comment behind '#'. A pair qid:n gives the group.
func (r *svmlightReader) read(f study.Files) (*store, error) {
	paths, err := r.tablePaths(f.Path)
	if err != nil {
		return nil, err
	}
	s := &svmlightRows{svmlightReader: r, st: &store{origin: &origins{}}, pairs: newSpool[pair](1, r.budget), starts: []int{0}}
	for _, p := range paths {
		if err := s.file(p); err != nil {
			return nil, err
		}
	}
	if err := s.groups(f.Path); err != nil {
		return nil, err
	}
	if r.d.Task.Kind == study.Multilabel {
		if s.labels(); len(s.labelNames) == 0 {
			return nil, &Error{File: f.Path, Reason: "no line has a label, and several are to be told"}
		}
	}
	kept, err := s.pairs.finish()
	if err != nil {
		return nil, err
	}
	s.st.values = &sparseRows{starts: s.starts, pairs: kept}
	s.st.shape = []int{r.width}
	return s.st, nil
}

// svmlightRows reads the lines of a domain's files into a store.
type svmlightRows struct {
	*svmlightReader
	st        *store
	pairs     *spool[pair]
	starts    []int // of rows among pairs, and the end
	row       []pair
	lines     int64
	sets      [][]string // multilabel: the labels of each row
	ungrouped int        // rows without a group
}

func (s *svmlightRows) file(path string) error {
	f, err := s.openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Text(); err != nil {
		return err
	}
	s.st.origin.file(path + ":")
	r, err := delimited.NewLines(f.Reader, "", s.study.Limits)
	if err != nil {
		return f.Broken(err)
	}
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s.finish(f)
		}
		if bad := new(delimited.RowError); errors.As(err, &bad) {
			s.lines++
			s.bin.add(&Error{File: path, Line: bad.Line, Reason: bad.Reason})
			continue
		}
		if err != nil {
			return f.Broken(err)
		}
		line, _, _ = bytes.Cut(line, []byte("#"))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		id := s.lines
		s.lines++
		if e := s.sample(line); e != nil {
			e.File, e.Line = path, r.Number()
			s.bin.add(e)
			continue
		}
		if err := s.pairs.add(s.row); err != nil {
			return err
		}
		s.starts = append(s.starts, s.pairs.count)
		s.st.id = append(s.st.id, id)
		s.st.part = append(s.st.part, undecided)
		s.st.origin.add(r.Number())
		if s.lines%4096 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
	}
}

// sample reads a line without its comment: its pairs into s.row, the rest into
// the store. After an error the store is as it was.
func (s *svmlightRows) sample(line []byte) *Error {
	label, rest := datafile.NextWord(line)
	if bytes.IndexByte(label, ':') >= 0 {
		label, rest = nil, line
	}
	s.row = s.row[:0]
	group, last := "", -1
	for {
		var word []byte
		if word, rest = datafile.NextWord(rest); len(word) == 0 {
			break
		}
		before, after, ok := bytes.Cut(word, []byte(":"))
		if !ok {
			return &Error{Value: string(word), Reason: "not a pair INDEX:VALUE"}
		}
		if string(before) == "qid" {
			group = s.intern(string(after))
			continue
		}
		index, e := s.index(before)
		if e != nil {
			return e
		}
		if index <= last {
			return &Error{Value: string(word), Reason: fmt.Sprintf("indices must ascend, and %d stands before it", last+s.base())}
		}
		last = index
		v, reason := datafile.Finite(string(after))
		if reason != "" {
			return &Error{Value: string(word), Reason: "the value is " + reason}
		}
		if v := float32(v); v != 0 {
			s.row = append(s.row, pair{int32(index), v})
		}
	}
	if e := s.label(string(label)); e != nil {
		return e
	}
	s.width = max(s.width, last+1)
	s.st.group = append(s.st.group, group)
	if group == "" {
		s.ungrouped++
	}
	return nil
}

func (s *svmlightRows) base() int {
	if s.d.Svmlight.ZeroBased {
		return 0
	}
	return 1
}

// index reads the number of a feature; the result counts from 0.
func (s *svmlightRows) index(text []byte) (int, *Error) {
	n, err := strconv.ParseUint(string(text), 10, 31)
	index := int(n) - s.base()
	limit := s.d.Svmlight.Features
	switch {
	case err != nil:
		return 0, &Error{Value: string(text), Reason: "an index is a whole number"}
	case index < 0:
		return 0, &Error{Value: string(text), Reason: "indices count from 1; where they count from 0 set svmlight.zero_based: true"}
	case limit > 0 && index >= limit:
		return 0, &Error{Value: string(text), Reason: fmt.Sprintf("an index beyond the %d features that svmlight.features states", limit)}
	case index >= study.MaxFeatures:
		return 0, &Error{Value: string(text), Reason: fmt.Sprintf("an index beyond %d: minibatches are dense; choose or hash features first", study.MaxFeatures)}
	}
	return index, nil
}

// label stores what a line begins with, by the kind of the task.
func (s *svmlightRows) label(text string) *Error {
	switch s.d.Task.Kind {
	case study.Multilabel:
		var set []string
		for name := range strings.SplitSeq(text, ",") {
			if name = strings.TrimSpace(name); name != "" {
				set = append(set, s.intern(datafile.ClassName(name)))
			}
		}
		s.sets = append(s.sets, set)
		return nil
	case study.Regression:
		v, reason := datafile.Finite(text)
		if reason != "" {
			return &Error{Value: text, Reason: "a line begins with the number to predict; this is " + reason}
		}
		s.st.target, s.st.targetNames = append(s.st.target, v), []string{"target"}
		return nil
	}
	switch {
	case text == "":
		return &Error{Reason: "a line begins with its class, and this one has none"}
	case strings.Contains(text, ","):
		return &Error{Value: text, Reason: "several classes; set task.kind: multilabel"}
	}
	s.st.class = append(s.st.class, s.intern(datafile.ClassName(text)))
	return nil
}

// groups makes sure that every line has a group, or none has.
func (s *svmlightRows) groups(path string) error {
	switch {
	case s.ungrouped == s.st.rows():
		s.st.group = nil
		if s.d.Split.By == study.ByGroup && s.st.rows() > 0 {
			return &Error{File: path, Reason: "splitting by group takes the group from qid:NUMBER, and no line has it"}
		}
	case s.ungrouped > 0:
		return &Error{File: path, Reason: fmt.Sprintf("%d of %d lines have no qid and the others have", s.ungrouped, s.st.rows())}
	}
	return nil
}

// labels makes targets of 0 and 1 of the rows' sets of labels. The labels are
// those of the domain's data; given validation and test data may have fewer.
func (s *svmlightRows) labels() {
	st := s.st
	if s.labelNames == nil {
		for _, set := range s.sets {
			s.labelNames = append(s.labelNames, set...)
		}
		datafile.SortClasses(s.labelNames)
		s.labelNames = slices.Compact(s.labelNames)
	}
	at := map[string]int{}
	for k, n := range s.labelNames {
		at[n] = k
	}
	var unknown []string
	st.targetNames = s.labelNames
	st.target = make([]float64, st.rows()*len(at))
	for row, set := range s.sets {
		for _, n := range set {
			if k, ok := at[n]; ok {
				st.target[row*len(at)+k] = 1
			} else {
				unknown = append(unknown, n)
			}
		}
	}
	if len(unknown) > 0 {
		datafile.SortClasses(unknown)
		unknown = slices.Compact(unknown)
		s.notef("labels that the training data lack are left out: %s", datafile.List(unknown))
	}
}

// unifyWidths gives sparse samples of all domains the largest width of any, or
// the one that the study states.
func unifyWidths(parts []*assembly) {
	width := 0
	for _, p := range parts {
		if p.d.Svmlight != nil {
			width = max(width, p.store.shape[0])
		}
	}
	for _, p := range parts {
		if s := p.d.Svmlight; s != nil {
			p.store.shape = []int{max(width, s.Features)}
			p.domain.Shape = p.store.shape
		}
	}
}
