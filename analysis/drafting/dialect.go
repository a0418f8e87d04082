package drafting

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/delimited"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// takeDialect writes down how a table is written and names its columns. It
// reports whether the first row is the header.
func (g *tableGuess) takeDialect(r *datafile.Records, first []string) bool {
	g.notes = append(g.notes, r.Notes...)
	if (r.Delimiter != ',' || !r.Plain()) && !datafile.IsJSON(r.File.Path) {
		g.columns.Delimiter = nameOf(datafile.Delimiters, r.Delimiter)
		what := "fields stand between " + delimiterWords(r.Delimiter)
		if !r.Ambiguous {
			g.columns.Decimal = "point"
			if r.Decimal == ',' {
				g.columns.Decimal = "comma"
			}
			what += ", decimals behind a " + g.columns.Decimal
		}
		g.note("%s", what)
	}
	g.takeNotation(r.Notation)
	switch {
	case r.Names != nil:
		g.names = datafile.AllTrimmed(r.Names)
		return false
	case r.Headless:
		header := false
		g.columns.Header = &header
		for i := range first {
			g.names = append(g.names, fmt.Sprintf("column%d", i+1))
		}
		g.note("no header; columns are called %s to %s", g.names[0], g.names[len(g.names)-1])
		return false
	}
	g.names = datafile.AllTrimmed(first)
	return true
}

// takeNotation writes down how the numbers of a table are written, as far as this is about thousands.
func (g *tableGuess) takeNotation(n delimited.Notation) {
	g.Notation = n
	if n.Thousands != 0 {
		g.columns.Thousands = nameOf(datafile.Thousands, n.Thousands)
		g.note("thousands are separated by %q", n.Thousands)
	}
}

// byColumn are the values of the rows that were read, by column.
func (g *tableGuess) byColumn() [][]string {
	out := make([][]string, len(g.names))
	for _, f := range g.rows {
		for j := range out {
			out[j] = append(out[j], f[j])
		}
	}
	return out
}

// delimiterWords is how a sentence calls a delimiter.
func delimiterWords(d rune) string {
	switch d {
	case ',', ';', '|':
		return nameOf(datafile.Delimiters, d) + "s"
	case '\t':
		return "tabs"
	case delimited.Blanks:
		return "blanks"
	}
	return fmt.Sprintf("%q", d)
}

// nameOf is the study's name of a character, or the character.
func nameOf(named map[string]rune, r rune) string {
	for _, n := range slices.Sorted(maps.Keys(named)) {
		if named[n] == r {
			return n
		}
	}
	return string(r)
}
