package losses

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// Read merges the tables in all files that match the patterns, which are as
// for [filepath.Glob]; a pattern without wildcards is a path. A file is read
// once however many patterns match it. A column that only some of the files
// have is dropped, except for correct: there the files must agree. Of Meta
// remains what all files agree on.
func Read(patterns ...string) (*Table, error) {
	paths, err := Files(patterns...)
	if err != nil {
		return nil, err
	}
	in := newInterner()
	merged := &Table{}
	for _, path := range paths {
		for t, err := range batches(path, in) {
			if err != nil {
				return nil, err
			}
			if merged.Len() == 0 {
				merged = t
				continue
			}
			merged.complete(t)
			t.complete(merged)
			if (merged.Correct == nil) != (t.Correct == nil) {
				return nil, &FileError{Path: path, Column: colCorrect, Reason: "is present in some of the files only; give it everywhere or nowhere"}
			}
			merged.Meta = merged.Meta.common(t.Meta)
			merged.append(t)
		}
	}
	if merged.Len() == 0 {
		return nil, &FileError{Path: strings.Join(paths, ", "), Reason: "no rows"}
	}
	if err := merged.duplicates(); err != nil {
		return nil, fmt.Errorf("read %s: %w", strings.Join(patterns, ", "), err)
	}
	return merged, nil
}

// ReadFile reads one file.
func ReadFile(path string) (*Table, error) {
	t := &Table{}
	for b, err := range Batches(path) {
		if err != nil {
			return nil, err
		}
		if t.Len() == 0 {
			t = b
			continue
		}
		t.append(b)
	}
	if err := t.duplicates(); err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	return t, nil
}

// Files returns the paths that match the patterns, sorted, each once.
func Files(patterns ...string) ([]string, error) {
	var paths []string
	for _, p := range patterns {
		if _, err := os.Stat(p); err == nil {
			paths = append(paths, p)
			continue
		}
		found, err := filelimit.Glob(p)
		if err != nil {
			return nil, fmt.Errorf("read losses: pattern %q: %w", p, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%w %q", ErrNoFile, p)
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// Batches yields the rows of a file in pieces of about a million, so that a
// large file need not be in memory at once. It does not look for rows that
// occur twice. Iteration ends after the first error.
func Batches(path string) iter.Seq2[*Table, error] { return batches(path, newInterner()) }

func batches(path string, in *interner) iter.Seq2[*Table, error] {
	return func(yield func(*Table, error) bool) {
		f, kind, err := open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		pieces := textBatches
		if kind == kindParquet {
			pieces = parquetBatches
		}
		for t, err := range pieces(path, f, in) {
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// fileKind is what a file of losses is.
type fileKind int

const (
	kindText fileKind = iota
	kindParquet
)

// open opens a file of losses and tells its kind.
func open(path string) (*os.File, fileKind, error) {
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("read losses: %w", err)
	}
	kind, err := kindOf(path, f)
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, kind, nil
}

func kindOf(path string, f *os.File) (fileKind, error) {
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return 0, &FileError{Path: path, Reason: "is a folder; name files, for instance " + filepath.Join(path, "*.parquet")}
	}
	head, err := filekind.Head(f)
	if err != nil {
		return 0, fmt.Errorf("read losses: %w", err)
	}
	switch what := filekind.Of(head); {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return kindParquet, nil
	case what != "":
		return 0, &FileError{Path: path, Reason: "is " + what}
	case !filekind.IsText(head):
		return 0, &FileError{Path: path, Reason: "is neither text nor Parquet"}
	}
	return kindText, nil
}

func parquetBatches(path string, f *os.File, in *interner) iter.Seq2[*Table, error] {
	return func(yield func(*Table, error) bool) {
		p, err := guard(path, func() (*parquetFile, error) { return openParquet(path, f, in) })
		if err != nil {
			yield(nil, err)
			return
		}
		first := int64(0)
		for _, rg := range p.file.RowGroups() {
			t, err := guard(path, func() (*Table, error) { return p.rowGroup(rg, first) })
			if !yield(t, err) || err != nil {
				return
			}
			first += rg.NumRows()
		}
	}
}

// guard turns a panic of the Parquet library, which damaged files can cause,
// into an error of the file.
func guard[T any](path string, f func() (T, error)) (T, error) {
	v, err := parquetfile.Guard(f)
	if own := new(FileError); err != nil && !errors.As(err, &own) {
		err = &FileError{Path: path, Err: err}
	}
	return v, err
}

func textBatches(path string, f *os.File, in *interner) iter.Seq2[*Table, error] {
	return func(yield func(*Table, error) bool) {
		r, err := newTextReader(path, f, in)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			t := &Table{}
			err := r.read(t, rowGroupRows)
			end := errors.Is(err, io.EOF)
			if err != nil && !end {
				yield(nil, err)
				return
			}
			if t.Len() > 0 && !yield(t, nil) || end {
				return
			}
		}
	}
}

// complete adds the columns that u has and t does without because all its
// samples are of one task.
func (t *Table) complete(u *Table) {
	defer t.matchOutputs(u)
	if t.Target == nil && u.Target != nil && t.Correct != nil {
		t.Target = unknowns(t.Len())
	}
	if t.Confidence == nil && u.Confidence != nil && !t.anyClassification() {
		t.Confidence = unknowns(t.Len())
	}
	if t.Score == nil && u.Score != nil && !t.anyClassification() {
		t.Score = unknowns(t.Len())
	}
	if t.Correct == nil && u.Correct != nil && t.regression() {
		t.Correct = make([]bool, t.Len())
		if t.Label == nil && u.Label != nil {
			t.Label = make([]int32, t.Len())
			for i := range t.Label {
				t.Label[i] = LabelRegression
			}
		}
	}
}

// regression reports whether all samples are of regression.
func (t *Table) regression() bool {
	for i := range t.Len() {
		if !t.Regression(i) {
			return false
		}
	}
	return true
}

// anyClassification reports whether a sample may have one class.
func (t *Table) anyClassification() bool {
	for i := range t.Len() {
		if !t.hasTarget(i) {
			return true
		}
	}
	return false
}

// Concat joins tables, one after another, under the Meta of the first; columns
// that any of them lacks are dropped, further outputs that one lacks are NaN.
// The result may share memory with the tables.
func Concat(tables ...*Table) *Table {
	out := &Table{}
	for i, t := range tables {
		if i == 0 {
			*out = *t
			out.More = slices.Clone(t.More)
			continue
		}
		out.append(t)
	}
	return out
}

// append adds the rows of u; columns that either lacks are dropped.
func (t *Table) append(u *Table) {
	t.Correct = both(t.Correct, u.Correct)
	t.Label = both(t.Label, u.Label)
	t.Prediction = both(t.Prediction, u.Prediction)
	t.Confidence = both(t.Confidence, u.Confidence)
	t.Score = both(t.Score, u.Score)
	t.Target = both(t.Target, u.Target)
	if t.Target == nil || t.Prediction == nil {
		t.More = nil
	}
	for k := range max(len(t.More), len(u.More)) {
		if t.Target == nil || t.Prediction == nil {
			break
		}
		if k == len(t.More) {
			t.More = append(t.More, Output{unknowns(t.Len()), unknowns(t.Len())})
		}
		more := Output{unknowns(u.Len()), unknowns(u.Len())}
		if k < len(u.More) {
			more = u.More[k]
		}
		o := &t.More[k]
		o.Prediction, o.Target = append(o.Prediction, more.Prediction...), append(o.Target, more.Target...)
	}
	t.Group = both(t.Group, u.Group)
	t.Domain = append(t.Domain, u.Domain...)
	t.Seed = append(t.Seed, u.Seed...)
	t.Sample = append(t.Sample, u.Sample...)
	t.Loss = append(t.Loss, u.Loss...)
}

func both[T any](a, b []T) []T {
	if a == nil || b == nil {
		return nil
	}
	return append(a, b...)
}

// duplicates returns an error that names the first rows that occur twice.
// Rows in order, as written here, cost one pass.
func (t *Table) duplicates() error {
	type run struct {
		domain string
		seed   int64
	}
	last := map[run]SampleID{}
	sorted := true
	for i := 0; i < t.Len() && sorted; i++ {
		k := run{t.Domain[i], t.Seed[i]}
		if prev, ok := last[k]; ok && prev.Compare(t.Sample[i]) >= 0 {
			sorted = false
		}
		last[k] = t.Sample[i]
	}
	if sorted {
		return nil
	}
	return t.unique(t.order())
}
