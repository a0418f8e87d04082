package drafting

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// hear looks at recordings that a table lists. It reports whether they can be used; where they
// are tables that only look like recordings, they cannot, and there is no error.
func (s *scanner) hear(f *find, g *tableGuess, kind listedKind, listed []string) (bool, error) {
	shortest := s.smallest(listed)
	if kind.tables {
		label := slices.Index(g.names, f.columns.Label)
		if label < 0 {
			return false, nil
		}
		classes := g.column(label).values
		if !isClassName(f.columns.Label) && !slices.ContainsFunc(slices.Collect(maps.Keys(classes)), isCondition) {
			return false, nil
		}
		tables := s.tablesOfMoments(listed[:min(2, len(listed))])
		own := new(find)
		if tables == nil || !s.readMoments(own, tables[0], shortest) {
			return false, nil
		}
		f.moments, f.c, f.length = own.columns, own.c, own.length
		f.notes = append(f.notes, own.notes...)
	} else {
		s.listen(f, shortest, study.SampleType(shortest))
	}
	if f.columns.Label == "" {
		return false, fmt.Errorf("a list of recordings with numbers to be predicted (%s), and such lists give classes only", datafile.List(f.columns.Targets))
	}
	if f.columns.Split != "" {
		f.notes = slices.DeleteFunc(f.notes, func(n string) bool {
			return strings.HasPrefix(n, fmt.Sprintf("column %q says which rows", f.columns.Split))
		})
		f.notes = append(f.notes, fmt.Sprintf("column %q, which divides the list for training and testing, is left out: recordings are divided by split", f.columns.Split))
		f.columns.Split = ""
	}
	return true, nil
}

// indexRecordings writes what a table that lists recordings says of them as series.index has it.
func (s *scanner) indexRecordings(f *find) {
	if f.format != study.SeriesFormat || f.data.Index == "" {
		return
	}
	c := f.columns
	f.each = map[string]int{}
	err := f.eachRow(func(fields []string) {
		for j, n := range f.names {
			if v, ok := f.where[n]; ok && v != strings.TrimSpace(fields[j]) {
				return
			}
		}
		f.each[strings.TrimSpace(fields[slices.Index(f.names, c.Label)])]++
	})
	if err != nil {
		s.heed(err)
	}
	f.index = &study.Index{Path: f.data.Index, File: c.File, Class: c.Label, Group: c.Group, Header: c.Header, Where: f.where}
	data := *f.data // other domains have the same
	data.Index = ""
	f.data, f.where, f.columns = &data, nil, f.moments
}
