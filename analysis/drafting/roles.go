package drafting

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// tableGuess finds roles by names and values.
type tableGuess struct {
	*datafile.Spelling
	index   []string // columns that pandas says name the rows
	names   []string
	rows    [][]string
	columns *study.Columns
	inputs  []string // columns of numbers left as inputs
	text    []string
	notes   []string
	// counters are columns known to number the rows; nil: rows tell.
	counters map[string]bool
	ordered  []string // columns of dates that the rows follow
	// alike are columns that have one value in each of several tables, and not the same in all:
	// they name the table.
	alike map[string]bool
}

func (g *tableGuess) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

var (
	labelName = regexp.MustCompile(`(?i)^(label|class|target|y|category|species|type|quality|diagnosis|outcome|status|defect|fault|failure|machine failure|sentiment|polarity|stars|rating)$`)
	// groupName is a column whose values keep rows together. What stays the same from one
	// day to the next, which its first group matches, does so only where there are many.
	groupName = regexp.MustCompile(`(?i)^(?:(group|machine|unit|site)|subject|patient|lot|board|track|session|person)([ _#.-]?(id|no|nr|number))?#?$`)
)

// fewGroups is the number of machines, units or sites below which training and test
// cannot have two of them each: they are an input then.
const fewGroups = 4

// isLasting reports whether a column names machines, units, sites or groups.
func isLasting(column string) bool {
	m := groupName.FindStringSubmatch(column)
	return m != nil && m[1] != ""
}

// mostProposed is the largest number of different words with which a column is
// proposed as an input.
const mostProposed = 50

func (g *tableGuess) roles() {
	target := len(g.names) - 1
	if g.classFirst() {
		target = 0
	}
	split := g.splitColumn()
	if target == split && target > 0 {
		target--
	}
	for j, n := range g.names {
		if !labelName.MatchString(n) || g.alike[n] {
			continue
		}
		if values, _, _ := g.column(j); len(values) > 1 {
			target = j
		}
	}
	for ; target >= 0; target-- {
		if values, numeric, counter := g.column(target); len(values) > 1 && !counter && !g.alike[g.names[target]] && (numeric || !g.holdsText(target)) && !datafile.NamesRows(g.names[target], g.index) {
			break // what is the same everywhere, or counts, cannot be predicted
		}
	}
	if split == target {
		split = -1
	}
	var counters []string
	var rowNames []int
	for j, n := range g.names {
		values, numeric, counter := g.column(j)
		switch {
		case datafile.NamesRows(n, g.index) && n == "" && len(values) == 0:
			// Every row ends in a delimiter, which makes an empty column.
		case datafile.NamesRows(n, g.index):
			rowNames = append(rowNames, j)
		case j == target:
			g.predict(n, values, numeric)
		case g.alike[n] && !numeric:
			g.columns.Ignore = append(g.columns.Ignore, n)
			g.note("column %q has another value in each table, and one in all rows of it: it is left out", n)
		case j == split:
			g.columns.Split = n
			g.note("column %q says which rows are for training and which for testing", n)
		case len(values) > 1 && len(values) < fewGroups && isLasting(n):
			g.columns.Categorical = append(g.columns.Categorical, n)
			g.note("%q has %d values: an input; write it as columns.group if the model is meant for others than these", n, len(values))
		case groupName.MatchString(n) && len(values) > 1 && len(values) <= len(g.rows)/2:
			g.columns.Group = n
			g.note("rows of the same %q are kept in the same split", n)
		case numeric && counter:
			counters = append(counters, n)
		case numeric:
			g.inputs = append(g.inputs, n)
		case g.date(j):
		default:
			g.text = append(g.text, n)
			switch {
			case len(values) > 1 && len(values) <= mostProposed && len(values) <= len(g.rows)/4:
				g.columns.Categorical = append(g.columns.Categorical, n)
			case g.someNumber(values):
				// In the table of another domain most of its values may be numbers.
				g.columns.Ignore = append(g.columns.Ignore, n)
			}
		}
	}
	if len(rowNames) > 0 {
		g.notes = append(g.notes, datafile.RowNamesLeftOut(g.names, rowNames))
	}
	g.takeTexts()
	if g.columns.Text == nil {
		g.leaveCounters(counters)
	} else {
		g.columns.Ignore = nil
	}
	if others := datafile.Without(g.text, g.columns.Categorical); len(others) > 0 {
		g.note("columns of text are left out: %s", datafile.List(others))
	}
}

// someNumber reports whether any of some texts is a number.
func (g *tableGuess) someNumber(texts map[string]bool) bool {
	for s := range texts {
		if _, reason := g.Number(s); reason == "" {
			return true
		}
	}
	return false
}

// leaveCounters leaves out columns that number the rows, unless they are all
// there is.
func (g *tableGuess) leaveCounters(names []string) {
	if len(g.inputs) == 0 && len(g.columns.Categorical) == 0 {
		g.inputs = names
		return
	}
	for _, n := range names {
		g.columns.Ignore = append(g.columns.Ignore, n)
		g.note("column %q counts the rows and is left out", n)
	}
}

// find guesses the roles and returns what was found.
func (g *tableGuess) find() (*find, error) {
	written := len(g.notes)
	g.roles()
	if g.columns.Label == "" && len(g.columns.Targets) == 0 {
		return nil, errNoTarget
	}
	if len(g.inputs) == 0 && len(g.columns.Categorical) == 0 && len(g.columns.Dates) == 0 && len(g.columns.Text) == 0 {
		return nil, errNoInput
	}
	what := fmt.Sprintf("a table of %d columns", len(g.names))
	return &find{what: what, columns: g.columns, names: g.names, inputs: g.inputs, notes: g.notes, written: written, guess: g}, nil
}

// mostClasses is the largest number of different numbers that are taken for classes.
const mostClasses = 20

// classFirst reports whether the first column of a table without header is the class, as
// in tables of the UCR archive: it has a few whole numbers, and all others are numbers of
// many values.
func (g *tableGuess) classFirst() bool {
	if g.columns.Header == nil || *g.columns.Header {
		return false
	}
	for j := range g.names {
		values, numeric, counter := g.column(j)
		few := len(values) <= min(mostClasses, len(g.rows)/2)
		if !numeric || counter || few != (j == 0) || len(values) < 2 {
			return false
		}
		for s := range values {
			if v, _ := g.Number(s); j == 0 && v != math.Trunc(v) {
				return false
			}
		}
	}
	return true
}

// predict says that a column is predicted, as a class or as a number.
func (g *tableGuess) predict(name string, values map[string]bool, numeric bool) {
	if numeric && len(values) > mostClasses {
		g.columns.Targets = []string{name}
		g.notes = append(g.notes, predictsNumber(name))
		return
	}
	g.columns.Label = name
	g.note("column %q is predicted as a class", name)
}

func predictsNumber(name string) string {
	return fmt.Sprintf("column %q is predicted as a number", name)
}

// column returns the values of a column, whether they are numbers, and whether
// these number the rows.
func (g *tableGuess) column(j int) (values map[string]bool, numeric, counter bool) {
	values = map[string]bool{}
	others := 0
	var gaps []string // what stands for missing numbers, if these are numbers
	var rows []int64
	var numbers []float64
	for i, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.Missing[s] {
			continue
		}
		values[s] = true
		v, reason := g.Number(s)
		switch reason {
		case "":
		case datafile.MissingValue:
			gaps = append(gaps, s)
			continue
		default:
			others++
			continue
		}
		rows, numbers = append(rows, int64(i)), append(numbers, v)
	}
	if numeric = len(numbers) > 0 && len(numbers) >= others; numeric {
		for _, s := range gaps {
			delete(values, s)
		}
	}
	switch {
	case !numeric || others > 0:
	case g.counters != nil:
		counter = g.counters[g.names[j]]
	default:
		const precise = 1e-12
		kind := dataset.NumberingOf(rows, numbers, precise)
		counter = kind == dataset.Counting || kind == dataset.Shuffled
	}
	return values, numeric, counter
}
