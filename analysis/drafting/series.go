package drafting

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// scanWindow is the length of windows in a draft.
const scanWindow = 1024

// signalFolders takes a folder whose folders hold recordings, one folder per
// class, for a domain.
func (s *scanner) signalFolders(dir string, folders []string) *find {
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.SeriesFormat}
	tables := s.tablesOfClasses(dir, folders)
	recordings, others := 0, datafile.NewPassed()
	var without []string
	shortest, least := "", int64(0) // the smallest file
	for _, sub := range folders {
		entries, err := datafile.EntriesOf(filepath.Join(dir, sub))
		if err != nil {
			s.pass(filepath.Join(dir, sub), "%s", s.unreadable(err))
			continue
		}
		n := 0
		for _, e := range entries {
			kind := study.SampleType(e.Name())
			switch {
			case e.IsDir() || datafile.Hidden(e.Name()):
			case kind == "" || (kind == study.CSVSamples) != (tables != nil):
				others.Add(sub + "/" + e.Name())
			default:
				n++
				if info, err := e.Info(); err == nil && (shortest == "" || info.Size() < least) {
					shortest, least = filepath.Join(dir, sub, e.Name()), info.Size()
				}
			}
		}
		if recordings += n; n > 0 {
			f.classes = append(f.classes, sub)
		} else {
			without = append(without, sub)
		}
	}
	if len(f.classes) < 2 {
		return nil
	}
	if tables == nil {
		s.listen(f, shortest, study.SampleType(shortest))
	} else if !s.readMoments(f, tables[0], shortest) {
		return nil
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d recordings in %d class folders", recordings, len(f.classes))
	f.folders, f.classes = f.classes, nil
	if others.Total() > 0 {
		f.notes = append(f.notes, fmt.Sprintf("files in class folders that are no recordings are left out: %s", others))
	}
	if len(without) > 0 {
		f.notes = append(f.notes, "folders without recordings are left out: "+datafile.List(without))
	}
	return f
}

// listen takes the number of channels, the rate and the length from a recording; raw
// samples are taken for one channel.
func (s *scanner) listen(f *find, path, kind string) {
	f.c = 1
	if kind != study.WAV {
		return
	}
	in, err := datafile.Open(path, path)
	if err != nil {
		_ = s.unreadable(err)
		return
	}
	defer in.Close()
	w, err := datafile.WAVHeader(in)
	if err != nil {
		_ = s.unreadable(err)
	} else {
		f.c, f.rate = w.Channels, w.Rate
		if frame := w.Channels * w.Width; frame > 0 {
			f.length = max(0, int(w.Size)/frame)
		}
	}
}

// tablesOfClasses looks whether tables below a folder are recordings of classes, a row
// for each moment: its folders have the names of those of a folder beside it, one of these
// is a condition, and the first table of each is of moments. It returns what was found of these
// tables, nil where they are no such recordings.
func (s *scanner) tablesOfClasses(dir string, folders []string) []*find {
	if dir == s.root || !slices.ContainsFunc(folders, isCondition) {
		return nil
	}
	var first []string
	shared := 0
	for _, sub := range folders {
		p := s.firstTable(filepath.Join(dir, sub))
		if p == "" {
			continue
		}
		first = append(first, p)
		if s.isBeside(dir, sub) {
			shared++
		}
	}
	if shared < 2 {
		return nil
	}
	return s.tablesOfMoments(first)
}

// tablesOfMoments probes tables that may be recordings: they have the same columns, all of
// numbers and none that is called a class. It is nil where they are none.
func (s *scanner) tablesOfMoments(paths []string) []*find {
	var tables []*find
	for _, p := range paths {
		f, err := s.probeTable(p)
		if err != nil {
			_ = s.unreadable(err)
			return nil
		}
		if len(tables) > 0 && !slices.Equal(f.names, tables[0].names) {
			return nil
		}
		for j, n := range f.names {
			axis := strings.EqualFold(n, "y") && slices.ContainsFunc(f.names, func(n string) bool { return strings.EqualFold(n, "x") })
			if _, numeric, _ := f.guess.column(j); !numeric || labelName.MatchString(n) && !axis {
				return nil
			}
		}
		f.paths = []string{p}
		tables = append(tables, f)
	}
	return tables
}

// classOfFile is a pattern for the class in the name of a file: what stands before its number.
const classOfFile = `^([^0-9.]*[^-_. 0-9])[-_. 0-9]*\.`

var fileClass = regexp.MustCompile(classOfFile)

// isMoments reports whether a file may be a table with a row for each moment.
func isMoments(name string) bool { return study.SampleType(name) == study.CSVSamples }

// classesOfFiles lists files of a kind in a folder by the classes that begin their names, nil
// where one of them has none.
func (s *scanner) classesOfFiles(dir string, kind func(name string) bool) map[string][]fs.DirEntry {
	out := map[string][]fs.DirEntry{}
	for _, e := range s.entriesOf(dir) {
		if e.IsDir() || datafile.Hidden(e.Name()) || !kind(e.Name()) {
			continue
		}
		m := fileClass.FindStringSubmatch(e.Name())
		if m == nil {
			return nil
		}
		out[m[1]] = append(out[m[1]], e)
	}
	return out
}

// namedSignals takes tables of a folder for recordings whose classes begin their names, as in
// worn_01.csv: a folder beside it has the same classes, and one of them is a condition. It returns the
// files that are left.
func (s *scanner) namedSignals(dir string, files []string) []string {
	classes := s.classesOfFiles(dir, isMoments)
	if dir == s.root || len(classes) < 2 || !slices.ContainsFunc(slices.Collect(maps.Keys(classes)), isCondition) || !s.classesBeside(dir, classes) {
		return files
	}
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.SeriesFormat, classBy: classOfFile}
	var first []string
	taken := map[string]bool{}
	shortest, least := "", int64(0)
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		first = append(first, filepath.Join(dir, classes[class][0].Name()))
		for _, e := range classes[class] {
			taken[e.Name()] = true
			if info, err := e.Info(); err == nil && (shortest == "" || info.Size() < least) {
				shortest, least = filepath.Join(dir, e.Name()), info.Size()
			}
		}
	}
	tables := s.tablesOfMoments(first)
	if tables == nil || !s.readMoments(f, tables[0], shortest) {
		return files
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d recordings of %d classes", len(taken), len(classes))
	f.notes = append(f.notes, "names of files begin with their classes (series.class)")
	s.finds = append(s.finds, f)
	return slices.DeleteFunc(files, func(name string) bool { return taken[name] })
}

// classesBeside reports whether the tables of a folder beside dir have two of the classes.
func (s *scanner) classesBeside(dir string, classes map[string][]fs.DirEntry) bool {
	return slices.ContainsFunc(s.entriesOf(filepath.Dir(dir)), func(e fs.DirEntry) bool {
		shared := 0
		if e.IsDir() && e.Name() != filepath.Base(dir) {
			for class := range s.classesOfFiles(filepath.Join(filepath.Dir(dir), e.Name()), isMoments) {
				if len(classes[class]) > 0 {
					shared++
				}
			}
		}
		return shared >= 2
	})
}

// isBeside reports whether a folder of this name, with tables, is in a folder beside dir.
func (s *scanner) isBeside(dir, name string) bool {
	return slices.ContainsFunc(s.entriesOf(filepath.Dir(dir)), func(e fs.DirEntry) bool {
		return e.IsDir() && e.Name() != filepath.Base(dir) && s.firstTable(filepath.Join(filepath.Dir(dir), e.Name(), name)) != ""
	})
}

// firstTable is the path of the first table with a row for each moment in a folder, "" for none.
func (s *scanner) firstTable(dir string) string {
	for _, e := range s.entriesOf(dir) {
		if !e.IsDir() && !datafile.Hidden(e.Name()) && isMoments(e.Name()) {
			return filepath.Join(dir, e.Name())
		}
	}
	return ""
}

// readMoments takes the channels from a table, and the length from the shortest one. It
// reports whether there are any.
func (s *scanner) readMoments(f, table *find, shortest string) bool {
	f.columns, f.names = table.columns, table.names
	f.columns.Label, f.columns.Targets, f.columns.Categorical, f.columns.Group = "", nil, nil, ""
	f.c = len(f.names) - len(f.columns.Ignore)
	for _, n := range f.columns.Ignore {
		f.notes = append(f.notes, fmt.Sprintf("column %q counts the rows and is left out", n))
	}
	short := *table
	short.paths = []string{shortest}
	if err := short.eachRow(func([]string) { f.length++ }); err != nil {
		_ = s.unreadable(err)
		return false
	}
	return f.c > 0 && windowOf(f.length) > 0
}

// windowOf is the length of windows that recordings of a length are cut into, 0 where they are
// too short for any.
func windowOf(length int) int {
	const several, least = 8, 16 // windows of a recording, and samples of a window
	window := scanWindow
	for window*several > length {
		window /= 2
	}
	if window < least {
		return 0
	}
	return window
}

// writeWindow states the common windows. Where rates differ, all are brought
// to the lowest.
func (s *scanner) writeWindow(found []*find) {
	in := &s.draft.Study.Input
	in.Kind = study.SeriesInput
	in.Series = &study.Window{Length: scanWindow, Channels: found[0].c}
	low := found[0].rate
	for _, f := range found {
		low = min(low, f.rate)
		if w := windowOf(f.length); w > 0 && f.length > 0 {
			in.Series.Length = min(in.Series.Length, w)
		}
	}
	s.draft.Found = append(s.draft.Found, fmt.Sprintf("recordings are cut into windows of %d samples; see input.series", in.Series.Length))
	for _, f := range found {
		if f.rate != found[0].rate && low > 0 {
			in.Series.Rate = low
		}
	}
	if in.Series.Rate > 0 {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("recordings are resampled to %g samples per second", low))
	}
}
