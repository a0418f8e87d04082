package trainer

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// The columns by which tables of runs that exist already say whose losses they hold. In
// Parquet files, metadata of these names or of sharewise's own loss tables do too.
const (
	colArm       = "arm"
	colPool      = "pool"
	colDomains   = "domains"
	colRung      = "rung"
	colWeighting = "weighting"
	colSeed      = "seed"
)

// mostExisting bounds the rows of one table of runs that exist already.
const mostExisting = 1 << 24

// existing are the rows of runs that were trained elsewhere, by run. A table may hold many
// runs, and a run may stand in several tables.
type existing struct {
	paths []string
	runs  map[runKey][]rowsOf
	// numbers are the study's seeds by those of the tables.
	numbers map[int64]int
}

// rowsOf are rows of a table.
type rowsOf struct {
	of   *frame
	rows []int
}

func existingColumn(name string) bool {
	switch name {
	case colArm, colPool, colDomains, colRung, colWeighting, colSeed:
		return true
	}
	return lossColumn(name)
}

// readExisting reads all tables.
func readExisting(s *study.Study, paths []string) (*existing, error) {
	e := &existing{paths: paths, runs: map[runKey][]rowsOf{}}
	for _, path := range paths {
		x, err := readFrame(path, existingColumn, mostExisting)
		if err != nil {
			return nil, err
		}
		if err := e.divide(s, x); err != nil {
			return nil, err
		}
	}
	return e, e.number(s)
}

// divide divides a table by runs.
func (e *existing) divide(s *study.Study, x *frame) error {
	for _, name := range []string{colDomain, colSample} {
		if !x.has(name) {
			return bad("%s has no column %q; it has %s", x.path, name, strings.Join(x.names, ", "))
		}
	}
	if x.rows == 0 {
		return bad("%s has a header and no rows", x.path)
	}
	known, found := map[runTexts]runKey{}, map[runKey][]int{}
	for row := range x.rows {
		texts := x.texts(row)
		key, seen := known[texts]
		if !seen {
			var err error
			if key, err = texts.key(s); err != nil {
				return bad("%s: %v", x.place(row), err)
			}
			known[texts] = key
		}
		found[key] = append(found[key], row)
	}
	for key, rows := range found {
		e.runs[key] = append(e.runs[key], rowsOf{x, rows})
	}
	return nil
}

// number gives seeds the numbers that a study's have, 1, 2 and so on, in their order over all
// tables: what has one seed in the tables has one in the study, and 1, 2, 3 stay what they
// are. Where a seed says which part of the data is tested, it must be the study's.
func (e *existing) number(s *study.Study) error {
	seeds := map[int64]bool{}
	for key := range e.runs {
		seeds[key.seed] = true
	}
	e.numbers = map[int64]int{}
	for i, seed := range slices.Sorted(maps.Keys(seeds)) {
		if s.Folds() == 0 {
			e.numbers[seed] = i + 1
			continue
		}
		if seed < 1 {
			return bad("%s: there is a seed %d; with split.folds seeds are numbered from 1, as 'sharewise plan' lists them with what each tests", e.names(), seed)
		}
		e.numbers[seed] = int(seed)
	}
	runs := make(map[runKey][]rowsOf, len(e.runs))
	for key, rows := range e.runs {
		key.seed = int64(e.numbers[key.seed])
		runs[key] = rows
	}
	e.runs = runs
	return nil
}

// names are those of the files, for people.
func (e *existing) names() string {
	return wording.First(e.paths, 3)
}

// seedsNote says which seeds have other numbers in the study; "" where none has.
func (e *existing) seedsNote() string {
	var from, to []string
	renamed := false
	for _, seed := range slices.Sorted(maps.Keys(e.numbers)) {
		from, to = append(from, fmt.Sprint(seed)), append(to, fmt.Sprint(e.numbers[seed]))
		renamed = renamed || int64(e.numbers[seed]) != seed
	}
	if !renamed {
		return ""
	}
	return fmt.Sprintf("seeds %s of the imported tables are called %s here, in their order", wording.First(from, 8), wording.First(to, 8))
}

// Compare says how the tables of a study whose runs exist already differ from what the study
// plans: which planned runs they lack, and which they have that are not planned and are passed over.
// It is empty where a program trains.
func (p *Program) Compare(runs []study.PlannedRun) []string {
	e := p.existing
	if e == nil {
		return nil
	}
	var lacks []string
	planned := map[runKey]bool{}
	for _, r := range runs {
		key := keyOf(r.Domains, r.Rung.Name, r.Weighting.Name, int64(r.Seed))
		planned[key] = true
		if e.runs[key] == nil {
			lacks = append(lacks, key.String())
		}
	}
	var over []runKey
	for key := range e.runs {
		if !planned[key] {
			over = append(over, key)
		}
	}
	slices.SortFunc(over, runKey.compare)
	var notes []string
	if n := e.seedsNote(); n != "" {
		notes = append(notes, n)
	}
	const shown = 3
	if len(lacks) > 0 {
		notes = append(notes, fmt.Sprintf("the imported tables lack %d of the %s that the study plans: %s; set seeds, arms, weightings and model.widths to what was trained, or add tables", len(lacks), wording.Plural(len(runs), "run"), listed(lacks, shown)))
	}
	if len(over) > 0 {
		texts := make([]string, len(over))
		for i, key := range over {
			texts[i] = key.String()
		}
		notes = append(notes, fmt.Sprintf("the imported tables have %s that the study does not plan, which are passed over: %s", wording.Plural(len(over), "run"), listed(texts, shown)))
	}
	return notes
}

// listed are descriptions that have commas of their own, but for those past the first most.
func listed(texts []string, most int) string {
	if len(texts) <= most {
		return strings.Join(texts, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(texts[:most], "; "), len(texts)-most)
}

// existing finds the losses of the job's run among the tables of runs that exist.
func (j *Job) existing(meta losses.Meta) (*losses.Table, string, error) {
	e := j.Program.existing
	key := keyOf(j.Run.Domains, j.Run.Rung.Name, j.Run.Weighting.Name, int64(j.Run.Seed))
	found := e.runs[key]
	if found == nil {
		return nil, "", &Error{Fault: NoResult, Detail: fmt.Sprintf("none of %s has the run of %s, which the study asks for; %s. Set seeds, arms, weightings and model.widths of the study to what was trained, or add a table with it", e.names(), key, e.instead(key))}
	}
	table, diverged, err := tableOf(only(found), j.Domains, meta)
	var fault *Error
	if errors.As(err, &fault) {
		fault.Detail = "run of " + key.String() + ": " + fault.Detail
	}
	return table, diverged, err
}

// instead says what the tables have in place of a run that is not there: of the same domains,
// if of these at all.
func (e *existing) instead(key runKey) string {
	var same []string
	for _, other := range slices.SortedFunc(maps.Keys(e.runs), runKey.compare) {
		if other.domains == key.domains {
			same = append(same, other.what())
		}
	}
	if len(same) == 0 {
		return fmt.Sprintf("of its domains together there is no run; there are %s of others", wording.Plural(len(e.runs), "run"))
	}
	return "of these domains there are " + listed(same, 6)
}

// only is the table of some rows of several tables.
func only(parts []rowsOf) *frame {
	out := &frame{cols: map[string][]string{}, places: []string{}, imported: true}
	var files []string
	for _, p := range parts {
		files = append(files, p.of.path)
		for _, name := range p.of.names {
			if p.of.has(name) && out.cols[name] == nil {
				out.names, out.cols[name] = append(out.names, name), []string{}
			}
		}
	}
	out.path = wording.First(files, 3)
	for _, p := range parts {
		for _, row := range p.rows {
			for name := range out.cols {
				text := "" // of a column that another of the tables has
				if p.of.has(name) {
					text = p.of.cols[name][row]
				}
				out.cols[name] = append(out.cols[name], text)
			}
			out.places = append(out.places, p.of.place(row))
			out.rows++
		}
	}
	return out
}

// compare orders runs for people.
func (k runKey) compare(o runKey) int {
	return cmp.Or(cmp.Compare(strings.Count(k.domains, "+"), strings.Count(o.domains, "+")), cmp.Compare(k.domains, o.domains),
		cmp.Compare(k.rung, o.rung), cmp.Compare(k.weighting, o.weighting), cmp.Compare(k.seed, o.seed))
}
