package dataset

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// foundIgnored remembers that a table has a column that columns.ignore names.
func (r *tableReader) foundIgnored(name string) {
	if !slices.Contains(r.ignored, name) {
		r.ignored = append(r.ignored, name)
	}
}

// noteAbsent says which columns to ignore no table has. A column that some
// domains have may be named for all of them; one that none has is a mistake,
// most often in writing.
func noteAbsent(parts []*assembly) {
	found, told := map[string]bool{}, map[string]bool{}
	for _, a := range parts {
		for _, n := range a.store.table.ignored {
			found[n] = true
		}
	}
	for _, a := range parts {
		if a.d.Columns == nil || a.store.table.columns == nil {
			continue
		}
		for _, n := range a.d.Columns.Ignore {
			if !found[n] && !told[n] {
				told[n] = true
				a.noteOnce(fmt.Sprintf("columns.ignore names %q, and no table has such a column%s", n, study.DidYouMean(n, a.store.table.columns)))
			}
		}
	}
}
