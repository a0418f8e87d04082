package policy

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// ErrLabels is returned for a table of labels that says nothing, or two things at once.
var ErrLabels = errors.New("no table of labels")

// ReadLabels reads the labels of domains from a table in a file: a line of names, the
// first of which is domain and the others labels, then a line for each domain. Several
// values stand in one field, with semicolons between them; an empty field is no label.
//
//	domain,owner,purpose
//	north,acme,quality;repair
//	south,bolt,
//
// It fails with ErrLabels, naming file and line, where a name is missing or is there
// twice.
func ReadLabels(file string) ([]Domain, error) {
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		return nil, err
	}
	out, err := readLabels(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, nil
}

func readLabels(from io.Reader) ([]Domain, error) {
	r := csv.NewReader(from)
	r.TrimLeadingSpace = true
	head, err := r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: the file is empty; its first line is domain and the names of labels", ErrLabels)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrLabels, err)
	}
	for i := range head {
		head[i] = strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff"))
		switch {
		case i == 0 && head[i] != "domain":
			return nil, fmt.Errorf("%w: line 1: the first column is %q; it must be domain, and the others labels", ErrLabels, head[i])
		case head[i] == "":
			return nil, fmt.Errorf("%w: line 1: column %d has no name", ErrLabels, i+1)
		case slices.Contains(head[:i], head[i]):
			return nil, fmt.Errorf("%w: line 1: the column %s is there twice", ErrLabels, head[i])
		}
	}
	if len(head) < 2 {
		return nil, fmt.Errorf("%w: line 1: there is no column beside domain", ErrLabels)
	}
	var out []Domain
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLabels, err)
		}
		line, _ := r.FieldPos(0)
		d := Domain{Name: strings.TrimSpace(row[0])}
		switch {
		case d.Name == "":
			return nil, fmt.Errorf("%w: line %d: no domain is named", ErrLabels, line)
		case slices.ContainsFunc(out, func(o Domain) bool { return o.Name == d.Name }):
			return nil, fmt.Errorf("%w: line %d: %s is there twice; several values of a label stand in one field, with ; between them", ErrLabels, line, d.Name)
		}
		for k, field := range row[1:] {
			for v := range strings.SplitSeq(field, ";") {
				if v = strings.TrimSpace(v); v == "" {
					continue
				}
				if d.Labels == nil {
					d.Labels = Labels{}
				}
				if label := head[k+1]; !slices.Contains(d.Labels[label], v) {
					d.Labels[label] = append(d.Labels[label], v)
				}
			}
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: there is no domain in it", ErrLabels)
	}
	return out, nil
}
