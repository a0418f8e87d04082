package drafting

import (
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// poolGuesses decides the roles of columns over all tables that have the same
// ones: a column may be empty in one table, and hold few different numbers in
// another.
func poolGuesses(found []*find) {
	if len(found) < 2 || slices.ContainsFunc(found, func(f *find) bool { return f.guess == nil }) {
		return
	}
	first := found[0].guess
	sorted := slices.Sorted(slices.Values(first.names))
	if slices.ContainsFunc(found, func(f *find) bool {
		return !slices.Equal(slices.Sorted(slices.Values(f.guess.names)), sorted) || f.guess.Notation != first.Notation
	}) {
		poolTask(found)
		return
	}
	g := newTableGuess()
	g.names, g.lists, g.Notation, g.index = first.names, first.lists, first.Notation, first.index
	g.columns.Header = first.columns.Header
	g.counters, g.alike = commonColumns(found)
	for _, f := range found {
		at, place := make([]int, len(g.names)), datafile.Positions(f.guess.names)
		for j, n := range g.names {
			at[j] = place[n]
		}
		for _, row := range f.guess.rows {
			pooled := make([]string, len(at))
			for j, k := range at {
				pooled[j] = row[k]
			}
			g.rows = append(g.rows, pooled)
		}
	}
	pooled, err := g.find()
	if err != nil {
		return // each table stays by itself
	}
	for _, f := range found {
		f.take(pooled)
		if !slices.Equal(f.guess.names, first.names) {
			f.notes = append(f.notes, otherOrder(found[0]))
		}
	}
}

// commonColumns says of the columns of tables that have the same ones which number the rows of
// every table where they are not empty, and which name the table, see [tableGuess].
func commonColumns(found []*find) (counters, alike map[string]bool) {
	counters, alike = map[string]bool{}, map[string]bool{}
	seen := map[string]map[string]bool{} // values, by column
	for _, n := range found[0].guess.names {
		counters[n], alike[n], seen[n] = true, true, map[string]bool{}
	}
	for _, f := range found {
		for j, n := range f.guess.names {
			c := f.guess.column(j)
			counters[n] = counters[n] && (c.counter || len(c.values) == 0)
			alike[n] = alike[n] && len(c.values) <= 1
			maps.Copy(seen[n], c.values)
		}
	}
	for n := range alike {
		alike[n] = alike[n] && len(seen[n]) > 1
	}
	return counters, alike
}

// poolTask makes a column that one table predicts as a number so in all tables where
// it holds numbers: in a table with few different numbers they look like classes.
func poolTask(found []*find) {
	numbers := map[string]bool{}
	for _, f := range found {
		for _, n := range f.columns.Targets {
			numbers[n] = true
		}
	}
	for _, f := range found {
		n, g := f.columns.Label, f.guess
		if !numbers[n] {
			continue
		}
		if !g.column(slices.Index(g.names, n)).numeric {
			continue
		}
		f.columns.Label, f.columns.Targets = "", []string{n}
		for i, note := range f.notes {
			if strings.HasPrefix(note, `column "`+n+`" is predicted`) {
				f.notes[i] = predictsNumber(n)
			}
		}
	}
}
