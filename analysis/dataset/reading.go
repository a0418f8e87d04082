package dataset

import (
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// reading is one pass over one file of a table: for one domain, or for several
// whose settings of columns differ in the values of columns.where alone.
type reading struct {
	path   string
	takers []*taker // those that no error has stopped; the first stands for all in what they share
	rows   int64    // read so far, with those of the table's files before this one
	where  *choice  // nil: every taker looks at every row
}

// taker takes the rows of a file for one domain.
type taker struct {
	*table
	// take adds a row; the roles of columns are known by then. An error stops
	// this taker and no other.
	take func(path string, r row) error
	err  error // why it takes no more rows
}

// readFile hands the rows of a file of text to take, with the roles of columns found.
func (t *table) readFile(path string, take func(string, row) error) error {
	own := &taker{table: t, take: take}
	(&reading{path: path, takers: []*taker{own}, rows: t.rows}).all((*reading).text)
	return own.err
}

// all reads the file by the function for its format, and leaves with every taker
// the error that stopped it.
func (g *reading) all(read func(*reading) error) {
	first := slices.Clone(g.takers)
	if err := read(g); err != nil {
		g.each(func(*taker) error { return ownCopy(err) })
	}
	for _, t := range first {
		t.rows = g.rows
		if g.where != nil && t.st.rows() == 0 {
			g.where.tell(t.elsewhere)
		}
	}
}

// limits are those of the study, which all takers share.
func (g *reading) limits() filelimit.Limits { return g.takers[0].study.Limits }

// each calls do for every taker, and drops those for which it fails. It reports
// whether any is left.
func (g *reading) each(do func(*taker) error) bool {
	g.takers = slices.DeleteFunc(g.takers, func(t *taker) bool {
		t.err = do(t)
		return t.err != nil
	})
	return len(g.takers) > 0
}

// ownCopy copies an error about a file, since each domain puts its name to it.
func ownCopy(err error) error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // only what dataset.Error itself says gets a domain's name
		return copyOf(e)
	}
	return err
}

func copyOf(e *Error) *Error {
	own := *e
	return &own
}

// resolve finds the roles of columns for every taker, and reports whether any is
// left.
func (g *reading) resolve(columns []string, first []row, header bool) bool {
	left := g.each(func(t *taker) error {
		var err error
		if t.roles, err = t.resolve(g.path, columns, first, header); err != nil {
			return err
		}
		if t.features == nil {
			t.features = t.roles.featureNames
		}
		return nil
	})
	if left {
		g.where = newChoice(g.takers)
	}
	return left
}

// tellLists says which of some columns of lists the inputs are elements of.
func (g *reading) tellLists(lists map[string]int) {
	for _, t := range g.takers {
		used := map[string]int{}
		for name, n := range lists {
			if slices.Contains(t.roles.featureNames, datafile.ElementName(name, 0)) {
				used[name] = n
			}
		}
		if len(used) > 0 {
			t.noteOnce(datafile.ListsFound(used))
		}
	}
}

// give hands a row to the takers that it may belong to, and reports whether any
// taker is left.
func (g *reading) give(r row) bool {
	failed := false
	for _, t := range g.chosen(r) {
		if t.err != nil {
			continue
		}
		own := r
		if r.err != nil {
			own.err = copyOf(r.err)
		}
		t.rows = g.rows
		t.err = t.take(g.path, own)
		failed = failed || t.err != nil
	}
	g.rows++
	return !failed || g.each(func(t *taker) error { return t.err })
}

// chosen lists the takers that a row may belong to: all, unless its value in the
// column that they select by says which.
func (g *reading) chosen(r row) []*taker {
	if g.where == nil || r.err != nil {
		return g.takers
	}
	columns := g.takers[0].roles.columns
	fields := delimited.Fit(columns, r.fields)
	if len(fields) != len(columns) {
		return g.takers
	}
	return g.where.of(fields)
}

// choice tells by the value of one column which takers a row belongs to.
type choice struct {
	column  int
	name    string // of the column
	byValue map[string][]*taker
	seen    map[string]bool // the first values, for messages
}

// newChoice returns nil where takers cannot be told apart by one column, or are to
// see all rows, as those do that share a split.
func newChoice(takers []*taker) *choice {
	if len(takers) < 2 {
		return nil
	}
	c := &choice{byValue: map[string][]*taker{}, seen: map[string]bool{}}
	for _, t := range takers {
		if len(t.roles.where) != 1 || t.shares() {
			return nil
		}
		w := t.roles.where[0]
		c.column, c.name = w.column, t.roles.columns[w.column]
		c.byValue[w.value] = append(c.byValue[w.value], t)
	}
	return c
}

// of lists the takers of a row.
func (c *choice) of(fields []string) []*taker {
	v := strings.TrimSpace(fields[c.column])
	if len(c.seen) < mostElsewhere && !c.seen[v] {
		c.seen[strings.Clone(v)] = true
	}
	return c.byValue[v]
}

// tell adds the values seen to those that kept rows out of a domain without any.
func (c *choice) tell(elsewhere map[string]bool) {
	for _, v := range slices.Sorted(maps.Keys(c.seen)) {
		if len(elsewhere) < mostElsewhere {
			elsewhere[c.name+"="+v] = true
		}
	}
}
