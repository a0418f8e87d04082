package dataset

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// recordingIndex is series.index as it is read.
type recordingIndex struct {
	*seriesReader
	*study.Index
	rows               *table
	columns            []string
	file, class, group int // columns; group is -1 without one
	where              []condition
	dir                string               // of the recordings
	named              *datafile.NamedFiles // those there are, nil until a name is not that of a file
	line               map[string]int       // by recording
	out                []recordingFile
}

// indexedFiles lists the files of series.index, in its order; nil without one.
func (sr *seriesReader) indexedFiles(f study.Files) ([]recordingFile, error) {
	if sr.d.Series.Index == nil {
		return nil, nil
	}
	// The index has roles of columns of its own.
	own := newTableReader(&source{ctx: sr.ctx, study: sr.study, d: study.Domain{Columns: study.NewColumns()}})
	x := &recordingIndex{
		seriesReader: sr, Index: sr.d.Series.Index, rows: &table{tableReader: own, elsewhere: map[string]bool{}},
		dir: f.Path, line: map[string]int{},
	}
	r, err := own.openRecords(x.Path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	columns, fields, err := r.Header(nil, x.Header == nil || *x.Header)
	if err != nil {
		return nil, err
	}
	if err := x.settle(columns); err != nil {
		return nil, err
	}
	for {
		if fields == nil {
			if fields, err = r.Next(); errors.Is(err, io.EOF) {
				break
			}
		}
		if err != nil {
			return nil, err
		}
		if err := x.take(fields, r.Line()); err != nil {
			return nil, err
		}
		fields = nil
	}
	if len(x.out) == 0 && sr.bin.count == 0 {
		return nil, &Error{File: x.Path, Reason: fmt.Sprintf("no row has the values of series.index.where; the first there are: %s", sr.listed(slices.Sorted(maps.Keys(x.rows.elsewhere))))}
	}
	if err := own.finish(r.File); err != nil {
		return nil, err
	}
	sr.sources = append(sr.sources, own.sources...)
	return sr.wantedFiles(x.out), nil
}

// settle finds the columns.
func (x *recordingIndex) settle(columns []string) error {
	x.columns = columns
	var errs []error
	at := func(name, role string) int {
		j := slices.Index(columns, name)
		if j < 0 {
			errs = append(errs, &Error{File: x.Path, Column: name, Reason: fmt.Sprintf("series.index.%s names it, and the table has no such column%s", role, study.DidYouMean(name, columns))})
		}
		return j
	}
	x.file, x.class, x.group = at(x.Index.File, "file"), at(x.Class, "class"), -1
	if x.Group != "" {
		x.group = at(x.Group, "group")
	}
	for _, n := range slices.Sorted(maps.Keys(x.Where)) {
		x.where = append(x.where, condition{at(n, "where"), x.Where[n]})
	}
	return errors.Join(errs...)
}

// take adds the recording of a row.
func (x *recordingIndex) take(fields []string, line int) error {
	if fields = delimited.Fit(x.columns, fields); len(fields) != len(x.columns) {
		return &Error{File: x.Path, Line: line, Reason: fmt.Sprintf("%d fields, the table has %d columns", len(fields), len(x.columns))}
	}
	if !x.rows.matches(x.columns, x.where, fields) {
		return nil
	}
	for _, j := range []int{x.file, x.class, x.group} {
		if j >= 0 && strings.TrimSpace(fields[j]) == "" {
			return &Error{File: x.Path, Line: line, Column: x.columns[j], Reason: datafile.MissingValue}
		}
	}
	called := strings.TrimSpace(fields[x.file])
	name, err := x.find(called)
	if err != nil {
		return err
	}
	bad := func(reason string) {
		x.bin.add(&Error{File: x.Path, Line: line, Column: x.columns[x.file], Value: called, Reason: reason})
	}
	switch {
	case name == "":
		bad("no such recording in " + x.dir)
		return nil
	case x.line[name] > 0:
		bad(fmt.Sprintf("the recording is listed in line %d already", x.line[name]))
		return nil
	}
	x.line[name] = line
	rec := recordingFile{path: path.Join(x.dir, name), name: name, class: x.intern(strings.TrimSpace(fields[x.class]))}
	if x.group >= 0 {
		rec.group = x.intern(strings.TrimSpace(fields[x.group]))
	}
	x.out = append(x.out, rec)
	return nil
}

// find returns the name of the recording that the table calls so, below the folder of the data:
// by its path, without its ending, or in another folder; "" for none.
func (x *recordingIndex) find(called string) (string, error) {
	if filepath.IsLocal(called) { // a list that is sent with data leads to no other files
		if info, err := os.Stat(x.study.Path(path.Join(x.dir, called))); err == nil && !info.IsDir() {
			return path.Clean(called), nil
		}
	}
	if x.named == nil {
		kind := x.d.Series.Type
		named, _, err := datafile.FilesIn(x.dir, x.study.Path(x.dir), func(name string) bool {
			found := study.SampleType(name)
			return found != "" && found == kind || kind == "" && found != "" || found == "" && kind != "" && kind != study.CSVSamples
		})
		if err != nil {
			return "", err
		}
		x.named = &named
	}
	return x.named.Find(called), nil
}
