package drafting

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// called reports whether the last word of a domain's place is a condition.
func (f *find) called() bool { return len(f.at) > 0 && isCondition(f.at[len(f.at)-1]) }

// dropTurned leaves out domains that are conditions by their names, which are classes: those
// whose class folders are none, as ok/north, ok/south, worn/north and worn/south, and
// tables without a class, as ok.csv and worn.csv.
func (s *scanner) dropTurned() {
	if len(s.finds) < 2 || slices.ContainsFunc(s.finds, func(f *find) bool { return !f.called() }) {
		return
	}
	var within []string
	for _, f := range s.finds {
		within = append(within, f.folders...)
	}
	slices.Sort(within)
	each := len(slices.Compact(slices.Clone(within)))
	for _, f := range slices.Clone(s.finds) {
		switch {
		case f.table() && f.columns.Label == "" && len(f.columns.Text) == 0:
			s.drop(f, "called as a class is, and no column has classes; bring them into one table with a column for the class, or recordings into folders DOMAIN/CLASS")
		case f.folders != nil && each < len(within) && !slices.ContainsFunc(within, isCondition):
			s.drop(f, "called as a class is, and folders in it (%s) as domains are; turn them round: DOMAIN/CLASS", datafile.List(f.folders))
		}
	}
}
