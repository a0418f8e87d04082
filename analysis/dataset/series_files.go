package dataset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// recordingFile is a file of signals with the class and group that its name, its folder
// or an index gives it.
type recordingFile struct {
	path  string // as the study has it
	name  string // below the folder of the data
	class string // "" where the rows say it
	group string
}

// recordingFiles lists the files of a domain of series, with the classes that
// the index, their names or their folders give them.
func (sr *seriesReader) recordingFiles(f study.Files) ([]recordingFile, error) {
	files, err := sr.indexedFiles(f)
	if err != nil || files != nil {
		return files, err
	}
	if files, err = sr.namedFiles(f.Path); err != nil {
		return nil, err
	}
	classOf := func(n string) (string, *Error) { return "", nil }
	columns := sr.d.Columns != nil && (sr.d.Columns.Label != "" || len(sr.d.Columns.Targets) > 0)
	switch s := sr.d.Series; {
	case s.Class != "":
		if classOf, err = matcher(f.Path, "series.class", s.Class); err != nil {
			return nil, err
		}
	case !columns:
		classOf = func(n string) (string, *Error) {
			class, _, ok := strings.Cut(n, "/")
			if !ok {
				return "", &Error{File: f.Path, Member: n, Reason: "nothing says the class of this file: put files into class folders, or set series.class, series.index or columns.label"}
			}
			return class, nil
		}
	}
	groupOf, err := sr.grouper(f.Path)
	if err != nil {
		return nil, err
	}
	var out []recordingFile
	for _, r := range files {
		var bad *Error
		r.class, bad = classOf(r.name)
		if sr.d.Series.Class != "" && bad == nil && r.class == "" {
			bad = &Error{File: f.Path, Member: r.name, Reason: "series.class finds an empty class in the name"}
		}
		if bad == nil {
			r.group, bad = groupOf(r.name)
		}
		if bad != nil {
			sr.bin.add(bad)
			continue
		}
		out = append(out, r)
	}
	return sr.wantedFiles(out), nil
}

// wantedFiles leaves out files of classes that the study does not list, and
// names the groups where they are the files.
func (sr *seriesReader) wantedFiles(files []recordingFile) []recordingFile {
	if c := sr.d.Task.Classes; len(c) > 0 {
		files = slices.DeleteFunc(files, func(r recordingFile) bool { return r.class != "" && !slices.Contains(c, r.class) })
	}
	for i := range files {
		columns := sr.d.Columns != nil && sr.d.Columns.Group != ""
		if sr.d.Split.By == study.ByGroup && files[i].group == "" && !columns {
			files[i].group = files[i].name
		}
	}
	return files
}

// matcher returns the function that takes the first submatch of an expression
// on a file's name.
func matcher(dir, key, expr string) (func(string) (string, *Error), error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return func(n string) (string, *Error) {
		m := re.FindStringSubmatch(n)
		if len(m) < 2 {
			return "", &Error{File: dir, Member: n, Reason: fmt.Sprintf("the name does not match %s %s", key, expr)}
		}
		return m[1], nil
	}, nil
}

// namedFiles lists the files of a folder or pattern, sorted.
func (sr *seriesReader) namedFiles(dir string) ([]recordingFile, error) {
	info, err := os.Stat(sr.study.Path(dir))
	if err == nil && info.IsDir() {
		return sr.folderFiles(dir)
	}
	if err != nil && !strings.ContainsAny(dir, "*?[") {
		return nil, datafile.MissingFile(dir, err)
	}
	paths, err := sr.tablePaths(dir)
	if err != nil {
		return nil, err
	}
	base := dir
	for strings.ContainsAny(base, "*?[") || base == dir {
		base = path.Dir(base)
	}
	var out []recordingFile
	for _, p := range paths {
		n := strings.TrimPrefix(strings.TrimPrefix(p, base), "/")
		out = append(out, recordingFile{path: p, name: n})
	}
	return out, nil
}

// folderFiles lists the signals in a folder and those below it.
func (sr *seriesReader) folderFiles(dir string) ([]recordingFile, error) {
	kind := sr.d.Series.Type
	var out []recordingFile
	others := datafile.NewPassed()
	loops, err := datafile.Walk(sr.study.Path(dir), func(n string, e fs.DirEntry) error {
		found := study.SampleType(n)
		switch {
		case datafile.Hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case datafile.Hidden(e.Name()) || e.IsDir():
		case found == kind && kind != "", found != "" && kind == "",
			found == "" && kind != "" && kind != study.CSVSamples && !slices.Contains(besides, strings.ToLower(path.Ext(n))):
			out = append(out, recordingFile{path: path.Join(dir, n), name: n})
		default:
			others.Add(n)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	sr.passedOver(dir, loops, others, "signals")
	if len(out) == 0 {
		return nil, &Error{File: dir, Reason: "no files of signals in this folder; where the ending does not tell how samples are stored, set series.type"}
	}
	slices.SortFunc(out, func(a, b recordingFile) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// indexedFiles lists the files of series.index, in its order; nil without one.
func (sr *seriesReader) indexedFiles(f study.Files) ([]recordingFile, error) {
	x := sr.d.Series.Index
	if x == nil {
		return nil, nil
	}
	// The index has roles of columns of its own.
	t := &table{tableReader: newTableReader(&source{ctx: sr.ctx, study: sr.study, d: study.Domain{Columns: study.NewColumns()}}), elsewhere: map[string]bool{}}
	r, err := t.openRecords(x.Path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	columns, _, err := r.Header(nil, true)
	if err != nil {
		return nil, err
	}
	at := func(name, role string) (int, error) {
		j := slices.Index(columns, name)
		if j < 0 {
			return j, &Error{File: x.Path, Column: name, Reason: fmt.Sprintf("series.index.%s names it, and the table has no such column%s", role, study.DidYouMean(name, columns))}
		}
		return j, nil
	}
	file, err1 := at(x.File, "file")
	class, err2 := at(x.Class, "class")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	group := -1
	if x.Group != "" {
		if group, err = at(x.Group, "group"); err != nil {
			return nil, err
		}
	}
	var where []condition
	for _, n := range slices.Sorted(maps.Keys(x.Where)) {
		j, err := at(n, "where")
		if err != nil {
			return nil, err
		}
		where = append(where, condition{j, x.Where[n]})
	}
	var out []recordingFile
	for {
		fields, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if fields = delimited.Fit(columns, fields); len(fields) != len(columns) {
			return nil, &Error{File: x.Path, Line: r.Line(), Reason: fmt.Sprintf("%d fields, the table has %d columns", len(fields), len(columns))}
		}
		if !t.matches(columns, where, fields) {
			continue
		}
		rec := recordingFile{name: strings.TrimSpace(fields[file]), class: sr.intern(strings.TrimSpace(fields[class]))}
		for _, j := range []int{file, class, group} {
			if j >= 0 && strings.TrimSpace(fields[j]) == "" {
				return nil, &Error{File: x.Path, Line: r.Line(), Column: columns[j], Reason: "missing value"}
			}
		}
		if group >= 0 {
			rec.group = sr.intern(strings.TrimSpace(fields[group]))
		}
		rec.path = path.Join(f.Path, rec.name)
		out = append(out, rec)
	}
	if len(out) == 0 {
		return nil, &Error{File: x.Path, Reason: fmt.Sprintf("no row has the values of series.index.where; the first there are: %s", sr.listed(slices.Sorted(maps.Keys(t.elsewhere))))}
	}
	if err := t.finish(r.File); err != nil {
		return nil, err
	}
	sr.sources = append(sr.sources, t.sources...)
	return sr.wantedFiles(out), nil
}
