package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// roles are the positions of columns by what they are for; -1 is none.
type roles struct {
	columns      []string
	features     []int
	featureNames []string
	categorical  []int
	dates        []int
	text         []int
	targets      []int
	label        int
	group        int
	split        int
	time         int
	where        []condition
	units        []string // of all columns; empty where numbers are bare
}

// condition is a value that the rows of a domain have in a column.
type condition struct {
	column int
	value  string
}

// fields lists the columns that are read as texts, each once: those with a role
// other than that of an input.
func (r *roles) fields() []int {
	out := slices.Concat(r.targets, r.categorical, r.dates, r.text)
	for _, j := range []int{r.label, r.group, r.split, r.time} {
		if j >= 0 {
			out = append(out, j)
		}
	}
	for _, w := range r.where {
		out = append(out, w.column)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// resolve finds the columns that the study names. Where it names no features,
// they are all columns of numbers without another role, as the first rows of
// the first file show.
func (t *table) resolve(path string, columns []string, first []row, header bool) (*roles, error) {
	r := &roles{columns: slices.Clone(columns), label: -1, group: -1, split: -1, time: -1}
	hint := ""
	if header && t.d.Format != study.Parquet && 2*numbersIn(columns) > len(columns) {
		hint = "; the first line holds mostly numbers: if the table has no header, set columns.header: false"
	}
	place := datafile.Positions(columns)
	for i, c := range columns {
		if j := place[c]; j < i && c != "" {
			if hint == "" && header && t.d.Format != study.Parquet {
				hint = "; rename one, or pass over the header (columns.skip, columns.header: false) and list columns.names"
			}
			return nil, &Error{File: path, Column: c, Reason: fmt.Sprintf("columns %d and %d have this name%s", j+1, i+1, hint)}
		}
	}
	var err error
	at := func(name, role string) int {
		j, ok := place[name]
		if !ok {
			j = -1
		}
		if !ok && err == nil {
			advice := study.DidYouMean(name, columns)
			if inner := t.elements(path, []string{name}, columns, place); inner[0] != name {
				advice = fmt.Sprintf("; what it holds are columns of their own, of which one is %q", inner[0])
			}
			err = &Error{File: path, Column: name, Reason: fmt.Sprintf("columns.%s names it, and the table has no such column%s%s", role, advice, hint)}
		}
		return j
	}
	col := t.d.Columns
	if col.Label != "" {
		r.label = at(col.Label, "label")
	}
	if col.Group != "" {
		r.group = at(col.Group, "group")
	}
	if col.Split != "" {
		r.split = at(col.Split, "split")
	}
	if col.Time != "" {
		r.time = at(col.Time, "time")
	}
	for _, d := range col.Dates {
		r.dates = append(r.dates, at(d.Column, "dates"))
	}
	for _, n := range slices.Sorted(maps.Keys(col.Where)) {
		r.where = append(r.where, condition{at(n, "where"), col.Where[n]})
	}
	for _, n := range col.Targets {
		r.targets = append(r.targets, at(n, "targets"))
	}
	for _, n := range col.Labels {
		r.targets = append(r.targets, at(n, "labels"))
	}
	for _, n := range col.Categorical {
		r.categorical = append(r.categorical, at(n, "categorical"))
	}
	for _, n := range col.Text {
		r.text = append(r.text, at(n, "text"))
	}
	r.units = make([]string, len(columns))
	for _, n := range slices.Sorted(maps.Keys(col.Units)) {
		if j := at(n, "units"); j >= 0 {
			r.units[j] = col.Units[n]
		}
	}
	ignored := map[int]bool{}
	whole := func(names []string) []string { return t.elements(path, names, columns, place) }
	for _, n := range col.Ignore {
		for _, inner := range whole([]string{n}) {
			if j, ok := place[inner]; ok && inner != n {
				ignored[j] = true
				t.foundNamed(n)
			}
		}
		// A column that another domain has need not be here.
		if j, ok := place[n]; ok {
			ignored[j] = true
			t.foundNamed(n)
		}
	}
	for _, n := range col.Known {
		if _, ok := place[n]; ok {
			t.foundNamed(n)
		}
	}
	t.columns = columns
	for _, w := range r.where {
		ignored[w.column] = true
	}
	names := col.Features
	if len(names) == 0 {
		names = t.features
	}
	role := "features"
	if t.texts() {
		names = []string{}
	}
	if t.d.Indexed() {
		names, role = []string{col.File}, "file"
	}
	for _, n := range whole(names) {
		r.features = append(r.features, at(n, role))
	}
	if err != nil {
		return nil, err
	}
	if names == nil {
		t.findFeatures(r, first, ignored)
	}
	for _, j := range r.features {
		r.featureNames = append(r.featureNames, columns[j])
	}
	if len(r.features) == 0 && len(r.categorical) == 0 && len(r.dates) == 0 && len(r.text) == 0 {
		return nil, &Error{File: path, Reason: "no column of numbers is left for the inputs; there are " + strings.Join(columns, ", ") + hint}
	}
	return r, nil
}

// elements puts the columns of a list or a record into the place of its name, where the format has such.
func (t *table) elements(path string, names, columns []string, place map[string]int) []string {
	if t.d.Format != study.Parquet && !datafile.IsJSON(path) {
		return names
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if _, ok := place[n]; ok {
			out = append(out, n)
			continue
		}
		before := len(out)
		for _, c := range columns {
			if strings.HasPrefix(c, n+".") || strings.HasPrefix(c, n+"[") {
				out = append(out, c)
			}
		}
		if len(out) == before {
			out = append(out, n)
		}
	}
	return out
}

// findFeatures takes the columns of numbers. A column counts as one when at
// least half of the values that are there are numbers: the others are then bad
// values, not text.
func (t *table) findFeatures(r *roles, first []row, ignored map[int]bool) {
	var text, empty []string
	var rowNames []int
	taken := map[int]bool{r.label: true, r.group: true, r.split: true}
	for _, j := range slices.Concat(r.targets, r.categorical, r.dates) {
		taken[j] = true
	}
	for j, c := range r.columns {
		if taken[j] || ignored[j] {
			continue
		}
		numbers, others := 0, 0
		for _, f := range first {
			if j >= len(f.fields) {
				continue
			}
			switch _, reason := t.Measured(f.fields[j], r.units[j]); reason {
			case "":
				numbers++
			case datafile.MissingValue:
			default:
				others++
			}
		}
		switch {
		case c == "" && numbers+others == 0:
			// A delimiter behind every row: nothing to tell.
		case t.rowNames(c):
			rowNames = append(rowNames, j)
		case numbers > 0 && numbers >= others:
			r.features = append(r.features, j)
		case t.fills && numbers+others == 0 && c != "":
			// Another domain may tell what this column holds.
			r.features = append(r.features, j)
			if t.worded == nil {
				t.worded = map[string]bool{}
			}
			t.worded[c] = false
		case others == 0:
			empty = append(empty, c)
		case j == r.time:
		default:
			text = append(text, c)
		}
	}
	t.sortFeatures(r)
	t.noteRowNames(r.columns, rowNames)
	if len(empty) > 0 {
		t.notef("columns without %s are left out: %s", t.noValues(), datafile.List(empty))
	}
	if len(text) > 0 {
		t.notef("columns without numbers are left out: %s", datafile.List(text))
	}
}

// noValues is what is known of columns without values: of text, the first rows
// are looked at.
func (t *table) noValues() string {
	if t.d.Format == study.Parquet {
		return "values"
	}
	return fmt.Sprintf("values in the first %d rows", peekedRows)
}

// sortFeatures puts the features found into the order in which the first domain
// of the study has them, where they are the same.
func (t *table) sortFeatures(r *roles) {
	var names []string
	for _, j := range r.features {
		names = append(names, r.columns[j])
	}
	if t.order == nil || slices.Equal(names, t.order) || !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(t.order))) {
		return
	}
	place, found := datafile.Positions(names), slices.Clone(r.features)
	for i, n := range t.order {
		r.features[i] = found[place[n]]
	}
	t.notef("columns stand in another order than those of the first domain; they are matched by name")
}

// numbersIn counts the texts that are numbers.
func numbersIn(texts []string) int {
	n := 0
	for _, s := range texts {
		if datafile.IsNumber(strings.TrimSpace(s)) {
			n++
		}
	}
	return n
}
