package drafting

import (
	"fmt"
	"slices"
)

// agreeOnOrder gives tables that have the columns of the first one in another
// order the roles that these have there: the position of a column says what it
// is for where its name does not.
func agreeOnOrder(found []*find) {
	if len(found) == 0 || found[0].columns == nil {
		return
	}
	first := found[0]
	sorted := slices.Sorted(slices.Values(first.names))
	for _, f := range found[1:] {
		if f.columns == nil || slices.Equal(f.names, first.names) || !slices.Equal(slices.Sorted(slices.Values(f.names)), sorted) {
			continue
		}
		f.take(first)
		f.notes = append(f.notes, otherOrder(first))
	}
}

// take gives a table the roles of columns that another has. It keeps its own dialect.
func (f *find) take(other *find) {
	columns, own := *other.columns, f.columns
	columns.Encoding, columns.Delimiter, columns.Decimal, columns.Thousands = own.Encoding, own.Delimiter, own.Decimal, own.Thousands
	columns.Header, columns.Names, columns.Skip, columns.Comment, columns.Missing = own.Header, own.Names, own.Skip, own.Comment, own.Missing
	f.columns, f.inputs = &columns, other.inputs
	f.notes = slices.Concat(f.notes[:f.written], other.notes[other.written:])
}

func otherOrder(first *find) string {
	return fmt.Sprintf("columns stand in another order than in %s, and have the roles that they have there", first.rel)
}
