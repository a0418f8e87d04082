package drafting

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// sequence is a table that lies in files which are told apart by dates or numbers: a file
// for every day of a plant, for every recording of a machine.
type sequence struct {
	files   []string // paths, in the order of names
	at      []string // words of its place, without dates and numbers
	pattern string   // of the files, as the study file has it
	lone    bool     // it is all there is, and a column is to name the domains
	taken   bool     // it is a find
	broken  bool     // its files are no one table
}

var (
	// dated is a day or a month, with a time perhaps, in the name of a file or folder. Years
	// tell domains apart.
	dated = regexp.MustCompile(`(^|[^0-9])(?:(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3][0-9](?:[T _-]?[0-2][0-9][-_.:]?[0-5][0-9](?:[-_.:]?[0-5][0-9])?)?)?` +
		`|[0-3][0-9][-_.][01][0-9][-_.](?:19|20)[0-9]{2})([^0-9]|$)`)
	year = regexp.MustCompile(`^(?:19|20)[0-9]{2}$`)
	// numbered is a name that is a number, or says what it numbers.
	numbered = regexp.MustCompile(`(?i)^(?:run|rec|recording|day|week|month|shift|batch|log|file|export|session|cycle|trial|measurement|sample|seq|sequence|hour)?[-_. ]*[0-9]+$`)
)

// shard is what the name of a file says of the part of a table that it holds, as in
// train-00000-of-00002.parquet.
var shard = regexp.MustCompile(`[-_.]?[0-9]+-of-[0-9]+$`)

// withoutDates is a word without the dates in it.
func withoutDates(word string) string {
	return dated.ReplaceAllString(shard.ReplaceAllString(word, ""), "$1$2")
}

// sequences finds, by names, the tables below the root that lie in such files, where several
// domains have them, and returns them by the paths of their files. Dates alone tell files apart where
// that leaves several domains, else numbers do too.
func (s *scanner) sequences() map[string]*sequence {
	var names []string
	_, err := datafile.Walk(s.root, func(name string, e fs.DirEntry) error {
		switch {
		case datafile.Hidden(e.Name()), partitionFolder.MatchString(e.Name()):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir() && (isTable(name) || datafile.IsParquet(name)) && !partFile.MatchString(e.Name()):
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		s.heed(err)
		return nil // looking through the folders will tell
	}
	for _, strip := range []func(word string) string{
		withoutDates,
		func(word string) string {
			if numbered.MatchString(word) && !year.MatchString(word) {
				return ""
			}
			return withoutDates(word)
		},
	} {
		if found := s.sequencesBy(names, strip); found != nil {
			return s.withShards(found, names)
		}
	}
	return s.withShards(s.loneSequence(names), names)
}

// withShards adds the tables whose files say so by their names, of whatever number of domains.
func (s *scanner) withShards(known map[string]*sequence, names []string) map[string]*sequence {
	groups := map[string][]string{}
	for _, name := range names {
		stem := datafile.Stem(name)
		if !shard.MatchString(stem) || known[s.path(name)] != nil {
			continue
		}
		key := path.Join(path.Dir(name), shard.ReplaceAllString(stem, "")) + "\x00" + path.Ext(name)
		groups[key] = append(groups[key], name)
	}
	for key, files := range groups {
		pattern, ok := s.patternOf(files)
		if !ok {
			continue
		}
		place, _, _ := strings.Cut(key, "\x00")
		q := &sequence{at: strings.Split(place, "/"), pattern: pattern}
		for _, name := range files {
			q.files = append(q.files, s.path(name))
		}
		if known == nil {
			known = map[string]*sequence{}
		}
		for _, p := range q.files {
			known[p] = q
		}
	}
	return known
}

// loneSequence is the sequence of all files, where they differ in dates only.
func (s *scanner) loneSequence(names []string) map[string]*sequence {
	out := map[string]*sequence{}
	q := &sequence{lone: true}
	for i, name := range names {
		left := withoutDates(strings.TrimSuffix(name, path.Ext(name))) + path.Ext(name)
		if left == name || i > 0 && left != withoutDates(strings.TrimSuffix(names[0], path.Ext(names[0])))+path.Ext(names[0]) {
			return nil
		}
		q.files = append(q.files, s.path(name))
		out[q.files[i]] = q
	}
	pattern, ok := "", len(names) > 1
	if ok {
		pattern, ok = s.patternOf(names)
	}
	if !ok {
		return nil
	}
	q.pattern = pattern
	return out
}

// namesDomains reports whether a column of a table names domains by its own name.
func (s *scanner) namesDomains(f *find) bool {
	candidates, err := s.candidates(f)
	if err != nil {
		s.heed(err)
	}
	return slices.ContainsFunc(candidates, func(c candidate) bool {
		return (c.rank < rankWords || c.name == s.DomainsBy) && len(c.domains()) <= study.MaxDomains
	})
}

// sequencesBy groups files by what is left of the words of their places.
func (s *scanner) sequencesBy(names []string, strip func(word string) string) map[string]*sequence {
	groups := map[string]*sequence{}
	domains := map[string]bool{}
	several := 0 // files that are not alone
	for _, name := range names {
		words := strings.Split(name, "/")
		words[len(words)-1] = datafile.Stem(name)
		var rest []string
		changed := false
		for _, w := range words {
			left := strings.Trim(strip(w), "-_. ")
			changed = changed || left != strings.Trim(w, "-_. ")
			if left != "" {
				rest = append(rest, left)
			}
		}
		plain, _ := partOf(rest)
		domain := strings.Trim(strings.Join(plain, "/"), "/")
		if !changed || domain == "" {
			continue
		}
		key := strings.Join(rest, "/") + "\x00" + fmt.Sprint(len(words)) + path.Ext(name)
		q := groups[key]
		if q == nil {
			q = &sequence{at: rest}
			groups[key] = q
		}
		q.files = append(q.files, name)
		domains[domain] = true
		if n := len(q.files); n == 2 {
			several += 2
		} else if n > 2 {
			several++
		}
	}
	if len(domains) < 2 || 2*several <= len(names) {
		return nil
	}
	out := map[string]*sequence{}
	for _, q := range groups {
		pattern, ok := s.patternOf(q.files)
		if !ok {
			continue
		}
		q.pattern = pattern
		for i, name := range q.files {
			q.files[i] = s.path(name)
			out[q.files[i]] = q
		}
	}
	return out
}

// patternOf is a pattern, as the study file has it, that the files below the root match and no
// others: one that files of other days match too, where there is such.
func (s *scanner) patternOf(names []string) (string, bool) {
	if len(names) == 1 {
		return path.Join(s.relative(s.root), names[0]), true
	}
	for _, digits := range []string{"0123456789", ""} {
		var parts []string
		for i, word := range strings.Split(names[0], "/") {
			column := make([]string, len(names))
			for k, name := range names {
				column[k] = strings.Split(name, "/")[i]
			}
			if len(slices.Compact(slices.Sorted(slices.Values(column)))) == 1 {
				parts = append(parts, filelimit.Escape(word))
				continue
			}
			start := commonStart(column)
			if digits != "" {
				start = strings.TrimRight(start, digits+"-_. ")
			}
			parts = append(parts, start+"*"+filelimit.Escape(commonEnding(column)))
		}
		below := path.Join(parts...)
		found, err := filelimit.Glob(filepath.Join(filelimit.Escape(s.root), filepath.FromSlash(below)))
		if err != nil {
			s.heed(err)
			return "", false
		}
		if len(found) == len(names) {
			return path.Join(filelimit.Escape(s.relative(s.root)), below), true
		}
	}
	return "", false
}

// commonEnding is the ending that all names have, with the one before it where that is .gz.
func commonEnding(names []string) string {
	ending := path.Ext(names[0])
	if strings.EqualFold(ending, ".gz") {
		ending = path.Ext(strings.TrimSuffix(names[0], ending)) + ending
	}
	for _, n := range names {
		if !strings.HasSuffix(n, ending) {
			return ""
		}
	}
	return ending
}

// takeSequence makes a find of a sequence whose files have the same columns; it reports
// whether the file at p belongs to one.
func (s *scanner) takeSequence(p, format string) bool {
	q := s.inSequence[p]
	if q == nil || q.broken || q.taken {
		return q != nil && q.taken
	}
	var found []*find
	for _, file := range q.files {
		f, err := s.probe(file, format)
		switch {
		case errors.Is(err, errFewRows), errors.Is(err, errNoTarget), errors.Is(err, errNoInput): // as of a day when nothing happened
		case err != nil:
			s.heed(err)
			q.broken = true
			return false
		case len(found) > 0 && !slices.Equal(f.names, found[0].names):
			q.broken = true
			return false
		default:
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		q.broken = true
		return false
	}
	counters, _ := commonColumns(found)
	poolGuesses(found)
	f := found[0]
	f.takeUnits(found[1:])
	f.rel, f.at, f.paths = q.pattern, q.at, q.files
	if q.lone && !s.namesDomains(f) {
		q.broken = true
		return false
	}
	q.taken = true
	f.data = &study.Files{Path: q.pattern}
	if len(q.files) > 1 {
		f.what += fmt.Sprintf(" in %d files", len(q.files))
		f.notes = append(f.notes, "files that dates or numbers tell apart are one table; where each is a domain, name them in the study")
	}
	f.guess.counters = counters
	for _, other := range found[1:] {
		if len(f.guess.rows) < mostPooled {
			f.guess.rows = append(f.guess.rows, other.guess.rows...)
		}
	}
	s.finds = append(s.finds, f)
	return true
}

// mostPooled is the number of rows of a sequence from which on no more are looked at.
const mostPooled = 20 * probedRows
