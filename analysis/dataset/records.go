package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"
)

// records reads the rows of one table file.
type records struct {
	*delimited.Reader
	f *file
	// heading are the fields of the header; nil where there is none.
	heading []string
}

// sniffBytes is how much of a file is looked at before it is read.
const sniffBytes = 1 << 16

// delimiters are the names that a study uses.
var delimiters = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|', "space": delimited.Blanks}

// thousands are the names that a study uses for what separates thousands.
var thousands = map[string]rune{"none": 0, "comma": ',', "point": '.', "space": ' ', "apostrophe": '\''}

// dialectSettings are what a study says about how a table is written.
func dialectSettings(path string, c *study.Columns) delimited.Settings {
	s := delimited.Settings{Name: path, Comment: c.Comment, Skip: c.Skip}
	if c.Delimiter != "" {
		d, named := delimiters[c.Delimiter]
		if !named {
			d = []rune(c.Delimiter)[0]
		}
		s.Delimiter = &d
	}
	switch c.Decimal {
	case "point":
		s.Decimal = '.'
	case "comma":
		s.Decimal = ','
	}
	if c.Thousands != "" {
		t := thousands[c.Thousands]
		s.Thousands = &t
	}
	return s
}

// openRecords opens a table and finds out how it is written.
func (o *opener) openRecords(path string) (*records, error) {
	f, err := o.openFile(path)
	if err != nil {
		return nil, err
	}
	if err := f.text(); err != nil {
		f.os.Close()
		return nil, err
	}
	r, err := delimited.Open(f.Reader, dialectSettings(path, o.d.Columns))
	if err != nil {
		f.os.Close()
		return nil, f.broken(err)
	}
	for _, n := range r.Notes {
		o.noteOnce(n)
	}
	return &records{Reader: r, f: f}, nil
}

// next returns the fields of the next row that is not empty, valid until the
// next call, and io.EOF at the end. An *Error is about this row only.
func (r *records) next() ([]string, error) {
	fields, err := r.Next()
	bad := new(delimited.RowError)
	switch {
	case err == nil && r.heading != nil && slices.Equal(fields, r.heading):
		return nil, &Error{File: r.f.path, Line: r.Line(), Reason: "repeats the header"}
	case err == nil:
		return fields, nil
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.As(err, &bad):
		return nil, &Error{File: r.f.path, Line: bad.Line, Reason: bad.Reason}
	}
	return nil, r.f.broken(err)
}

// header returns the names of the columns and, where the file has no header,
// the first row, which they were counted on.
func (r *records) header(names []string, has bool) (columns, first []string, err error) {
	if has && r.Names != nil {
		return allTrimmed(r.Names), nil, nil
	}
	fields, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, nil, &Error{File: r.f.path, Reason: "the table is empty"}
	}
	if err != nil {
		return nil, nil, err
	}
	if has {
		r.heading = slices.Clone(fields)
		return allTrimmed(fields), nil, nil
	}
	first = append(first, fields...)
	if len(names) == 0 {
		for i := range first {
			names = append(names, fmt.Sprintf("column%d", i+1))
		}
	}
	if len(names) != len(first) {
		return nil, nil, &Error{File: r.f.path, Line: r.Line(), Reason: fmt.Sprintf("%d fields, and columns.names has %d", len(first), len(names))}
	}
	return names, first, nil
}
