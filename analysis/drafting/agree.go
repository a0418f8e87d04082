package drafting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// withoutOdd leaves out tables that are about something else than most, which have the same
// columns: those without the column that most predict, or without any of their inputs, as lists of
// columns and their units are.
func (s *scanner) withoutOdd(found []*find) []*find {
	count := map[string]int{}
	columns := func(f *find) string { return strings.Join(slices.Sorted(slices.Values(f.names)), "\x00") }
	for _, f := range found {
		if f.guess == nil {
			return found
		}
		count[columns(f)]++
	}
	most := slices.IndexFunc(found, func(f *find) bool { return 2*count[columns(f)] > len(found) })
	if most < 0 || count[columns(found[most])] < 2 {
		return found
	}
	usual := found[most]
	predicted := append([]string{usual.columns.Label}, usual.columns.Targets...)
	var out []*find
	for _, f := range found {
		shared := inBoth(slices.Concat(usual.inputs, usual.columns.Categorical), f.names)
		switch lacking := datafile.Without(predicted, append(f.names, "")); {
		case len(lacking) > 0:
			s.drop(f, "no column %s, which most tables have, and predict", datafile.List(lacking))
		case len(shared) == 0 && len(usual.inputs)+len(usual.columns.Categorical) > 0:
			s.drop(f, "none of the inputs that most tables have")
		default:
			out = append(out, f)
		}
	}
	return out
}

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
	columns.Units = own.Units
	f.columns, f.inputs = &columns, other.inputs
	f.notes = slices.Concat(f.notes[:f.written], other.notes[other.written:])
}

func otherOrder(first *find) string {
	return fmt.Sprintf("columns stand in another order than in %s, and have the roles that they have there", first.rel)
}
