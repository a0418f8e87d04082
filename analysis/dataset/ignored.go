package dataset

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// foundNamed remembers that a table has a column that columns.ignore or columns.known names.
func (r *tableReader) foundNamed(name string) {
	if !slices.Contains(r.named, name) {
		r.named = append(r.named, name)
	}
}

// noteAbsent says which columns to ignore, or said to be known, no table has. A column that some
// domains have may be named for all of them; one that none has is a mistake,
// most often in writing.
func noteAbsent(parts []*assembly) {
	found, told := map[string]bool{}, map[string]bool{}
	for _, a := range parts {
		for _, n := range a.store.table.named {
			found[n] = true
		}
	}
	for _, a := range parts {
		if a.d.Columns == nil || a.store.table.columns == nil {
			continue
		}
		for _, by := range []struct {
			key   string
			names []string
		}{{"columns.ignore", a.d.Columns.Ignore}, {"columns.known", a.d.Columns.Known}} {
			for _, n := range by.names {
				if !found[n] && !told[n] {
					told[n] = true
					a.noteOnce(fmt.Sprintf("%s names %q, and no table has such a column%s", by.key, n, study.DidYouMean(n, a.store.table.columns)))
				}
			}
		}
	}
}
