package dataset

import "github.com/sharewise/sharewise/analysis/datafile"

// rowNames reports whether a column names or numbers the rows: it has no name
// of its own, or pandas says that it is the index of the table. Where rows are
// sorted, such a column tells what is to be predicted.
func (t *table) rowNames(column string) bool { return datafile.NamesRows(column, t.index) }

// noteRowNames says which columns were left out for that.
func (t *table) noteRowNames(columns []string, left []int) {
	if len(left) > 0 {
		t.noteOnce(datafile.RowNamesLeftOut(columns, left))
	}
}
