package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

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

// folderFiles lists the signals in a folder and those below it. Where series.type does not
// say what they are, tables beside recordings of samples only describe these; where it does, files
// whose endings say nothing are taken if no others are there.
func (sr *seriesReader) folderFiles(dir string) ([]recordingFile, error) {
	wanted := sr.d.Series.Type
	var samples, tables, unsaid []recordingFile
	others := datafile.NewPassed()
	loops, err := datafile.Walk(sr.study.Path(dir), func(n string, e fs.DirEntry) error {
		r := recordingFile{path: path.Join(dir, n), name: n}
		switch kind := study.SampleType(n); {
		case datafile.Hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case datafile.Hidden(e.Name()) || e.IsDir():
		case kind == study.CSVSamples && (wanted == "" || wanted == kind):
			tables = append(tables, r)
		case kind != "" && (wanted == "" || wanted == kind):
			samples = append(samples, r)
		case kind == "" && wanted != "" && wanted != study.CSVSamples && !slices.Contains(besides, strings.ToLower(path.Ext(n))):
			unsaid = append(unsaid, r)
		default:
			others.Add(n)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	var out []recordingFile
	for _, list := range [][]recordingFile{samples, tables, unsaid} {
		if len(out) == 0 {
			out = list
			continue
		}
		for _, r := range list {
			others.Add(r.name)
		}
	}
	sr.passedOver(dir, loops, others, "signals")
	if len(out) == 0 {
		return nil, &Error{File: dir, Reason: "no files of signals in this folder; where the ending does not tell how samples are stored, set series.type"}
	}
	slices.SortFunc(out, func(a, b recordingFile) int { return strings.Compare(a.name, b.name) })
	return out, nil
}
