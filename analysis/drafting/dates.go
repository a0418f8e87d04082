package drafting

import (
	"fmt"
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

// settleTime splits by time where the rows of every table follow a date, and
// nothing else says how to split.
func settleTime(found []*find) {
	if len(found) == 0 || found[0].guess == nil {
		return
	}
	for _, d := range found[0].columns.Dates {
		if slices.ContainsFunc(found, func(f *find) bool {
			return f.guess == nil || f.test != nil || f.columns.Split != "" || f.columns.Group != "" || f.guess.lateClass(f.columns.Label) || !slices.Contains(f.guess.ordered, d.Column)
		}) {
			continue
		}
		for _, f := range found {
			f.columns.Time = d.Column
			f.notes = append(f.notes, fmt.Sprintf("rows follow column %q: the last of them are for testing (split.by: time)", d.Column))
		}
		return
	}
}
