package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
)

// table reads the files of one table into a store.
type table struct {
	*tableReader
	roles              *roles   // of the file being read
	*datafile.Spelling          // of its numbers
	index              []string // columns that pandas says name the rows
	st                 *store
	kept               *rowKeeper  // features of the rows of the domain
	written            *textKeeper // texts of the rows, where these are the inputs
	values             []float64   // features of the row being read
	features           []string
	rows               int64
	// fills says that missing numbers are kept, to be filled in.
	fills bool
	// elsewhere are values of columns.where that rows of other domains have, for
	// the message when the domain has no row.
	elsewhere map[string]bool
}

// mostElsewhere bounds the values that are remembered for that message.
const mostElsewhere = 100

// nothingMatches is the error about a table none of whose rows is of the domain.
func (t *table) nothingMatches(path string) error {
	return &Error{File: path, Reason: fmt.Sprintf("no row has the values of columns.where; the first there are: %s", t.listed(slices.Sorted(maps.Keys(t.elsewhere))))}
}

// row adds one row to the store, or to the bin. Either way it has a number.
// Errors are those of storing.
func (t *table) row(path string, r row) error {
	id, own := t.ownRow(path, &r)
	if !own {
		return nil
	}
	ro, st := t.roles, t.st
	targets := len(st.target)
	t.values = t.values[:0]
	e := t.numbersOf(r)
	if e == nil {
		e = t.dates(ro, r.fields)
	}
	if e == nil {
		e = t.categories(ro, r.fields)
	}
	at := 0.0
	if e == nil && ro.time >= 0 {
		at, e = t.timeOf(ro, r.fields)
	}
	text := ""
	if e == nil && t.written != nil {
		text, e = t.textOf(ro, r.fields)
	}
	if e == nil {
		e = t.labels(ro, r.fields)
	}
	if e == nil && ro.time >= 0 {
		st.time = append(st.time, at)
	}
	if e != nil {
		t.badRow(path, r, e.Column, e.Value, e.Reason)
		st.target = st.target[:targets]
		return nil
	}
	st.origin.add(r.line)
	st.id = append(st.id, id)
	if t.written != nil {
		return t.written.keep(text)
	}
	if t.kept == nil {
		t.kept = newRowKeeper(len(t.values), t.budget, t.offsets)
	}
	return t.kept.keep(t.values)
}

// ownRow numbers a row and reports whether it is one of the domain, with as many
// fields as there are columns and not left out for want of a label.
func (t *table) ownRow(path string, r *row) (id int64, own bool) {
	id = t.rows
	t.rows++
	if t.first && t.shares() {
		t.register(*r)
	}
	if r.err != nil {
		t.bin.add(r.err)
		return id, false
	}
	ro := t.roles
	r.fields = delimited.Fit(ro.columns, r.fields)
	if len(r.fields) != len(ro.columns) {
		t.badRow(path, *r, "", "", fmt.Sprintf("%d fields, the table has %d columns", len(r.fields), len(ro.columns)))
		return id, false
	}
	if !t.matches(ro.columns, ro.where, r.fields) {
		return id, false
	}
	if t.unlabelledRow(ro, r.fields) {
		t.dropUnlabelled(path, r.line)
		return id, false
	}
	return id, true
}

// badRow puts a row into the bin.
func (t *table) badRow(path string, r row, column, value, reason string) {
	e := &Error{File: path, Line: r.line, Column: column, Value: strings.Clone(value), Reason: reason}
	if r.group > 0 {
		e.Line, e.Member = 0, fmt.Sprintf("row %d (row group %d)", r.line, r.group)
	}
	t.bin.add(e)
}

// matches reports whether a row is one of the domain, and remembers what keeps
// others out.
func (t *table) matches(columns []string, where []condition, fields []string) bool {
	for _, w := range where {
		if v := strings.TrimSpace(fields[w.column]); v != w.value {
			if len(t.elsewhere) < mostElsewhere {
				t.elsewhere[columns[w.column]+"="+v] = true
			}
			return false
		}
	}
	return true
}

// numbersOf appends the features and targets of a row. Rows of Parquet have their
// features as numbers already.
func (t *table) numbersOf(r row) *Error {
	switch {
	case r.numbers == nil:
		return t.numbers(t.roles, r.fields)
	case r.flaw != nil:
		return r.flaw
	}
	for _, v := range r.numbers {
		t.gapped = t.gapped || v != v
	}
	t.values = append(t.values, r.numbers...)
	return t.appendTargets(t.roles, r.fields)
}

// numbers appends the features and targets of a row.
func (t *table) numbers(ro *roles, fields []string) *Error {
	for _, j := range ro.features {
		v, reason := t.Measured(fields[j], ro.units[j])
		if reason != "" {
			if v, reason = t.gap(ro.columns[j], reason); reason != "" {
				return &Error{Column: ro.columns[j], Value: fields[j], Reason: reason}
			}
		}
		t.values = append(t.values, v)
	}
	return t.appendTargets(ro, fields)
}

// textOf joins the texts of a row.
func (t *table) textOf(ro *roles, fields []string) (string, *Error) {
	var parts []string
	for _, j := range ro.text {
		if reason := notUTF8(fields[j]); reason != "" {
			return "", &Error{Column: ro.columns[j], Reason: reason}
		}
		parts = append(parts, fields[j])
	}
	return strings.Join(parts, "\n"), nil
}

// labels appends class, group and split of a row: all of them, or none.
func (t *table) labels(ro *roles, fields []string) *Error {
	p := undecided
	for _, j := range []int{ro.label, ro.group} {
		if j < 0 {
			continue
		}
		if v := strings.TrimSpace(fields[j]); t.Missing[v] {
			return &Error{Column: ro.columns[j], Value: v, Reason: datafile.MissingValue}
		}
	}
	if ro.split >= 0 {
		var ok bool
		if p, ok = datafile.PartNames[strings.ToLower(strings.TrimSpace(fields[ro.split]))]; !ok {
			return &Error{Column: ro.columns[ro.split], Value: fields[ro.split], Reason: "neither train, validation nor test"}
		}
	}
	text := func(j int) string { return t.intern(strings.TrimSpace(fields[j])) }
	if ro.label >= 0 {
		t.st.class = append(t.st.class, text(ro.label))
	}
	if ro.group >= 0 {
		t.st.group = append(t.st.group, text(ro.group))
	}
	t.st.part = append(t.st.part, p)
	return nil
}
