package drafting

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
)

// findUnits finds the units that columns of numbers are written with, and takes them away from the rows.
func (g *tableGuess) findUnits() {
	for j, n := range g.names {
		unit := g.unitOf(j)
		if unit == "" {
			continue
		}
		if g.columns.Units == nil {
			g.columns.Units = map[string]string{}
		}
		g.columns.Units[n] = unit
		for _, f := range g.rows {
			if number, ok := delimited.WithoutUnit(f[j], unit); ok {
				f[j] = number
			}
		}
	}
}

// unitOf is the unit of the numbers of a column, or empty.
func (g *tableGuess) unitOf(j int) string {
	var values []string
	for _, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if v, reason := g.Number(s); reason != datafile.MissingValue && (reason != "" || v != 0) {
			values = append(values, s)
		}
	}
	unit := delimited.UnitOf(values)
	odd := 0
	for _, s := range values {
		if _, reason := g.Measured(s, unit); reason != "" {
			odd++
		}
	}
	if odd*mostOdd > len(g.rows) {
		return "" // it reads 10.0.0.1 or 1-3
	}
	return unit
}

// takeUnits gives a table that lies in several files the units that further files show: a column may have
// no values on the first day.
func (f *find) takeUnits(files []*find) {
	columns := *f.columns
	columns.Units = maps.Clone(columns.Units)
	for _, other := range files {
		for n, unit := range other.columns.Units {
			if columns.Units == nil {
				columns.Units = map[string]string{}
			}
			if columns.Units[n] == "" {
				columns.Units[n] = unit
			}
		}
	}
	f.columns = &columns
}

// tellUnits leaves units to columns that are read as numbers, says which these are, and warns of those that
// have another unit, or none, in another domain.
func (s *scanner) tellUnits(found []*find) {
	measured := map[string]bool{}
	for _, f := range found {
		if f.columns == nil || f.columns.Units == nil {
			continue
		}
		columns, read := *f.columns, slices.Concat(f.inputs, f.columns.Targets)
		columns.Units = maps.Clone(columns.Units)
		maps.DeleteFunc(columns.Units, func(n, _ string) bool { return !slices.Contains(read, n) })
		f.columns = &columns
		if len(columns.Units) == 0 {
			columns.Units = nil
			continue
		}
		var written []string
		for _, n := range slices.Sorted(maps.Keys(columns.Units)) {
			measured[n] = true
			written = append(written, fmt.Sprintf("%q (%s)", n, columns.Units[n]))
		}
		f.notes = append(f.notes, "numbers are written with units, which columns.units takes away: "+strings.Join(written, ", "))
	}
	for _, n := range slices.Sorted(maps.Keys(measured)) {
		var units []string
		for _, f := range found {
			if f.columns != nil && (slices.Contains(f.inputs, n) || slices.Contains(f.columns.Targets, n)) {
				units = append(units, cmp.Or(f.columns.Units[n], "none"))
			}
		}
		if units = slices.Compact(slices.Sorted(slices.Values(units))); len(units) > 1 {
			s.draft.Found = append(s.draft.Found, fmt.Sprintf("column %q is written with different units, and its numbers are taken as they are: %s", n, strings.Join(units, ", ")))
		}
	}
}

// amount is a number with a sign or a unit: $1,200.50, (3.00), 12 %, 4.5 kg, <0.01.
var amount = regexp.MustCompile(`^[^\pL\pN]{0,3}` + figures + `[^\pL\pN]{0,3}(?:\pL[\pL\pN/^·*]{0,7})?[^\pL\pN]{0,2}$`)

const figures = `[-+−]?[0-9][0-9.,' \x{a0}\x{202f}]*(?:[eE][-+]?[0-9]+)?`

var numberWithin = regexp.MustCompile(figures)

// amountsOf gives an example for each of the signs and units that some values have, if these are nothing
// but numbers with them, and few different ones.
func amountsOf(values map[string]bool) []string {
	const most = 4
	examples := map[string]string{}
	for _, v := range slices.Sorted(maps.Keys(values)) {
		if !amount.MatchString(v) {
			return nil
		}
		sign := strings.TrimSpace(numberWithin.ReplaceAllString(v, " "))
		if _, met := examples[sign]; !met {
			examples[sign] = v
		}
		if sign == "" || len(examples) > most {
			return nil
		}
	}
	return slices.Sorted(maps.Values(examples))
}
