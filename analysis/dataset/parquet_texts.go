package dataset

import (
	"fmt"
	"maps"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// peek looks at the columns before their roles are known: at the first values of those of text that may
// be read as numbers, by which it finds how these are written, and at the types of others, of which "0"
// stands for a number and "text" for what is none. A column without values has none here either.
func (p *parquetTable) peek(file *parquet.File) error {
	p.first = make([][]string, len(p.columns))
	var texts [][]string
	for j, c := range p.columns {
		switch unit := p.lead.d.Columns.Units[p.names[j]]; {
		case unit != "" && !c.HoldsTexts():
			return &Error{File: p.path, Column: p.names[j], Reason: fmt.Sprintf("columns.units gives it the unit %s, which only numbers in columns of text have", unit)}
		case empty(file, c.Column):
		case c.HoldsNumbers():
			p.first[j] = []string{"0"}
		case c.HoldsTexts() && p.lead.mayBeNumber(p.names[j]):
			var err error
			if p.first[j], err = c.FirstTexts(p.path, file, peekedRows); err != nil {
				return err
			}
			texts = append(texts, p.first[j])
		default:
			p.first[j] = []string{"text"}
		}
	}
	notation := datafile.NotationOf(texts, p.lead.d.Columns)
	for _, t := range p.takers {
		t.Notation = notation
	}
	return nil
}

// mayBeNumber reports whether a column of text would be read as numbers if it held any.
func (t *table) mayBeNumber(name string) bool {
	c := t.d.Columns
	features := c.Features
	if len(features) == 0 {
		features = t.features
	}
	switch {
	case slices.Contains(c.Targets, name), slices.Contains(features, name):
		return true
	case features != nil, t.texts(), t.d.Indexed():
		return false
	}
	for _, d := range c.Dates {
		if d.Column == name {
			return false
		}
	}
	others := slices.Concat([]string{c.Label, c.Group, c.Split}, c.Labels, c.Categorical, c.Ignore, slices.Collect(maps.Keys(c.Where)))
	return !slices.Contains(others, name)
}

// early are the values that were looked at as rows; each column has its own, so that those of one row
// do not belong together.
func (p *parquetTable) early() []row {
	rows := 1
	for _, values := range p.first {
		rows = max(rows, len(values))
	}
	out := make([]row, rows)
	for i := range out {
		out[i].fields = make([]string, len(p.columns))
		for j, values := range p.first {
			if i < len(values) {
				out[i].fields[j] = values[i]
			}
		}
	}
	return out
}

// spelled reports whether a column is one of texts most of which are numbers, as far as was looked at.
func (p *parquetTable) spelled(j int) bool {
	if !p.columns[j].HoldsTexts() {
		return false
	}
	numbers, others := 0, 0
	for _, s := range p.first[j] {
		switch _, reason := p.lead.Measured(s, p.lead.roles.units[j]); reason {
		case "":
			numbers++
		case datafile.MissingValue:
		default:
			others++
		}
	}
	return numbers >= others
}

// tellSpelled says which inputs are numbers in columns of text.
func (p *parquetTable) tellSpelled() {
	var names []string
	for _, j := range p.lead.roles.features {
		if len(p.first[j]) > 0 && p.spelled(j) {
			names = append(names, p.names[j])
		}
	}
	for _, t := range p.takers {
		if len(names) > 0 {
			t.noteAllOnce([]string{"columns of text are read as the numbers that they hold: " + datafile.List(names)})
		}
	}
}
