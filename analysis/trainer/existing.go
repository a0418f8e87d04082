package trainer

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// The columns by which tables of runs that exist already say whose losses they hold. In
// Parquet files, metadata of these names or of sharewise's own loss tables do too.
const (
	colArm       = "arm"
	colPool      = "pool"
	colRung      = "rung"
	colWeighting = "weighting"
	colSeed      = "seed"
)

// mostExisting bounds the rows of one table of runs that exist already.
const mostExisting = 1 << 24

// existing are the rows of runs that were trained elsewhere, by run.
type existing struct {
	once  sync.Once
	err   error
	paths []string
	runs  map[string]rowsOf
}

// rowsOf are rows of a table.
type rowsOf struct {
	of   *frame
	rows []int
}

// keyOf names a run by what decides it: domains, rung, weighting unless there is one
// domain, and seed.
func keyOf(domains []string, rung, weighting string, seed int) string {
	if len(domains) > 1 {
		rung += ", weighting " + weighting
	}
	return fmt.Sprintf("%s, size %s, seed %d", strings.Join(slices.Sorted(slices.Values(domains)), "+"), rung, seed)
}

func existingColumn(name string) bool {
	switch name {
	case colArm, colPool, colRung, colWeighting, colSeed:
		return true
	}
	return lossColumn(name)
}

// read reads all tables.
func (e *existing) read(s *study.Study) {
	e.runs = map[string]rowsOf{}
	for _, path := range e.paths {
		x, err := readFrame(path, existingColumn, mostExisting)
		if err == nil {
			err = e.sort(s, x)
		}
		if err != nil {
			e.err = err
			return
		}
	}
}

// sort divides a table by runs.
func (e *existing) sort(s *study.Study, x *frame) error {
	for _, name := range []string{colDomain, colSample} {
		if !x.has(name) {
			return bad("%s has no column %q; it has %s", x.path, name, strings.Join(x.names, ", "))
		}
	}
	found := map[string][]int{}
	for row := range x.rows {
		key, err := x.keyAt(s, row)
		if err != nil {
			return err
		}
		found[key] = append(found[key], row)
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		rows := found[key]
		if other, twice := e.runs[key]; twice {
			return bad("%s and %s both have the run of %s", other.of.path, x.path, key)
		}
		e.runs[key] = rowsOf{x, rows}
	}
	return nil
}

// said is what a table says in a row, by a column or by its metadata.
func (x *frame) said(name string, row int) string {
	if x.has(name) {
		return x.cols[name][row]
	}
	if v := x.meta["sharewise."+name]; v != "" {
		return v
	}
	return x.meta[name]
}

// keyAt says to which run a row belongs.
func (x *frame) keyAt(s *study.Study, row int) (string, error) {
	domain := x.cols[colDomain][row]
	arm := x.said(colArm, row)
	if arm == "" {
		arm = x.said(colPool, row)
	}
	domains := []string{domain}
	switch {
	case arm == "":
		return "", bad("%s: nothing says which domains the model learned; give a column arm: independent, joint, or the domains as a+b", x.place(row))
	case arm == study.Joint:
		domains = nil
		for _, d := range s.Domains {
			domains = append(domains, d.Name)
		}
	case arm != study.Independent:
		inner, _ := strings.CutPrefix(arm, "pool{")
		domains = strings.FieldsFunc(strings.TrimSuffix(inner, "}"), func(r rune) bool { return r == '+' || r == ',' || r == ' ' })
	}
	for _, d := range domains {
		if s.Domain(d) == nil {
			return "", bad("%s: the study has no domain %q", x.place(row), d)
		}
	}
	rung := x.said(colRung, row)
	switch {
	case rung == "" && len(s.Model.Rungs) == 1:
		rung = s.Model.Rungs[0].Name
	case rung == "":
		return "", bad("%s: nothing says of which size the model is, and the study has %d; give a column rung", x.place(row), len(s.Model.Rungs))
	}
	if width, err := strconv.ParseFloat(rung, 64); err == nil {
		rung = "w" + strconv.FormatFloat(width, 'g', -1, 64)
	}
	weighting := x.said(colWeighting, row)
	if weighting == "" && len(domains) > 1 {
		if len(s.Weightings) > 1 {
			return "", bad("%s: nothing says how losses were weighted, and the study has %d ways; give a column weighting", x.place(row), len(s.Weightings))
		}
		weighting = s.Weightings[0].Name
	}
	seed, err := strconv.ParseFloat(x.said(colSeed, row), 64)
	if err != nil || seed != float64(int(seed)) {
		return "", bad("%s: seed %q is no whole number; runs of an arm are numbered from 1", x.place(row), x.said(colSeed, row))
	}
	return keyOf(domains, rung, weighting, int(seed)), nil
}

// only is the table of some rows.
func (x *frame) only(rows []int) *frame {
	out := &frame{path: x.path, names: x.names, cols: map[string][]string{}, rows: len(rows)}
	out.lines = make([]int, len(rows))
	for i, r := range rows {
		if out.lines[i] = r + 1; x.lines != nil {
			out.lines[i] = x.lines[r]
		}
	}
	for name, column := range x.cols {
		out.cols[name] = make([]string, len(rows))
		for i, r := range rows {
			out.cols[name][i] = column[r]
		}
	}
	return out
}

// existing finds the losses of the job's run among the tables of runs that exist.
func (j *Job) existing(meta losses.Meta) (*losses.Table, string, error) {
	e := j.Program.existing
	e.once.Do(func() { e.read(j.Study) })
	if e.err != nil {
		return nil, "", e.err
	}
	key := keyOf(j.Run.Domains, j.Run.Rung.Name, j.Run.Weighting.Name, j.Run.Seed)
	found, ok := e.runs[key]
	if !ok {
		return nil, "", &Error{Fault: NoResult, Detail: fmt.Sprintf("none of %s has the run of %s, which the study asks for; %d runs are there. Set seeds, arms, weightings and model.widths of the study to what was trained", strings.Join(first(e.paths, 3), ", "), key, len(e.runs))}
	}
	return tableOf(found.of.only(found.rows), j.Domains, meta)
}

func first(all []string, most int) []string {
	if len(all) <= most {
		return all
	}
	return append(slices.Clone(all[:most]), fmt.Sprintf("%d more files", len(all)-most))
}
