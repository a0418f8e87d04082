package drafting

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"
)

// domainWords are names of columns that tell domains apart, the most telling ones
// first.
var domainWords = []string{
	"domain", "dataset", "source", "site", "hospital", "clinic", "school", "plant", "factory", "mill", "line", "machine",
	"station", "center", "centre", "sensor", "device", "instrument", "scanner", "rig", "turbine", "vehicle", "robot", "store",
	"shop", "branch", "bank", "country", "region", "state", "province", "city", "district", "location", "area", "market",
	"language", "customer", "client", "tenant", "company", "supplier", "vendor", "brand", "product", "model", "batch", "lot",
	"lab", "department", "ward", "fleet", "unit", "year", "season", "cohort", "study", "operator", "subject", "patient",
	"person", "user", "group", "type", "kind", "category",
}

var (
	// keyWord is the last word in names of columns that hold identifiers.
	keyWord = regexp.MustCompile(`^(id|no|nr|num|number|name|code|key)$`)
	hump    = regexp.MustCompile(`([a-z])([A-Z])`)
	// traitName is a column that describes a sample and is rarely a domain.
	traitName = regexp.MustCompile(`(?i)^(sex|gender|race|ethnicity|smok(er|ing)|married|marital[ _.-]?status)$`)
)

// The ranks of columns whose names are not among domainWords. Low ranks are chosen
// first.
const (
	rankWords  = 1000 // texts of several values
	rankPairs  = 1001 // texts of two values
	rankTraits = 1002
	rankCodes  = 1003 // numbers: never chosen
)

// domainRank is the place of a column's name among [domainWords]: that of its last
// word, or of the word before id and the like.
func domainRank(column string) int {
	words := nameSplit.Split(strings.ToLower(hump.ReplaceAllString(strings.Trim(column, "# "), "$1 $2")), -1)
	if n := len(words); n > 1 && keyWord.MatchString(words[n-1]) {
		words = words[:n-1]
	}
	last := words[len(words)-1]
	for _, w := range []string{last, strings.TrimSuffix(last, "s"), strings.TrimSuffix(last, "id")} {
		if i := slices.Index(domainWords, w); i >= 0 {
			return i
		}
	}
	if traitName.MatchString(column) {
		return rankTraits
	}
	return rankWords
}

// candidate is a column whose values could be the domains.
type candidate struct {
	name  string
	rank  int
	least int            // rows of a domain
	rows  map[string]int // by value
	none  int            // rows without a value
}

// least is the number of rows below which a value is no domain. A recording has many windows.
func (f *find) least() int {
	if f.format == study.SeriesFormat {
		return 4
	}
	return 10
}

// withoutSmall leaves out tables with too few rows for a domain, where others have enough: parts of
// them would be tested on a row or two, and fewer folds be made of all.
func (s *scanner) withoutSmall(found []*find) []*find {
	small := func(f *find) bool {
		return f.guess != nil && len(f.paths) == 1 && f.test == nil && len(f.guess.rows) < f.least()
	}
	enough := slices.DeleteFunc(slices.Clone(found), small)
	if len(enough) < 2 {
		return found
	}
	for _, f := range found {
		if small(f) {
			s.drop(f, "a table of %d rows, and other domains have %d or more", len(f.guess.rows), f.least())
		}
	}
	return enough
}

// domains lists the values with enough rows, numbers by size.
func (c *candidate) domains() []string {
	values := slices.DeleteFunc(slices.Collect(maps.Keys(c.rows)), func(v string) bool { return c.rows[v] < c.least })
	datafile.SortClasses(values)
	return values
}

// divide makes a domain of every value of a column of the tables found: the
// column that the configuration names, or else the best of one table. Without
// one the table stays a single domain.
func (s *scanner) divide(found []*find) ([]*find, error) {
	var out []*find
	for _, f := range found {
		if !f.table() {
			return nil, fmt.Errorf("domains are to be the values of column %q, and %s holds %s, which have no columns", s.DomainsBy, f.rel, f.kind())
		}
		if s.DomainsBy != "" && !slices.Contains(f.names, s.DomainsBy) {
			return nil, fmt.Errorf("%s has no column %q whose values could be the domains%s", f.rel, s.DomainsBy, study.DidYouMean(s.DomainsBy, f.names))
		}
		candidates, err := s.candidates(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.rel, err)
		}
		var best *candidate
		for i, c := range candidates {
			switch {
			case s.DomainsBy == c.name, s.DomainsBy == "" && best == nil && c.rank < rankCodes && len(c.domains()) <= study.MaxDomains:
				best = &candidates[i]
			default:
				s.draft.Candidates = append(s.draft.Candidates, c.name)
			}
		}
		switch {
		case best != nil && len(best.domains()) > study.MaxDomains:
			return nil, fmt.Errorf("%s: column %q has %d values with %d rows or more; %d domains are the most", f.rel, best.name, len(best.domains()), best.least, study.MaxDomains)
		case best != nil:
			domains, err := s.split(f, best, len(found) > 1)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.rel, err)
			}
			out = append(out, domains...)
		case s.DomainsBy != "":
			return nil, fmt.Errorf("%s: fewer than two values of column %q have %d rows or more", f.rel, s.DomainsBy, f.least())
		default:
			out = append(out, f)
		}
	}
	s.draft.Candidates = slices.Compact(slices.Sorted(slices.Values(s.draft.Candidates)))
	return out, nil
}

// candidates lists the columns of a table that can tell domains apart, the best
// first.
func (s *scanner) candidates(f *find) ([]candidate, error) {
	const mostValues = 4096
	all := make([]candidate, len(f.names))
	numeric := make([]bool, len(f.names))
	for j, n := range f.names {
		all[j] = candidate{name: n, rank: domainRank(n), least: f.least(), rows: map[string]int{}}
		numeric[j] = true
		predicted := n == f.columns.Label || slices.Contains(f.columns.Targets, n) || n == f.columns.Split
		counter := slices.Contains(f.columns.Ignore, n)
		if (predicted || counter) && n != s.DomainsBy || s.DomainsBy != "" && n != s.DomainsBy {
			all[j].rows = nil
		}
	}
	rows := 0
	err := f.eachRow(func(fields []string) {
		rows++
		for j := range all {
			if all[j].rows == nil {
				continue
			}
			v := strings.TrimSpace(fields[j])
			if v == "" || slices.Contains(f.columns.Missing, v) {
				all[j].none++
				continue
			}
			if _, met := all[j].rows[v]; !met {
				if len(all[j].rows) == mostValues {
					all[j].rows = nil
					continue
				}
				v = strings.Clone(v)
				bare := v
				if number, ok := delimited.WithoutUnit(v, f.columns.Units[f.names[j]]); ok {
					bare = number
				}
				numeric[j] = numeric[j] && datafile.IsNumber(bare)
			}
			all[j].rows[v]++
		}
	})
	if err != nil {
		return nil, err
	}
	var out []candidate
	for j, c := range all {
		if c.rows == nil {
			continue
		}
		values, covered := c.domains(), 0
		for _, v := range values {
			covered += c.rows[v]
		}
		plain := !slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, ".eE") })
		switch {
		case len(values) < 2 || 2*covered < rows && s.DomainsBy == "":
			continue
		case numeric[j] && c.rank >= rankWords:
			if !plain || s.DomainsBy == "" && len(values) > 200 {
				continue
			}
			c.rank = rankCodes
		case numeric[j] && !plain:
			continue
		case c.rank == rankWords && len(values) == 2:
			c.rank = rankPairs
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.rows), len(b.rows)))
	})
	return out, nil
}

// split makes a domain of every value of a column. Their names begin with that of
// the table where there are several.
func (s *scanner) split(f *find, by *candidate, several bool) ([]*find, error) {
	columns := *f.columns
	columns.Categorical = dropName(columns.Categorical, by.name)
	columns.Ignore = dropName(columns.Ignore, by.name)
	notes := []string{fmt.Sprintf("a domain is a value of column %q", by.name)}
	for _, n := range f.notes {
		if !strings.Contains(n, fmt.Sprintf("%q", by.name)) {
			notes = append(notes, n)
		}
	}
	if columns.Group == by.name {
		columns.Group = ""
	}
	values := by.domains()
	numbers := !slices.ContainsFunc(values, func(v string) bool { return !datafile.IsNumber(v) })
	var small []string
	lost := 0
	for v, n := range by.rows {
		if n < by.least {
			small, lost = append(small, v), lost+n
		}
	}
	if slices.Sort(small); len(small) > 0 {
		notes = append(notes, fmt.Sprintf("values of column %q with fewer than %d rows are left out: %d (%s), with %d rows in all", by.name, by.least, len(small), datafile.List(small), lost))
	}
	if by.none > 0 {
		notes = append(notes, fmt.Sprintf("rows without a value of column %q are left out: %d", by.name, by.none))
	}
	for _, alike := range spelledAlike(slices.Collect(maps.Keys(by.rows))) {
		notes = append(notes, fmt.Sprintf("values of column %q that differ only in case, blanks or width are taken apart: %s; spell them alike where they are one", by.name, strings.Join(alike, ", ")))
	}
	clock, err := f.orderWithin(by)
	if err != nil {
		return nil, err
	}
	switch {
	case clock == nil:
	case clock.date != "":
		columns.Time = clock.date
		notes = append(notes, fmt.Sprintf("rows of each domain follow column %q: the last of them are for testing (split.by: time)", clock.date))
	default:
		notes = append(notes, fmt.Sprintf("rows of each domain follow columns %s: the last of them are for testing (split.by: time)", datafile.List(clock.columns)))
	}
	var out []*find
	for _, v := range values {
		d := *f
		d.columns, d.notes = &columns, slices.Clone(notes)
		d.inOrder = d.inOrder || clock != nil && clock.date == ""
		d.name, d.where = v, map[string]string{by.name: v}
		if numbers {
			d.name = study.NameOf(by.name) + "-" + v
		}
		if several {
			d.name = datafile.Stem(f.rel) + "-" + v
		}
		d.what = fmt.Sprintf("%d rows of %s", by.rows[v], f.rel)
		out = append(out, &d)
	}
	return out, nil
}

// spelledAlike are the values that differ only in case, in blanks or in the width of
// their letters, together.
func spelledAlike(values []string) [][]string {
	alike := map[string][]string{}
	for _, v := range values {
		plain := datafile.Plain(v)
		alike[plain] = append(alike[plain], v)
	}
	var out [][]string
	for _, plain := range slices.Sorted(maps.Keys(alike)) {
		if list := alike[plain]; len(list) > 1 {
			slices.Sort(list)
			for i, v := range list {
				list[i] = strconv.Quote(v)
			}
			out = append(out, list)
		}
	}
	return out
}

// dropName returns a list without a name, nil where nothing is left.
func dropName(list []string, name string) []string {
	if list = datafile.Without(list, []string{name}); len(list) == 0 {
		return nil
	}
	return list
}
