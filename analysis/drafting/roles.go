package drafting

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
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
	lists   map[string]int // lengths of the lists that columns hold, each number of which is an input
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

// takeLists says which columns hold lists of numbers.
func (g *tableGuess) takeLists(lists map[string]int) {
	if g.lists = lists; len(lists) > 0 {
		g.note("%s", datafile.ListsFound(lists))
	}
}

var (
	// predictedNames are names of columns that are predicted, those first that are hardly ever an input.
	predictedNames = []*regexp.Regexp{
		regexp.MustCompile(`(?i)^(label|class|target|y|species|diagnosis|outcome|defect|fault|failure|machine failure|machine[ _]?(status|state|condition)|sentiment|polarity|survived|survival|churn(ed)?|exited|attrition|(is[ _]?)?fraud|readmitted|defaulted|default[ _.]payment[ _.]next[ _.]month|heart[ _]?disease|stroke|loan[ _]status|converted|subscribed|rul)$`),
		regexp.MustCompile(`(?i)^(category|type|quality|status|stars|rating)$`),
		regexp.MustCompile(`(?i)^(sales|units[ _]sold|demand|revenue)$`),
		regexp.MustCompile(`(?i)^(price|sale[ _]?price|yield|consumption)$`),
	}
	classNames = predictedNames[:2] // of classes, most of them; the others are of numbers
	// groupName is a column whose values keep rows together. What stays the same from one
	// day to the next, which its first group matches, does so only where there are many.
	groupName = regexp.MustCompile(`(?i)^(?:(group|machine|unit|site)|subject|patient|lot|board|track|session|person)([ _#.-]?(id|no|nr|number))?#?$`)
)

// isClassName reports whether a column is called as columns with classes are.
func isClassName(column string) bool {
	return slices.ContainsFunc(classNames, func(r *regexp.Regexp) bool { return r.MatchString(column) })
}

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

// few reports whether the values of a column are so few that each can be a word.
func (g *tableGuess) few(c columnLook) bool {
	return len(c.values) <= mostProposed && len(c.values) <= len(g.rows)/4
}

// codes reports whether a column has numbers of one length, four digits at least, some of
// which begin with 0: postal codes, not amounts.
func (g *tableGuess) codes(j int) bool {
	length, zeros := 0, false
	for _, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.Missing[s] {
			continue
		}
		if length == 0 {
			length = len(s)
		}
		if length < 4 || len(s) != length || strings.Trim(s, "0123456789") != "" {
			return false
		}
		zeros = zeros || s[0] == '0'
	}
	return zeros
}

func (g *tableGuess) roles() {
	target := len(g.names) - 1
	if g.classFirst() {
		target = 0
	}
	split := g.splitColumn()
	if target == split && target > 0 {
		target--
	}
	if j := g.calledPredicted(); j >= 0 {
		target = j
	}
	for ; target >= 0; target-- {
		if c := g.column(target); len(c.values) > 1 && !c.counter && !g.alike[g.names[target]] && (c.numeric || 2*len(c.values) <= len(g.rows) && !g.holdsText(target)) && !datafile.NamesRows(g.names[target], g.index) {
			break // what is the same everywhere, or counts, cannot be predicted
		}
	}
	if split == target {
		split = -1
	}
	var counters, mixed, signed []string
	amounts, uneven := map[string]bool{}, map[string]bool{}
	var rowNames []int
	for j, n := range g.names {
		c := g.column(j)
		switch {
		case datafile.NamesRows(n, g.index) && n == "" && len(c.values) == 0:
			// Every row ends in a delimiter, which makes an empty column.
		case datafile.NamesRows(n, g.index):
			rowNames = append(rowNames, j)
		case j == target:
			g.predict(n, c.values, c.numeric)
		case g.alike[n] && !c.numeric:
			g.columns.Ignore = append(g.columns.Ignore, n)
			g.note("column %q has another value in each table, and one in all rows of it: it is left out", n)
		case j == split:
			g.columns.Split = n
			g.note("column %q says which rows are for training and which for testing", n)
		case len(c.values) > 1 && len(c.values) < fewGroups && isLasting(n):
			g.columns.Categorical = append(g.columns.Categorical, n)
			g.note("%q has %d values: an input; write it as columns.group if the model is meant for others than these", n, len(c.values))
		case groupName.MatchString(n) && len(c.values) > 1 && len(c.values) <= len(g.rows)/2:
			g.columns.Group = n
			g.note("rows of the same %q are kept in the same split", n)
		case c.numeric && g.compactDates(j) && g.date(j):
		case c.numeric && g.partNumbers(j, c):
			g.columns.Ignore = append(g.columns.Ignore, n)
			g.note("column %q is left out, since it may say which rows are for testing: to divide them by it, write train and test there, and name it under columns.split", n)
		case c.numeric && g.codes(j) && len(c.values) > 1 && g.few(c):
			g.columns.Categorical = append(g.columns.Categorical, n)
			g.note("column %q holds codes with leading zeros, each a word of its own", n)
		case c.numeric && g.codes(j) && !c.counter:
			g.inputs = append(g.inputs, n)
			g.note("column %q holds codes with leading zeros, many different ones, which are taken for numbers: name it under columns.ignore if the next code is no nearer than any other", n)
		case c.numeric && c.counter:
			counters = append(counters, n)
		case c.numeric && c.odd*mostOdd > len(g.rows):
			mixed = append(mixed, fmt.Sprintf("%q (%d of %d rows, one with %q)", n, c.odd, len(g.rows), c.example))
			g.columns.Ignore = append(g.columns.Ignore, n)
		case c.numeric:
			g.inputs = append(g.inputs, n)
		case g.date(j):
		default:
			g.text = append(g.text, n)
			switch examples := amountsOf(c.values); {
			case c.listed():
				uneven[n] = true
			case len(c.values) > 1 && g.few(c):
				g.columns.Categorical = append(g.columns.Categorical, n)
			case len(examples) > 0:
				amounts[n] = true
				signed = append(signed, fmt.Sprintf("%q (%s)", n, strings.Join(examples, ", ")))
			case g.someNumber(c.values):
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
	if len(mixed) > 0 && g.columns.Text == nil {
		g.note("columns of numbers in which many values are none are left out: %s; write numbers, or what columns.missing lists, to use them", strings.Join(mixed, ", "))
	}
	if len(signed) > 0 {
		g.note("columns of numbers with signs or units are left out: %s; write the numbers alone to use them, or one unit throughout a column", strings.Join(signed, ", "))
	}
	others := slices.DeleteFunc(datafile.Without(g.text, g.columns.Categorical), func(n string) bool { return amounts[n] || uneven[n] })
	if len(uneven) > 0 {
		g.note("columns of lists are left out, since only lists of numbers, as many in each row, become inputs: %s", datafile.List(slices.Sorted(maps.Keys(uneven))))
	}
	if len(others) > 0 {
		g.note("columns of text are left out: %s", datafile.List(others))
	}
}

// mostOdd bounds the rows that one input may cost, since its values are no numbers there: one in so
// many.
const mostOdd = 20

// calledPredicted finds the column that its name says is predicted, the last of several; -1 without one.
// The last of the names say it only where the last column has numbers, too: it is the class otherwise.
func (g *tableGuess) calledPredicted() int {
	isNumber := func(j int) bool {
		c := g.column(j)
		return c.numeric && len(c.values) > mostClasses
	}
	for tier, names := range predictedNames {
		if tier == len(predictedNames)-1 && !isNumber(len(g.names)-1) {
			return -1
		}
		for j := len(g.names) - 1; j >= 0; j-- {
			n := g.names[j]
			if names.MatchString(n) && !g.alike[n] && len(g.column(j).values) > 1 && (tier < len(classNames) || isNumber(j)) {
				return j
			}
		}
	}
	return -1
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
		return nil, fmt.Errorf("%w: %s", errNoInput, strings.Join(g.notes, "; "))
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
		c := g.column(j)
		few := len(c.values) <= min(mostClasses, len(g.rows)/2)
		if !c.numeric || c.counter || few != (j == 0) || len(c.values) < 2 {
			return false
		}
		for s := range c.values {
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

// columnLook is what the values of a column look like.
type columnLook struct {
	values  map[string]bool // all but those that are missing
	numeric bool            // they are numbers, most of them
	counter bool            // they number the rows
	odd     int             // rows whose value is no number, and not missing either
	example string          // one of these values
}

// listed reports whether the values are lists in JSON.
func (c columnLook) listed() bool {
	for s := range c.values {
		if s[0] != '[' || s[len(s)-1] != ']' {
			return false
		}
	}
	return len(c.values) > 0
}

// column looks at the values of a column.
func (g *tableGuess) column(j int) columnLook {
	c := columnLook{values: map[string]bool{}}
	if g.lists[g.names[j]] > 0 {
		c.numeric = true // and nothing that could be predicted, or name the domain
		return c
	}
	var gaps []string // what stands for missing numbers, if these are numbers
	var rows []int64
	var numbers []float64
	for i, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.Missing[s] {
			continue
		}
		c.values[s] = true
		v, reason := g.Number(s)
		switch reason {
		case "":
		case datafile.MissingValue:
			gaps = append(gaps, s)
			continue
		default:
			c.odd, c.example = c.odd+1, s
			continue
		}
		rows, numbers = append(rows, int64(i)), append(numbers, v)
	}
	if c.numeric = len(numbers) > 0 && len(numbers) >= c.odd; c.numeric {
		for _, s := range gaps {
			delete(c.values, s)
		}
	}
	switch {
	case !c.numeric || c.odd > 0:
	case g.counters != nil:
		c.counter = g.counters[g.names[j]]
	default:
		const precise = 1e-12
		kind := dataset.NumberingOf(rows, numbers, precise)
		c.counter = kind == dataset.Counting || kind == dataset.Shuffled
	}
	return c
}
