package drafting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// date proposes a column of texts as one of dates, and reports whether it is.
// Where rows follow its order, testing is on the last.
func (g *tableGuess) date(j int) bool {
	name := g.names[j]
	var votes datafile.OrderVotes
	var texts []string
	for _, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.Missing[s] {
			continue
		}
		texts = append(texts, s)
		if !votes.Add(s) {
			return false
		}
	}
	order, ok := votes.Order()
	if len(texts) == 0 || !ok {
		return false
	}
	if order == "" {
		g.note("column %q holds dates that can be read with the day or the month first and is left out; name it under columns.dates, with its order: dmy or mdy", name)
		return true
	}
	d := study.Date{Column: name, Order: order, Parts: []string{study.Year, study.Week}}
	ascending, clock := true, false
	last := 0.0
	for i, s := range texts {
		seconds, reason := datafile.Moment(s, order)
		if reason != "" {
			return false
		}
		clock = clock || int64(seconds)%86400 != 0
		ascending = ascending && (i == 0 || seconds >= last)
		last = seconds
	}
	if clock {
		d.Parts = append(d.Parts, study.Day)
	}
	g.columns.Dates = append(g.columns.Dates, d)
	g.note("dates of column %q become inputs: the position in the %s", name, strings.Join(d.Parts, ", the "))
	if g.counters == nil && ascending && texts[0] != texts[len(texts)-1] {
		g.ordered = append(g.ordered, name)
	}
	return true
}

// compactDates reports whether all values of a column are dates in one number.
func (g *tableGuess) compactDates(j int) bool {
	some := false
	for _, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.Missing[s] {
			continue
		}
		if !datafile.IsCompactDate(s) {
			return false
		}
		some = true
	}
	return some
}

// lateClass reports whether a class is not among the first rows, which a split
// by time leaves for training.
func (g *tableGuess) lateClass(label string) bool {
	j := slices.Index(g.names, label)
	if j < 0 {
		return false
	}
	early := map[string]bool{}
	for i, f := range g.rows {
		if s := strings.TrimSpace(f[j]); i < len(g.rows)*6/10 {
			early[s] = true
		} else if !early[s] {
			return true
		}
	}
	return false
}

// calendars are columns that give a moment together, from the year down.
var calendars = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(year|yr|yyyy)$`), regexp.MustCompile(`(?i)^(month|mon|mm)$`), regexp.MustCompile(`(?i)^(day|dd)$`),
	regexp.MustCompile(`(?i)^(hour|hr|hh)$`), regexp.MustCompile(`(?i)^(minute|min)$`),
}

// calendarColumns lists such columns, as far as there are any, and where they are; a single one gives
// no moment.
func (g *tableGuess) calendarColumns() (columns []string, at []int) {
	for _, c := range calendars {
		j := slices.IndexFunc(g.names, c.MatchString)
		if j < 0 {
			break
		}
		columns, at = append(columns, g.names[j]), append(at, j)
	}
	if len(columns) < 2 {
		return nil, nil
	}
	return columns, at
}

// calendar is the moment of a row, from the year down, read from columns at these places; nil where one is
// no number.
func (g *tableGuess) calendar(fields []string, at []int) []float64 {
	moment := make([]float64, len(at))
	for k, j := range at {
		v, reason := g.Number(strings.TrimSpace(fields[j]))
		if reason != "" {
			return nil
		}
		moment[k] = v
	}
	return moment
}

// calendarOrder lists the columns of a calendar where the rows follow them; nil where they do not.
func (g *tableGuess) calendarOrder() []string {
	columns, at := g.calendarColumns()
	if columns == nil || len(g.rows) == 0 {
		return nil
	}
	first := g.calendar(g.rows[0], at)
	last := first
	for _, f := range g.rows {
		moment := g.calendar(f, at)
		if moment == nil || slices.Compare(moment, last) < 0 {
			return nil
		}
		last = moment
	}
	if slices.Equal(first, last) {
		return nil
	}
	return columns
}

// settleTime splits by time where the rows of every table follow a date, or columns of years,
// months and so on, and nothing else says how to split.
func settleTime(found []*find) {
	if len(found) == 0 || slices.ContainsFunc(found, func(f *find) bool {
		return f.guess == nil || f.test != nil || f.columns.Split != "" || f.columns.Group != "" || f.guess.lateClass(f.columns.Label)
	}) {
		return
	}
	for _, d := range found[0].columns.Dates {
		if slices.ContainsFunc(found, func(f *find) bool { return !slices.Contains(f.guess.ordered, d.Column) }) {
			continue
		}
		for _, f := range found {
			f.columns.Time = d.Column
			f.notes = append(f.notes, fmt.Sprintf("rows follow column %q: the last of them are for testing (split.by: time)", d.Column))
		}
		return
	}
	columns := found[0].guess.calendarOrder()
	if columns == nil || slices.ContainsFunc(found, func(f *find) bool { return !slices.Equal(f.guess.calendarOrder(), columns) }) {
		return
	}
	for _, f := range found {
		f.inOrder = true
		f.notes = append(f.notes, fmt.Sprintf("rows follow columns %s: the last of them are for testing (split.by: time)", datafile.List(columns)))
	}
}

// clock is what may say when rows are of: a column of dates, or the columns of a calendar.
type clock struct {
	date    string   // the column of dates
	columns []string // of a calendar
	// moment of a row, in numbers to be compared from the first on; nil where it has none.
	moment func(fields []string) []float64
}

// clocks lists those of a table.
func (f *find) clocks() []clock {
	var out []clock
	place := datafile.Positions(f.names)
	for _, d := range f.columns.Dates {
		j := place[d.Column]
		out = append(out, clock{date: d.Column, moment: func(fields []string) []float64 {
			seconds, reason := datafile.Moment(strings.TrimSpace(fields[j]), d.Order)
			if reason != "" {
				return nil
			}
			return []float64{seconds}
		}})
	}
	if columns, at := f.guess.calendarColumns(); columns != nil {
		out = append(out, clock{columns: columns, moment: func(fields []string) []float64 { return f.guess.calendar(fields, at) }})
	}
	return out
}

// within is what is known of the rows of one domain so far, whose moments may be in order.
type within struct {
	rows        int
	first, last []float64       // moments
	falls       bool            // a row is earlier than the one before it, or has no place in a calendar
	early       map[string]bool // classes of the first rows, which a split by time leaves for training
	late        bool            // others come later
}

// orderWithin finds what the rows of every domain follow, a column of dates or those of a calendar, where domains
// are the values of a column: a table may have one machine after another. It is nil where there is none, or
// something else says how to split.
func (f *find) orderWithin(by *candidate) (*clock, error) {
	c := f.columns
	if f.guess == nil || f.test != nil || c.Split != "" || c.Group != "" && c.Group != by.name || c.Time != "" || f.inOrder {
		return nil, nil
	}
	clocks := f.clocks()
	if len(clocks) == 0 {
		return nil, nil
	}
	place := datafile.Positions(f.names)
	label, classes := place[c.Label]
	orders := make([]map[string]*within, len(clocks))
	for k := range orders {
		orders[k] = map[string]*within{}
	}
	err := f.eachRow(func(fields []string) {
		v := strings.TrimSpace(fields[place[by.name]])
		if by.rows[v] < by.least {
			return
		}
		for k, clock := range clocks {
			w := orders[k][v]
			if w == nil {
				w = &within{early: map[string]bool{}}
				orders[k][strings.Clone(v)] = w
			}
			if moment := clock.moment(fields); moment != nil {
				if w.first == nil {
					w.first, w.last = moment, moment
				}
				w.falls = w.falls || slices.Compare(moment, w.last) < 0
				w.last = moment
			} else {
				w.falls = w.falls || clock.date == ""
			}
			if w.rows++; classes {
				class := strings.TrimSpace(fields[label])
				if w.rows <= by.rows[v]*6/10 {
					w.early[strings.Clone(class)] = true
				} else if !w.early[class] {
					w.late = true
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for k := range clocks {
		rising := true
		for _, w := range orders[k] {
			rising = rising && !w.falls && !w.late && slices.Compare(w.last, w.first) > 0
		}
		if rising {
			return &clocks[k], nil
		}
	}
	return nil, nil
}
