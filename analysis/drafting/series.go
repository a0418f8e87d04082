package drafting

import (
	"fmt"
	"io/fs"
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
			case e.IsDir() || strings.HasPrefix(e.Name(), "."):
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
		f.listen(shortest, study.SampleType(shortest))
	} else if !f.readMoments(tables[0], shortest) {
		return nil
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d recordings in %d class folders", recordings, len(f.classes))
	f.classes = nil
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
func (f *find) listen(path, kind string) {
	f.c = 1
	if kind != study.WAV {
		return
	}
	in, err := datafile.Open(path, path)
	if err != nil {
		return
	}
	defer in.Close()
	if w, err := datafile.WAVHeader(in); err == nil {
		f.c, f.rate = w.Channels, w.Rate
		if frame := w.Channels * w.Width; frame > 0 {
			f.length = max(0, int(w.Size)/frame)
		}
	}
}

// tablesOfClasses looks whether tables below a folder are recordings of classes, a row
// for each moment: its folders have the names of those of a folder beside it, and the first table
// of each has the same columns, all of numbers and none that is called a class. It returns what
// was found of these tables, nil where they are no such recordings.
func (s *scanner) tablesOfClasses(dir string, folders []string) []*find {
	if dir == s.root {
		return nil
	}
	shared := 0
	for _, sub := range folders {
		if firstTable(filepath.Join(dir, sub)) != "" && s.isBeside(dir, sub) {
			shared++
		}
	}
	if shared < 2 {
		return nil
	}
	var tables []*find
	for _, sub := range folders {
		p := firstTable(filepath.Join(dir, sub))
		if p == "" {
			continue
		}
		f, err := s.probeTable(p)
		if err != nil || len(f.guess.text)+len(f.columns.Dates)+len(f.columns.Categorical) > 0 || f.columns.Label != "" ||
			slices.ContainsFunc(f.names, labelName.MatchString) || len(tables) > 0 && !slices.Equal(f.names, tables[0].names) {
			return nil
		}
		f.paths = []string{p}
		tables = append(tables, f)
	}
	return tables
}

// isBeside reports whether a folder of this name, with tables, is in a folder beside dir.
func (s *scanner) isBeside(dir, name string) bool {
	siblings, err := datafile.EntriesOf(filepath.Dir(dir))
	return err == nil && slices.ContainsFunc(siblings, func(e fs.DirEntry) bool {
		return e.IsDir() && e.Name() != filepath.Base(dir) && firstTable(filepath.Join(filepath.Dir(dir), e.Name(), name)) != ""
	})
}

// firstTable is the path of the first table with a row for each moment in a folder, "" for none.
func firstTable(dir string) string {
	entries, err := datafile.EntriesOf(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && study.SampleType(e.Name()) == study.CSVSamples {
			return filepath.Join(dir, e.Name())
		}
	}
	return ""
}

// readMoments takes the channels from a table, and the length from the shortest one. It
// reports whether there are any.
func (f *find) readMoments(table *find, shortest string) bool {
	f.columns, f.names = table.columns, table.names
	f.columns.Targets = nil
	f.c = len(f.names) - len(f.columns.Ignore)
	f.notes = append(f.notes, slices.DeleteFunc(table.notes, func(n string) bool { return strings.HasSuffix(n, " is predicted as a number") })...)
	short := *table
	short.paths = []string{shortest}
	err := short.eachRow(func([]string) { f.length++ })
	return err == nil && f.c > 0 && windowOf(f.length) > 0
}

// windowOf is the length of windows that recordings of a length are cut into, 0 where they are
// too short for any.
func windowOf(length int) int {
	const several, least = 8, 16 // windows of a recording, and samples of a window
	window := scanWindow
	for length < scanWindow && window*several > length {
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
