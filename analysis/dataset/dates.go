package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// errSettled ends reading a table before its end, once it has told what was asked.
var errSettled = errors.New("dataset: settled")

// settleOrders finds out, for columns of dates of which the study does not say
// it, in which order day, month and year stand: all rows decide. Parquet has
// dates of its own, and texts with the year first.
func (r *tableReader) settleOrders(paths []string) error {
	if r.orders != nil || len(r.d.Columns.Dates) == 0 {
		return nil
	}
	r.orders = map[string]string{}
	votes := map[string]*datafile.OrderVotes{}
	for _, d := range r.d.Columns.Dates {
		switch {
		case d.Order != "":
			r.orders[d.Column] = d.Order
		case r.d.Format == study.Parquet:
			r.orders[d.Column] = study.YMD
		default:
			votes[d.Column] = &datafile.OrderVotes{}
		}
	}
	if len(votes) == 0 {
		return nil
	}
	// Notes and bad rows are recorded when the rows are read for their values.
	from, facts := *r.source, *r.tableFacts
	from.notes, from.sources, from.bin, facts.worded = nil, nil, bin{domain: r.d.Name}, nil
	scout := *r
	scout.source, scout.tableFacts = &from, &facts
	for _, p := range paths {
		t := scout.newTable()
		err := t.readFile(p, func(_ string, r row) error { return t.vote(r, votes) })
		if err != nil && !errors.Is(err, errSettled) {
			return err
		}
	}
	for _, d := range r.d.Columns.Dates {
		v := votes[d.Column]
		if v == nil {
			continue
		}
		order, ok := v.Order()
		say := fmt.Sprintf("columns.dates: [{column: %s, order: %s}]", d.Column, study.DMY)
		switch {
		case !ok:
			return &Error{File: paths[0], Column: d.Column, Reason: fmt.Sprintf("no order of day, month and year fits all dates: %d have the year first, %d the day, %d the month; correct them, or say which is right: %s", v.Ymd, v.Dmy, v.Mdy, say)}
		case order == "" && v.Dates > 0:
			return &Error{File: paths[0], Column: d.Column, Reason: fmt.Sprintf("all %d dates can be read with the day or the month first; say which is right: %s, or %s", v.Dates, say, study.MDY)}
		case order == "":
			order = study.YMD
		}
		r.orders[d.Column] = order
	}
	return nil
}

// vote counts which orders the dates of a row allow; one date with its year first
// settles its column.
func (t *table) vote(r row, votes map[string]*datafile.OrderVotes) error {
	if r.err != nil || len(r.fields) != len(t.roles.columns) {
		return nil
	}
	settled := true
	for k, d := range t.d.Columns.Dates {
		if v := votes[d.Column]; v != nil {
			if s := strings.TrimSpace(r.fields[t.roles.dates[k]]); !t.Missing[s] {
				v.Add(s)
			}
			settled = settled && v.Ymd > 0
		}
	}
	if settled {
		return errSettled
	}
	return nil
}

// dateNames are the inputs that a table's dates become.
func (s *source) dateNames() []string {
	var out []string
	for _, d := range s.d.Columns.Dates {
		out = append(out, datafile.DateInputs(d)...)
	}
	return out
}

// follows reports whether an input is made of a date and not the first: the
// first tells where the date is missing.
func (s *source) follows(name string) bool {
	for _, d := range s.d.Columns.Dates {
		if slices.Index(datafile.DateInputs(d), name) > 0 {
			return true
		}
	}
	return false
}

// dates appends the inputs that the dates of a row become.
func (t *table) dates(ro *roles, fields []string) *Error {
	for k, d := range t.d.Columns.Dates {
		s := strings.TrimSpace(fields[ro.dates[k]])
		if t.Missing[s] || datafile.MissingNumber(s) {
			if !t.fills {
				return &Error{Column: d.Column, Reason: datafile.MissingValue}
			}
			t.gapped = true
			for range datafile.DateInputs(d) {
				t.values = append(t.values, math.NaN())
			}
			continue
		}
		seconds, reason := datafile.Moment(s, t.orders[d.Column])
		if reason != "" {
			return &Error{Column: d.Column, Value: fields[ro.dates[k]], Reason: reason}
		}
		t.values = datafile.AppendDateInputs(t.values, seconds, d)
	}
	return nil
}

// timeOf is what a row is ordered by: a number, or a date in seconds.
func (t *table) timeOf(ro *roles, fields []string) (float64, *Error) {
	s := strings.TrimSpace(fields[ro.time])
	order, dated := t.orders[ro.columns[ro.time]]
	if !dated {
		v, reason := t.Number(s)
		if reason == "" || reason == datafile.MissingValue {
			if reason != "" {
				return 0, &Error{Column: ro.columns[ro.time], Reason: reason}
			}
			return v, nil
		}
		var votes datafile.OrderVotes
		votes.Add(s)
		if order, _ = votes.Order(); order == "" {
			return 0, &Error{Column: ro.columns[ro.time], Value: s, Reason: fmt.Sprintf("neither a number nor a date whose order is plain; name the column under columns.dates, with its order: [{column: %s, order: %s}]", ro.columns[ro.time], study.DMY)}
		}
	}
	v, reason := datafile.Moment(s, order)
	if reason != "" {
		return 0, &Error{Column: ro.columns[ro.time], Value: s, Reason: reason}
	}
	return v, nil
}

// inTime puts rows into the order of their times.
func inTime(st *store, rows []int) []int {
	if st.time == nil {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b int) int {
		switch {
		case st.time[a] < st.time[b]:
			return -1
		case st.time[a] > st.time[b]:
			return 1
		}
		return 0
	})
	return rows
}

// cutInTime moves a place to cut rows, so that rows of one time stay on one
// side: to the nearest change of the time, or nowhere if there is none.
func cutInTime(st *store, rows []int, at int) int {
	if st.time == nil {
		return at
	}
	changes := func(i int) bool { return i > 0 && i < len(rows) && st.time[rows[i-1]] != st.time[rows[i]] }
	for step := range len(rows) {
		switch {
		case changes(at - step):
			return at - step
		case changes(at + step):
			return at + step
		}
	}
	return at
}
