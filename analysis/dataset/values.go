package dataset

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
)

// ParseStudy is study.Parse for files whose domains may be the values of a column,
// which it reads.
func ParseStudy(file string) (*study.Study, error) { return study.ParseWith(file, Values) }

// Values lists the values that a column of a domain's table has, or of the table
// that lists its images, in the rows that columns.where leaves. Missing ones are not
// among them. It is a study.Values.
func Values(s *study.Study, d study.Domain, column string) ([]string, error) {
	v := &values{domain: d, limits: s.Limits, columns: append([]string{column}, slices.Sorted(maps.Keys(d.Columns.Where))...), seen: map[string]bool{}}
	v.missing = datafile.NewSpelling(d.Columns.Missing).Missing
	pattern := d.Files.Path
	if d.Indexed() {
		pattern = d.Files.Index
	}
	paths, err := (&source{study: s}).tablePaths(pattern)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		read := v.text
		if strings.EqualFold(d.Format, study.Parquet) || strings.HasSuffix(strings.ToLower(p), ".parquet") {
			read = v.parquet
		}
		if err := read(p, s.Path(p)); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(v.seen)), nil
}

// values gathers what the first of some columns holds where the others hold what
// columns.where says.
type values struct {
	domain  study.Domain
	limits  filelimit.Limits // of the study
	columns []string
	missing map[string]bool
	seen    map[string]bool
}

// take looks at one row's fields of the columns.
func (v *values) take(fields []string) {
	for k, c := range v.columns[1:] {
		if strings.TrimSpace(fields[k+1]) != v.domain.Columns.Where[c] {
			return
		}
	}
	if x := strings.TrimSpace(fields[0]); !v.missing[x] && !v.seen[x] {
		v.seen[strings.Clone(x)] = true
	}
}

// at finds the columns among those of a file.
func (v *values) at(file string, names []string) ([]int, error) {
	out := make([]int, len(v.columns))
	for k, c := range v.columns {
		if out[k] = slices.Index(names, c); out[k] < 0 {
			return nil, &Error{File: file, Reason: fmt.Sprintf("has no column %q", c) + study.DidYouMean(c, names)}
		}
	}
	return out, nil
}

// text looks at a file of text. Rows that cannot be read are left to those who read
// the domains.
func (v *values) text(name, path string) error {
	r, err := datafile.OpenRecords(name, path, v.domain.Columns, v.limits)
	if err != nil {
		return err
	}
	defer r.Close()
	col := v.domain.Columns
	has := len(col.Names) == 0
	if col.Header != nil {
		has = *col.Header
	}
	names, first, err := r.Header(col.Names, has)
	if err != nil {
		return err
	}
	at, err := v.at(name, names)
	if err != nil {
		return err
	}
	fields := make([]string, len(at))
	take := func(row []string) {
		if row = delimited.Fit(names, row); len(row) == len(names) {
			for k, j := range at {
				fields[k] = row[j]
			}
			v.take(fields)
		}
	}
	if first != nil {
		take(first)
	}
	bad := new(Error)
	for {
		row, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad) && bad.Line > 0:
		case err != nil:
			return err
		default:
			take(row)
		}
	}
}

// parquet looks at a Parquet file, of which it reads the columns alone.
func (v *values) parquet(name, path string) error {
	f, err := filelimit.Open(path)
	if err != nil {
		return datafile.MissingFile(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquetfile.OpenWithin(f, info.Size(), v.limits)
	if err != nil {
		return &Error{File: name, Reason: "cannot be read as Parquet: " + err.Error()}
	}
	columns := datafile.ParquetFields(file)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	at, err := v.at(name, names)
	if err != nil {
		return err
	}
	_, err = parquetfile.Guard(func() (struct{}, error) {
		for _, group := range file.RowGroups() {
			if err := v.group(name, columns, at, group); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

func (v *values) group(name string, columns []datafile.ParquetField, at []int, group parquet.RowGroup) error {
	var open []*datafile.ParquetColumn
	defer func() {
		for _, c := range open {
			c.Pages.Close()
		}
	}()
	for _, j := range at {
		c, err := columns[j].Open(group, false)
		if err != nil {
			return &Error{File: name, Column: columns[j].Name, Reason: err.Error()}
		}
		open = append(open, c)
	}
	fields := make([]string, len(open))
	for range int(group.NumRows()) {
		for k, c := range open {
			if err := c.Fetch(name); err != nil {
				return err
			}
			fields[k] = c.Texts[c.Next]
			c.Next++
		}
		v.take(fields)
	}
	return nil
}

// ParseRules reads rules from a file: a policy, or a study with the labels of its
// domains. Labels are nil for a policy.
func ParseRules(file string) (*policy.Policy, []policy.Domain, error) {
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		return nil, nil, err
	}
	if !isStudy.Match(data) {
		p, err := study.ParsePolicy(file)
		if err != nil {
			return nil, nil, err
		}
		return &p.Policy, nil, nil
	}
	s, err := ParseStudy(file)
	if err != nil {
		return nil, nil, err
	}
	if s.Policy == nil {
		return nil, nil, fmt.Errorf("%s: the study has no policy", file)
	}
	return &s.Policy.Policy, s.PolicyDomains(), nil
}

// isStudy tells a study from a policy.
var isStudy = regexp.MustCompile(`(?m)^domains:`)
