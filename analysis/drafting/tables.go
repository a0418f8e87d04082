package drafting

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/dataset"
)

var tableEndings = []string{".csv", ".tsv", ".tab", ".data", ".dat", ".txt", ".jsonl", ".ndjson", ".json"}

// isTable reports whether a file has the ending of a table.
func isTable(name string) bool {
	return slices.Contains(tableEndings, filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
}

// scanTables takes every table of a folder for a domain, tables called part-0,
// part-1 and so on for one, and returns the other files.
func (s *scanner) scanTables(dir string, files []string) []string {
	var rest, parts []string
	found := map[string]*find{} // by name without ending
	apart := s.labelsApart(dir, files)
	for _, name := range files {
		p := filepath.Join(dir, name)
		if apart[name] != "" {
			s.pass(p, "%s", apart[name])
			continue
		}
		format := study.CSV
		switch {
		case datafile.IsParquet(name):
			format = study.Parquet
		case !isTable(name):
			rest = append(rest, name)
			continue
		}
		if partFile.MatchString(name) {
			parts = append(parts, name)
			continue
		}
		if s.takeSequence(p, format) {
			continue
		}
		f, err := s.probe(p, format)
		switch other := found[datafile.Stem(name)]; {
		case err != nil:
			s.pass(p, "%s", s.probeReason(p, err))
		case other != nil:
			s.pass(p, "of the same name as %s, which is read", path.Base(other.rel))
		default:
			f.rel, f.at = s.relative(p), s.placed(p, false)
			f.data = &study.Files{Path: f.rel}
			found[datafile.Stem(name)] = f
			s.finds = append(s.finds, f)
		}
	}
	s.partFiles(dir, parts)
	return rest
}

// inputsName is the name of a table of inputs alone; of the labels beside it, another word
// stands in the place of its first one.
var inputsName = regexp.MustCompile(`(?i)^(x|inputs|features)((?:[-_. ].*)?)$`)

// labelsApart finds tables of inputs whose labels are a file of one column beside them, and
// says of both files, by name, why they cannot be read.
func (s *scanner) labelsApart(dir string, files []string) map[string]string {
	out := map[string]string{}
	for _, name := range files {
		m := inputsName.FindStringSubmatch(datafile.Stem(name))
		if m == nil || !isTable(name) {
			continue
		}
		for _, other := range files {
			n := labelsName.FindStringSubmatch(datafile.Stem(other))
			if n == nil || !strings.EqualFold(n[1], m[2]) || !isTable(other) {
				continue
			}
			if _, err := s.probeTable(filepath.Join(dir, other)); errors.Is(err, errOneColumn) {
				out[name] = fmt.Sprintf("inputs whose labels are in a file of their own, %s; bring both into one table, row by row, as 'paste -d, %[2]s %[1]s' does", other, name)
				out[other] = fmt.Sprintf("labels of %s, in a file of their own; see there", name)
			}
		}
	}
	return out
}

// labelsName is the name of a table of labels alone.
var labelsName = regexp.MustCompile(`(?i)^(?:y|labels?|targets?)((?:[-_. ].*)?)$`)

// partFile is the name of a file that holds a part of a table.
var partFile = regexp.MustCompile(`(?i)^(part|chunk)[-_.]?[0-9]`)

// partFiles takes the parts of a table in a folder for one domain.
func (s *scanner) partFiles(dir string, names []string) {
	byEnding := map[string][]string{}
	for _, name := range names {
		ending := strings.ToLower(path.Ext(name))
		byEnding[ending] = append(byEnding[ending], name)
	}
	for _, ending := range slices.Sorted(maps.Keys(byEnding)) {
		parts := byEnding[ending]
		pattern := path.Join(filelimit.Escape(s.relative(dir)), commonStart(parts)+"*"+path.Ext(parts[0]))
		s.takeParts(dir, parts, pattern, s.placed(dir, true))
	}
}

// takeParts takes several files for one table.
func (s *scanner) takeParts(dir string, names []string, pattern string, at []string) {
	format := study.CSV
	if datafile.IsParquet(names[0]) {
		format = study.Parquet
	}
	first := filepath.Join(dir, names[0])
	f, err := s.probe(first, format)
	if err != nil {
		s.pass(first, "%s", s.probeReason(first, err))
		for _, n := range names[1:] {
			s.pass(filepath.Join(dir, n), "a part of a table whose first part cannot be used")
		}
		return
	}
	f.paths = nil
	for _, n := range names {
		f.paths = append(f.paths, filepath.Join(dir, n))
	}
	f.rel, f.at = s.relative(first), at
	f.data = &study.Files{Path: f.rel}
	if len(names) > 1 {
		f.rel = pattern
		f.data = &study.Files{Path: pattern}
		f.what += fmt.Sprintf(" in %d files", len(names))
	}
	s.finds = append(s.finds, f)
}

// commonStart is what all names begin with.
func commonStart(names []string) string {
	start := names[0]
	for _, n := range names[1:] {
		for !strings.HasPrefix(n, start) {
			start = start[:len(start)-1]
		}
	}
	if len(names) == 1 {
		start = strings.TrimSuffix(start, path.Ext(start))
	}
	return filelimit.Escape(start)
}

// probe guesses the roles of a table's columns from its first rows, or says why
// it is no table of samples.
func (s *scanner) probe(p, format string) (f *find, err error) {
	if format == study.Parquet {
		f, err = probeParquet(p)
	} else {
		f, err = s.probeTable(p)
	}
	if err != nil {
		return nil, err
	}
	f.format, f.paths = format, []string{p}
	return f, nil
}

// probeReason says why a file is no table of samples.
func (s *scanner) probeReason(p string, err error) string {
	s.heed(err)
	e := new(dataset.Error)
	switch {
	case errors.As(err, &e) && e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.What())
	case errors.As(err, &e):
		return e.What()
	case s.oddFile(p) != "":
		return s.oddFile(p)
	}
	return strings.TrimPrefix(err.Error(), "dataset: ")
}

// open opens the table, in the encoding that was given where its own does not show.
func (g *tableGuess) open(p, encoding string) (*datafile.Records, error) {
	r, err := datafile.OpenRecords(p, p, g.columns, filelimit.Limits{})
	if encoding != "" && errors.As(err, new(*delimited.UnknownEncodingError)) {
		g.columns.Encoding = encoding
		r, err = datafile.OpenRecords(p, p, g.columns, filelimit.Limits{})
	}
	return r, err
}

func (s *scanner) probeTable(p string) (*find, error) {
	g := newTableGuess()
	r, err := g.open(p, s.Encoding)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var rows [][]string
	for len(rows) <= probedRows && err == nil {
		var fields []string
		if fields, err = r.Next(); err == nil {
			rows = append(rows, slices.Clone(fields))
		}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF) && len(rows) <= fewestRows:
		return nil, err
	case len(rows) <= fewestRows:
		return nil, errFewRows
	case len(rows[0]) < 2:
		return nil, errOneColumn
	}
	if g.takeDialect(r, rows[0]) {
		rows = rows[1:]
	}
	for i := range rows {
		rows[i] = delimited.Fit(g.names, rows[i])
	}
	g.takeLists(r.Lists())
	g.rows = slices.DeleteFunc(rows, func(f []string) bool { return len(f) != len(g.names) })
	if len(g.rows) == 0 {
		return nil, fmt.Errorf("no row has as many fields as the first line, which has %d", len(g.names))
	}
	g.findUnits()
	return g.find()
}
