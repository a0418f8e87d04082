package delimited

import (
	"fmt"
	"slices"
	"strings"
)

// layout is where the rows of a table begin, and what stands before them.
type layout struct {
	skip    int      // lines before the header, or before the first row without one
	comment string   // what lines begin with that are no rows
	names   []string // of the columns, where the header is not a row like others
	odd     bool     // the header is a row of another length than the others
	units   int      // number of the line of units below the header, or 0
	hasUnit []string // the units
	// headless says that the first row looks like data.
	headless bool
}

// missing are common spellings of a value that is not there.
var missing = []string{"", "na", "n/a", "nan", "null", "none", "?", "-"}

// isNumber reports whether a field is a number in a notation.
func isNumber(field string, n Notation) bool { return n.spells(strings.TrimSpace(field)) }

// numbersIn counts the fields that are numbers.
func numbersIn(fields []string, n Notation) int { return countIn(fields, n) }

// looksLikeData reports whether a row is no header: it has numbers, and at
// least half as many as the row below it.
func looksLikeData(first, second []string, n Notation) bool {
	count := numbersIn(first, n)
	return count > 0 && 2*count >= numbersIn(second, n)
}

// layoutOf looks at the first rows of a table. What s settles is left as it is.
func layoutOf(rows []sampleRow, n Notation, s Settings) layout {
	l := layout{comment: s.Comment}
	if s.Skip != nil {
		l.skip = *s.Skip
		rows = slices.DeleteFunc(slices.Clone(rows), func(r sampleRow) bool { return r.line <= l.skip })
	}
	rows, header := l.comments(rows, n)
	if s.Skip == nil && header == nil {
		rows = l.groups(l.preamble(rows, n), n)
	}
	switch {
	case header != nil:
		l.names = header
		l.below(rows, n)
	case len(rows) > 1 && looksLikeData(rows[0].fields, rows[1].fields, n):
		l.headless = true
	case len(rows) > 1:
		l.below(rows[1:], n)
	}
	return l
}

// comments takes lines that begin with # out of the rows, unless most do. The
// last one above the first row may be the header, as NumPy writes it: it is
// returned where it has a name for every field and the row does not look like a
// header itself.
func (l *layout) comments(rows []sampleRow, n Notation) (left []sampleRow, header []string) {
	mark := l.comment
	if mark == "" {
		mark = "#"
	}
	is := func(r sampleRow) bool { return len(r.fields) > 0 && strings.HasPrefix(r.fields[0], mark) }
	var last *sampleRow
	count := 0
	for i, r := range rows {
		switch {
		case is(r):
			count++
			if len(left) == 0 {
				last = &rows[i]
			}
		default:
			left = append(left, r)
		}
	}
	if count == 0 || 2*count > len(rows) {
		return rows, nil
	}
	length := usualLength(left[len(left)/2:])
	if l.comment == "" && rowsAmong(rows, left, length, n) {
		at := slices.IndexFunc(rows, func(r sampleRow) bool { return r.line == left[0].line })
		if at > 0 {
			l.skip = left[0].line - 1
		}
		return rows[at:], nil
	}
	if last == nil || len(left) == 0 || len(left[0].fields) != length || numbersIn(left[0].fields, n) == 0 {
		// The first row is a header, or a row of another kind: comments are just that,
		// unless # begins the name of the first column.
		if last != nil && len(last.fields) == length && l.comment == "" && numbersIn(left[0].fields, n) > 0 {
			return rows, nil
		}
		l.comment = mark
		return left, nil
	}
	names := slices.Clone(last.fields)
	if len(names) == length && l.comment == "" {
		return l.above(rows, *last), nil // "#id,x,y" is a header like any other
	}
	if names[0] = strings.TrimSpace(strings.TrimPrefix(names[0], mark)); names[0] == "" {
		names = names[1:]
	}
	l.comment = mark
	if len(names) == length && numbersIn(names, n) == 0 {
		return left, names
	}
	return left, nil
}

// rowsAmong reports whether some lines that begin with # are rows: #N/A and
// #00ff00 in the first column. They have as many fields as others and stand
// below these, and what follows # is of another kind than the first fields of
// others, so that they are no rows that somebody took out.
func rowsAmong(rows, others []sampleRow, length int, n Notation) bool {
	if len(others) < 2 || length < 2 {
		return false
	}
	numbers, words := 0, map[string]bool{}
	for _, r := range others[1:] {
		if len(r.fields) == 0 {
			continue
		}
		f := r.begins()
		words[f] = true
		if n.spells(f) {
			numbers++
		}
	}
	return slices.ContainsFunc(rows, func(r sampleRow) bool {
		if r.line < others[0].line || len(r.fields) != length || !strings.HasPrefix(r.fields[0], "#") {
			return false
		}
		behind := strings.TrimSpace(strings.TrimLeft(r.fields[0], "#"))
		if 2*numbers > len(others)-1 {
			return !n.spells(behind)
		}
		return !words[behind]
	})
}

// above drops the comments above a header that begins like one.
func (l *layout) above(rows []sampleRow, header sampleRow) []sampleRow {
	l.skip = header.line - 1
	return slices.DeleteFunc(slices.Clone(rows), func(r sampleRow) bool { return r.line < header.line })
}

// preamble drops rows of another length above the header: titles, dates, names
// of instruments. A header that is shorter by one has no name for the column of
// row names in front, as R writes it, or for an empty column behind.
func (l *layout) preamble(rows []sampleRow, n Notation) []sampleRow {
	length := usualLength(rows[len(rows)/2:])
	k := slices.IndexFunc(rows, func(r sampleRow) bool { return len(r.fields) == length })
	if k < 1 || length < 2 || slices.ContainsFunc(rows[:k], func(r sampleRow) bool { return len(r.fields) > length }) {
		return rows
	}
	skip := func(k int) []sampleRow {
		if k > 0 {
			l.skip = rows[k].line - 1
		}
		return rows[k:]
	}
	body, above := rows[k:], rows[k-1].fields
	header := numbersIn(body[0].fields, n) == 0 && len(body) > 1 && numbersIn(body[1].fields, n)+numbersIn(body[min(2, len(body)-1)].fields, n) > 0
	short := len(above) == length-1 && numbersIn(above, n) == 0
	switch {
	case header:
		return skip(k)
	case short && allEmpty(body, length-1):
		l.names, l.odd = append(slices.Clone(above), ""), true
		return skip(k - 1)
	case short:
		l.names, l.odd = append([]string{""}, above...), true
		return skip(k - 1)
	case !slices.ContainsFunc(rows[:k], func(r sampleRow) bool { return len(r.fields) > 1 }):
		return skip(k) // titles above rows without a header
	}
	return rows
}

// groups drops a row above the header that names groups of columns, as merged cells of a
// spreadsheet are written: some columns have no name there, and every one has its own in
// the row below, where units would not be all different.
func (l *layout) groups(rows []sampleRow, n Notation) []sampleRow {
	const least = 3 // rows below
	if len(rows) < 2+least {
		return rows
	}
	above, header, body := rows[0].fields, rows[1].fields, rows[2:]
	if len(above) != len(header) || numbersIn(above, n)+numbersIn(header, n) > 0 || allEmpty(rows[:1], 0) {
		return rows
	}
	names, unnamed, columns := map[string]bool{}, false, 0
	for j, name := range header {
		name = strings.TrimSpace(name)
		if name == "" && !allEmpty(body, j) || names[name] && name != "" || strings.Trim(name, "[](){}") != name {
			return rows
		}
		names[name] = true
		unnamed = unnamed || strings.TrimSpace(above[j]) == "" && name != ""
		if numbersOnly(body, j, n) {
			columns++
		}
	}
	if !unnamed || columns == 0 {
		return rows
	}
	l.skip = rows[1].line - 1
	return rows[1:]
}

// allEmpty reports whether a field is empty in all rows that have it.
func allEmpty(rows []sampleRow, field int) bool {
	return !slices.ContainsFunc(rows, func(r sampleRow) bool {
		return len(r.fields) > field && strings.TrimSpace(r.fields[field]) != ""
	})
}

// below looks for units in the row below the header: no numbers in any column
// that has numbers in all rows below, and not only missing values. One column
// alone may start with a bad value; its unit must be in brackets.
func (l *layout) below(rows []sampleRow, n Notation) {
	const least = 3 // rows below
	if len(rows) <= least {
		return
	}
	columns, bracketed := 0, false
	var units []string
	for j, unit := range rows[0].fields {
		if !numbersOnly(rows[1:], j, n) {
			continue
		}
		if isNumber(unit, n) {
			return
		}
		columns++
		if unit = strings.TrimSpace(unit); !slices.Contains(missing, strings.ToLower(unit)) {
			units = append(units, unit)
			bracketed = bracketed || strings.Trim(unit, "[](){}") != unit
		}
	}
	if len(units) > 0 && (columns > 1 || bracketed) {
		l.units, l.hasUnit = rows[0].line, units
	}
}

// numbersOnly reports whether a column has numbers, and nothing else but
// missing values.
func numbersOnly(rows []sampleRow, column int, n Notation) bool {
	numbers := 0
	for _, r := range rows {
		if column >= len(r.fields) {
			continue
		}
		f := strings.TrimSpace(r.fields[column])
		switch {
		case isNumber(f, n):
			numbers++
		case !slices.Contains(missing, strings.ToLower(f)):
			return false
		}
	}
	return 2*numbers > len(rows)
}

// notes are sentences on the lines that are passed over.
func (l *layout) notes() []string {
	var out []string
	if l.skip > 0 {
		what := "line before the header or the first row is left out"
		if l.skip > 1 {
			what = "lines before the header or the first row are left out"
		}
		out = append(out, fmt.Sprintf("%d %s", l.skip, what))
	}
	if l.comment != "" {
		out = append(out, fmt.Sprintf("lines that begin with %s are left out", l.comment))
	}
	if l.units > 0 {
		out = append(out, fmt.Sprintf("line %d holds no numbers but units (%s) and is left out", l.units, few(l.hasUnit)))
	}
	return out
}

// few lists texts for a message, without characters that a terminal would
// obey.
func few(texts []string) string {
	const most = 4
	var parts []string
	for i, t := range texts {
		if i == most {
			parts = append(parts, "...")
			break
		}
		parts = append(parts, fmt.Sprintf("%q", t))
	}
	return strings.Join(parts, ", ")
}
