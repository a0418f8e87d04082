package subgroups

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/losses"
)

// Columns of a table of metadata that say whose row it is.
const (
	domainColumn = "domain"
	sampleColumn = "sample"
)

// ErrMetadata marks a table of metadata that cannot be used.
var ErrMetadata = errors.New("unsuitable table of metadata")

// Metadata reads a table of text with a row for every sample: column sample has its
// number or name as loss tables do, domain its domain, which may be left out where there is
// one, and every further column divides the samples of its domain by what it holds; an
// empty field puts a sample into no subgroup. Errors match ErrMetadata, and name file
// and line.
func Metadata(path string, domains []string) ([]analysis.Division, error) {
	fail := func(line int, format string, args ...any) error {
		at := path
		if line > 0 {
			at = fmt.Sprintf("%s:%d", path, line)
		}
		return fmt.Errorf("%s: %w: %s", at, ErrMetadata, fmt.Sprintf(format, args...))
	}
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := delimited.Open(f, delimited.Settings{Name: path})
	if err != nil {
		return nil, fail(0, "%v", err)
	}
	header := rows.Names
	if header == nil {
		fields, err := rows.Next()
		if err != nil {
			return nil, fail(0, "no header; want columns %s, %s and what divides them", sampleColumn, domainColumn)
		}
		header = slices.Clone(fields)
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	sample, domain := slices.Index(header, sampleColumn), slices.Index(header, domainColumn)
	switch {
	case sample < 0:
		return nil, fail(0, "no column %q, which names samples as loss tables do; there are %s", sampleColumn, strings.Join(header, ", "))
	case domain < 0 && len(domains) > 1:
		return nil, fail(0, "no column %q, and there are %d domains", domainColumn, len(domains))
	case len(header) < 2 || len(header) == 2 && domain >= 0:
		return nil, fail(0, "no column that divides samples")
	}
	type cell struct{ domain, column string }
	values := map[cell]map[losses.SampleID]string{}
	for {
		fields, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fail(0, "%v", err)
		}
		if fields = delimited.Fit(header, fields); len(fields) != len(header) {
			return nil, fail(rows.Line(), "%d fields, the header has %d", len(fields), len(header))
		}
		of := domains[0]
		if domain >= 0 {
			of = strings.Clone(strings.TrimSpace(fields[domain]))
		}
		if !slices.Contains(domains, of) {
			return nil, fail(rows.Line(), "domain %q is none of the study's: %s", of, strings.Join(domains, ", "))
		}
		id := losses.ParseSampleID(strings.Clone(strings.TrimSpace(fields[sample])))
		for k, column := range header {
			if k == sample || k == domain {
				continue
			}
			c := cell{of, column}
			if values[c] == nil {
				values[c] = map[losses.SampleID]string{}
			}
			if _, twice := values[c][id]; twice {
				return nil, fail(rows.Line(), "sample %s of %s has a row already", id, of)
			}
			values[c][id] = strings.Clone(strings.TrimSpace(fields[k]))
		}
	}
	var out []analysis.Division
	for _, d := range domains {
		for _, column := range header {
			if of := values[cell{d, column}]; of != nil {
				out = append(out, analysis.Division{Domain: d, By: column, Of: func(id losses.SampleID) string { return of[id] }})
			}
		}
	}
	return out, nil
}
