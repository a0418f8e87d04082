package drafting

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
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
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.SeriesFormat, each: map[string]int{}}
	tables := s.tablesOfClasses(dir, folders)
	recordings, others := 0, datafile.NewPassed()
	var without, paths []string
	if among, _ := s.namedAlike(dir, folders, isSamples); among != nil || s.listed(listedRecordings, dir, folders) {
		return nil
	}
	labelled := f.withoutUnlabelled(folders)
	for _, sub := range labelled {
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
				paths = append(paths, filepath.Join(dir, sub, e.Name()))
			}
		}
		if recordings += n; n > 0 {
			f.classes = append(f.classes, sub)
			f.each[sub] = n
		} else {
			without = append(without, sub)
		}
	}
	if len(f.classes) < 2 || areParts(f.classes) {
		return nil
	}
	shortest := s.smallest(paths)
	if tables == nil {
		s.listen(f, shortest, study.SampleType(shortest))
	} else if !s.readMoments(f, tables[0], shortest) {
		return nil
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d recordings in %d class folders", recordings, len(f.classes))
	if f.folders = f.classes; len(labelled) == len(folders) {
		f.classes = nil // all there are
	}
	if others.Total() > 0 {
		f.notes = append(f.notes, fmt.Sprintf("files in class folders that are no recordings are left out: %s", others))
	}
	if len(without) > 0 {
		f.notes = append(f.notes, "folders without recordings are left out: "+datafile.List(without))
	}
	return f
}

// smallest is the smallest of some files.
func (s *scanner) smallest(paths []string) string {
	shortest, least := "", int64(0)
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			s.heed(err)
		} else if shortest == "" || info.Size() < least {
			shortest, least = p, info.Size()
		}
	}
	return shortest
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
		s.heed(err)
		return
	}
	defer in.Close()
	w, err := datafile.WAVHeader(in)
	if err != nil {
		s.heed(err)
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
			s.heed(err)
			return nil
		}
		if len(tables) > 0 && !slices.Equal(f.names, tables[0].names) {
			return nil
		}
		for j, n := range f.names {
			axis := strings.EqualFold(n, "y") && slices.ContainsFunc(f.names, func(n string) bool { return strings.EqualFold(n, "x") })
			if !f.guess.column(j).numeric || isClassName(n) && !axis {
				return nil
			}
		}
		f.paths = []string{p}
		tables = append(tables, f)
	}
	return tables
}

// isMoments reports whether a file may be a table with a row for each moment.
func isMoments(name string) bool { return study.SampleType(name) == study.CSVSamples }

// isSamples reports whether a file is a recording by its name, and no table.
func isSamples(name string) bool { return study.SampleType(name) != "" && !isMoments(name) }

// namedSignals takes recordings of a folder whose names say their classes, see [classesOfNames],
// for a domain: a folder beside it has the same classes. They are in the folder, or in folders of it
// for training and testing of which some have one class only. It returns the files that are left.
func (s *scanner) namedSignals(dir string, files []string, folders *[]string) []string {
	if dir == s.root {
		return files
	}
	for _, tables := range []bool{true, false} {
		kind := isSamples
		if tables {
			kind = isMoments
		}
		names := s.recordingsIn(dir, kind)
		pattern, classes := classesOfNames(names)
		if len(classes) < 2 || !s.classesBeside(dir, kind, classes) {
			continue
		}
		f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.SeriesFormat, classBy: pattern, each: map[string]int{}}
		f.data = &study.Files{Path: f.rel}
		f.what = fmt.Sprintf("%d recordings of %d classes", len(names), len(classes))
		f.notes = append(f.notes, "names of files say their classes (series.class)")
		var paths, first []string
		taken, among := map[string]bool{}, map[string]bool{}
		for _, class := range slices.Sorted(maps.Keys(classes)) {
			f.each[class] = len(classes[class])
			first = append(first, filepath.Join(dir, classes[class][0]))
			for _, name := range classes[class] {
				taken[name] = true
				among[path.Dir(name)] = true
				paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
			}
		}
		shortest := s.smallest(paths)
		if !tables {
			s.listen(f, shortest, study.SampleType(shortest))
		} else if looked := s.tablesOfMoments(first); looked == nil || !s.readMoments(f, looked[0], shortest) {
			continue
		}
		if !among["."] {
			f.notes = append(f.notes, fmt.Sprintf("folders %s are read together, since not all of them have every class", datafile.List(slices.Sorted(maps.Keys(among)))))
		}
		s.finds = append(s.finds, f)
		*folders = slices.DeleteFunc(*folders, func(sub string) bool { return among[sub] })
		files = slices.DeleteFunc(files, func(name string) bool { return taken[name] })
	}
	return files
}

// recordingsIn lists the recordings of a kind in a folder by their names; where it has none,
// those in folders of it for training and testing, if one of these has recordings of one class only.
func (s *scanner) recordingsIn(dir string, kind func(string) bool) []string {
	var parts, all []string
	one := false
	names := s.namesIn(dir, kind)
	if len(names) > 0 {
		return names
	}
	for _, e := range s.entriesOf(dir) {
		if e.IsDir() && isPart(e.Name()) {
			parts = append(parts, e.Name())
		}
	}
	for _, part := range parts {
		names := s.namesIn(filepath.Join(dir, part), kind)
		_, classes := classesOfNames(names)
		one = one || len(classes) == 1
		for _, name := range names {
			all = append(all, part+"/"+name)
		}
	}
	if !one {
		return nil
	}
	return all
}

// namesIn lists the files of a kind in a folder.
func (s *scanner) namesIn(dir string, kind func(string) bool) (names []string) {
	for _, e := range s.entriesOf(dir) {
		if !e.IsDir() && !datafile.Hidden(e.Name()) && kind(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// classesBeside reports whether a folder beside dir has recordings of two of the classes.
func (s *scanner) classesBeside(dir string, kind func(string) bool, classes map[string][]string) bool {
	return slices.ContainsFunc(s.beside(dir), func(other string) bool {
		shared := 0
		_, others := classesOfNames(s.recordingsIn(other, kind))
		for class := range others {
			if len(classes[class]) > 0 {
				shared++
			}
		}
		return shared >= 2
	})
}

// isBeside reports whether a folder of this name, with tables, is in a folder beside dir.
func (s *scanner) isBeside(dir, name string) bool {
	return slices.ContainsFunc(s.beside(dir), func(other string) bool { return s.firstTable(filepath.Join(other, name)) != "" })
}

// firstTable is the path of the first table with a row for each moment in a folder, "" for none.
func (s *scanner) firstTable(dir string) string {
	if names := s.namesIn(dir, isMoments); len(names) > 0 {
		return filepath.Join(dir, names[0])
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
		s.heed(err)
		return false
	}
	return f.c > 0 && windowOf(f.length) > 0
}

// several reports whether each class has recordings enough for some of them to be kept for
// testing as a whole, whose windows resemble each other; or a column of their list names groups.
func (f *find) several() bool {
	const least = 5
	if f.index != nil && f.index.Group != "" {
		return true
	}
	for _, n := range f.each {
		if n < least {
			return false
		}
	}
	return len(f.each) > 0
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
	if !slices.ContainsFunc(found, func(f *find) bool { return !f.several() }) {
		s.draft.Defaults.Split.By = study.ByGroup
		s.draft.Found = append(s.draft.Found, "testing is on recordings that training has not seen (split.by: group), since there are several of each class")
	}
	for _, f := range found {
		if f.rate != found[0].rate && low > 0 {
			in.Series.Rate = low
		}
	}
	if in.Series.Rate > 0 {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("recordings are resampled to %g samples per second", low))
	}
}
