package dataset

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

var tableEndings = []string{".csv", ".tsv", ".tab", ".data", ".dat", ".txt"}

// scanTables takes every table of a folder for a domain.
func (s *scanner) scanTables(dir string, files []string) {
	for _, name := range files {
		ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
		path := filepath.Join(dir, name)
		var f *find
		format := study.CSV
		switch {
		case isParquet(name):
			f, format = probeParquet(path), study.Parquet
		case slices.Contains(tableEndings, ending):
			f = probeTable(path)
		}
		if f == nil {
			continue
		}
		f.name, f.rel, f.format = stemOf(name), s.relative(path), format
		f.data, f.path = &study.Files{Path: f.rel}, path
		s.finds = append(s.finds, f)
	}
}

// probeTable guesses the roles of a table's columns from its first rows, or
// returns nil where there is no table of numbers.
func probeTable(path string) *find {
	o := &opener{study: &study.Study{}}
	o.d.Columns = study.NewColumns()
	r, err := o.openRecords(path)
	if err != nil {
		return nil
	}
	defer r.f.os.Close()
	var rows [][]string
	for len(rows) <= 500 {
		fields, err := r.next()
		if err != nil {
			break
		}
		rows = append(rows, slices.Clone(fields))
	}
	if len(rows) < 5 || len(rows[0]) < 2 {
		return nil
	}
	g := newTableGuess()
	if g.takeDialect(r, rows[0]) {
		rows = rows[1:]
	}
	for i := range rows {
		rows[i] = fit(g.names, rows[i])
	}
	g.rows = slices.DeleteFunc(rows, func(f []string) bool { return len(f) != len(g.names) })
	if len(g.rows) == 0 {
		return nil
	}
	return g.find()
}

// divideTable makes a domain of every value of a column of text, where one
// table is all there is. It takes the column with the fewest values, from 2 to
// a few; without one the table stays a single domain.
func divideTable(f *find) []*find {
	const most = 16
	o := &opener{study: &study.Study{}}
	o.d.Columns = study.NewColumns()
	r, err := o.openRecords(f.path)
	if err != nil {
		return []*find{f}
	}
	defer r.f.os.Close()
	header, _, err := r.header(nil, true)
	if err != nil {
		return []*find{f}
	}
	names := make([]string, len(header))
	count := make([]map[string]int, len(header))
	for j, n := range header {
		names[j], count[j] = strings.TrimSpace(n), map[string]int{}
	}
	for {
		fields, err := r.next()
		if err != nil {
			break
		}
		for j, v := range fields[:min(len(fields), len(names))] {
			if v = strings.TrimSpace(v); v != "" && len(count[j]) <= most {
				count[j][strings.Clone(v)]++
			}
		}
	}
	best := -1
	for j, n := range names {
		if values := len(count[j]); slices.Contains(f.text, n) && values >= 2 && values <= most && (best < 0 || values < len(count[best])) {
			best = j
		}
	}
	if best < 0 {
		return []*find{f}
	}
	var out []*find
	for _, v := range slices.Sorted(maps.Keys(count[best])) {
		d := *f
		columns := *f.columns
		columns.Categorical = slices.DeleteFunc(slices.Clone(columns.Categorical), func(n string) bool { return n == names[best] })
		if len(columns.Categorical) == 0 {
			columns.Categorical = nil
		}
		d.columns = &columns
		d.name, d.where = v, map[string]string{names[best]: v}
		d.what = fmt.Sprintf("%d rows of %s", count[best][v], f.rel)
		d.notes = append([]string{fmt.Sprintf("a domain is a value of column %q", names[best])}, f.notes...)
		out = append(out, &d)
	}
	return out
}

// tableGuess finds roles by names and values.
type tableGuess struct {
	*table
	names   []string
	rows    [][]string
	columns *study.Columns
	numbers int // columns left as inputs
	text    []string
	notes   []string
}

func (g *tableGuess) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

var (
	labelName = regexp.MustCompile(`(?i)^(label|class|target|y|category|species|type|quality|diagnosis|outcome|status|defect|fault|failure|machine failure)$`)
	groupName = regexp.MustCompile(`(?i)^(subject|patient|group|lot|machine|unit|board|track|session|person|site)([ _#.-]?(id|no|nr|number))?#?$`)
)

// mostProposed is the most different words of a column that is proposed as an
// input.
const mostProposed = 50

func (g *tableGuess) roles() {
	target := len(g.names) - 1
	for j, n := range g.names {
		if values, _, _ := g.column(j); labelName.MatchString(n) && len(values) > 1 {
			target = j
		}
	}
	for target > 0 {
		if values, _, _ := g.column(target); len(values) > 1 {
			break
		}
		target-- // a column that is the same everywhere cannot be predicted
	}
	for j, n := range g.names {
		values, numeric, counter := g.column(j)
		switch {
		case j == target:
			g.predict(n, values, numeric)
		case groupName.MatchString(n) && len(values) > 1 && len(values) <= len(g.rows)/2:
			g.columns.Group = n
			g.note("rows of the same %q are kept in the same split", n)
		case numeric && counter:
			g.columns.Ignore = append(g.columns.Ignore, n)
			g.note("column %q counts the rows and is left out", n)
		case numeric:
			g.numbers++
		default:
			g.text = append(g.text, n)
			if len(values) > 1 && len(values) <= mostProposed && len(values) <= len(g.rows)/4 {
				g.columns.Categorical = append(g.columns.Categorical, n)
			}
		}
	}
	if others := without(g.text, g.columns.Categorical); len(others) > 0 {
		g.note("columns of text are left out: %s", list(others))
	}
}

// predict says that a column is predicted, as a class or as a number.
func (g *tableGuess) predict(name string, values map[string]bool, numeric bool) {
	const most = 20
	if numeric && len(values) > most {
		g.columns.Targets = []string{name}
		g.note("column %q is predicted as a number", name)
		return
	}
	g.columns.Label = name
	g.note("column %q is predicted as a class", name)
}

// column returns the values of a column, whether they are numbers, and whether
// they count up one by one.
func (g *tableGuess) column(j int) (values map[string]bool, numeric, counter bool) {
	values = map[string]bool{}
	numbers, others := 0, 0
	counter = len(g.rows) > 2
	last := 0.0
	for i, f := range g.rows {
		s := strings.TrimSpace(f[j])
		if g.missing[s] {
			continue
		}
		values[s] = true
		v, reason := g.number(s)
		if reason != "" {
			others++
			continue
		}
		numbers++
		if i > 0 && v != last+1 {
			counter = false
		}
		last = v
	}
	return values, numbers > 0 && numbers >= others, counter && others == 0
}
