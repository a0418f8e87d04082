package drafting

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// condition is a word for how something is, which no machine is called.
var condition = regexp.MustCompile(`(?i)^(good|bad|ok|nok|normal|abnormal|anomal(y|ies|ous)|healthy|unhealthy|sound|faulty|faults?|defect(s|ive)?|broken|worn|damaged?|intact|pass(ed)?|fail(ed|ure|ures)?)$`)

// isCondition reports whether a name has such a word.
func isCondition(name string) bool {
	return slices.ContainsFunc(nameSplit.Split(name, -1), condition.MatchString)
}

// namedPictures reports whether names of pictures in several folders begin with the same classes,
// one of them a condition, as in good_01.png and bad_01.png: such folders are no classes. It notes
// what is to be done with them.
func (s *scanner) namedPictures(dir string, folders []string) bool {
	count := map[string]int{} // folders, by class
	var among []string
	for _, sub := range folders {
		classes := s.classesOfFiles(filepath.Join(dir, sub), datafile.IsImage)
		if len(classes) < 2 {
			continue
		}
		among = append(among, sub)
		for class := range classes {
			count[class]++
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < 2 })
	shared := slices.Sorted(maps.Keys(count))
	if len(shared) < 2 || !slices.ContainsFunc(shared, isCondition) {
		return false
	}
	for _, sub := range among {
		s.pass(filepath.Join(dir, sub), "pictures whose names begin with their classes (%s); put them into folders of these names, DOMAIN/CLASS", datafile.List(shared))
	}
	return true
}

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
