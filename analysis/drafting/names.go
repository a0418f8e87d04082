package drafting

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// nameAll gives every domain a name: the last word of its place, that of its
// folder where the last words are the same, or both.
func (s *scanner) nameAll(found []*find) {
	words := func(f *find) []string {
		named := slices.DeleteFunc(slices.Clone(f.at), func(w string) bool { return strings.Trim(w, "-._ ") == "" })
		plain := slices.DeleteFunc(slices.Clone(named), func(w string) bool { return partWords[strings.ToLower(w)] != datafile.Undecided })
		if len(plain) > 0 {
			return plain
		}
		return named
	}
	last := func(n int) func(f *find) string {
		return func(f *find) string {
			w := words(f)
			if len(w) == 0 {
				return filepath.Base(filelimit.Absolute(s.root))
			}
			return w[max(0, len(w)-n)]
		}
	}
	all := func(f *find) string {
		if w := words(f); len(w) > 0 {
			return strings.Join(w, "-")
		}
		return last(1)(f)
	}
	for _, name := range []func(*find) string{last(1), last(2), all} {
		seen := map[string]bool{}
		for _, f := range found {
			if f.where == nil {
				f.name = name(f)
			}
			seen[strings.ToLower(study.NameOf(f.name))] = true
		}
		if len(seen) == len(found) {
			break
		}
	}
	shortenNames(found)
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.name
	}
	for i, name := range study.DistinctNames(texts) {
		found[i].name = name
	}
}

// shortenNames drops what the names of all tables begin and end with, up to a
// separator: gt_2011 and gt_2012 become 2011 and 2012.
func shortenNames(tables []*find) {
	if len(tables) < 2 || slices.ContainsFunc(tables, func(f *find) bool { return f.guess == nil || f.where != nil }) {
		return
	}
	head, tail := tables[0].name, tables[0].name
	for _, f := range tables[1:] {
		for !strings.HasPrefix(f.name, head) {
			head = head[:len(head)-1]
		}
		for !strings.HasSuffix(f.name, tail) {
			tail = tail[1:]
		}
	}
	head = head[:strings.LastIndexAny(head, "_-.")+1]
	if i := strings.IndexAny(tail, "_-."); i >= 0 {
		tail = tail[i:]
	} else {
		tail = ""
	}
	for _, f := range tables {
		if len(f.name) <= len(head)+len(tail) {
			return
		}
	}
	for _, f := range tables {
		f.name = f.name[len(head) : len(f.name)-len(tail)]
	}
}
