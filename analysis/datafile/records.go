package datafile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// Records reads the rows of one table file.
type Records struct {
	*delimited.Reader
	File *File
	// objects are the rows of a file in JSON; nil for others, whose rows
	// Reader has.
	objects *objects
	// heading are the fields of the header; nil where there is none.
	heading []string
}

// SniffBytes is how much of a file is looked at before it is read.
const SniffBytes = 1 << 16

// Delimiters are the names that a study uses.
var Delimiters = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|', "space": delimited.Blanks}

// Thousands are the names that a study uses for what separates thousands.
var Thousands = map[string]rune{"none": 0, "comma": ',', "point": '.', "space": ' ', "apostrophe": '\''}

// dialectSettings are what a study says about how a table is written.
func dialectSettings(path string, c *study.Columns) delimited.Settings {
	s := delimited.Settings{Name: path, Comment: c.Comment, Skip: c.Skip, Encoding: c.Encoding}
	if c.Delimiter != "" {
		d, named := Delimiters[c.Delimiter]
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
	if c.Quotes != "" {
		unquoted := c.Quotes == "none"
		s.Unquoted = &unquoted
	}
	if c.Thousands != "" {
		t := Thousands[c.Thousands]
		s.Thousands = &t
	}
	return s
}

// NotationOf finds how numbers are written in columns of texts whose format has numbers of its own, with a
// decimal point: so are those in texts, unless the study says otherwise.
func NotationOf(columns [][]string, c *study.Columns) delimited.Notation {
	settings := dialectSettings("", c)
	if settings.Decimal == 0 {
		settings.Decimal = '.'
	}
	return delimited.NotationOf(columns, settings)
}

// OpenRecords opens a table and finds out how it is written, as far as a study's
// columns do not say it; name is how messages call the file, l are the limits of its
// rows.
func OpenRecords(name, path string, c *study.Columns, l filelimit.Limits) (*Records, error) {
	f, err := Open(name, path)
	if err != nil {
		return nil, err
	}
	if IsJSON(path) {
		o, err := newObjects(f, l)
		if err != nil {
			f.Close()
			return nil, f.Broken(err)
		}
		d := delimited.Dialect{Delimiter: ',', Names: o.names, Notation: NotationOf(o.firstTexts(), c)}
		return &Records{Reader: &delimited.Reader{Dialect: d}, File: f, objects: o}, nil
	}
	if err := f.Text(); err != nil {
		f.Close()
		return nil, err
	}
	settings := dialectSettings(name, c)
	settings.Limits = l
	r, err := delimited.Open(f.Reader, settings)
	if err != nil {
		f.Close()
		return nil, f.Broken(err)
	}
	return &Records{Reader: r, File: f}, nil
}

// Lists has the columns of a table in JSON whose first values are lists of equally many numbers, and
// how many these are.
func (r *Records) Lists() map[string]int {
	if r.objects == nil {
		return nil
	}
	return r.objects.lists
}

// Expand makes a column of each element of Lists, see [ElementName]; it comes before the first row. A
// list of another length makes a row bad.
func (r *Records) Expand() {
	if r.objects != nil {
		r.objects.expand()
		r.Names = r.objects.names
	}
}

// Close closes the file.
func (r *Records) Close() error { return r.File.Close() }

// Next returns the fields of the next row that is not empty, valid until the
// next call, and io.EOF at the end. An *Error is about this row only.
func (r *Records) Next() ([]string, error) {
	next := r.Reader.Next
	if r.objects != nil {
		next = r.objects.next
	}
	fields, err := next()
	bad := new(delimited.RowError)
	switch {
	case err == nil && r.heading != nil && slices.Equal(fields, r.heading):
		return nil, &Error{File: r.File.Path, Line: r.Line(), Reason: "repeats the header"}
	case err == nil:
		return fields, nil
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.As(err, &bad):
		return nil, &Error{File: r.File.Path, Line: bad.Line, Reason: bad.Reason}
	}
	return nil, r.File.Broken(err)
}

// Line is the number of the line at which the last row began, from 1.
func (r *Records) Line() int {
	if r.objects != nil {
		return r.objects.line
	}
	return r.Reader.Line()
}

// Converted is the number of the first line so far that was no UTF-8 and was taken
// as Windows-1252, or 0.
func (r *Records) Converted() int {
	if r.objects != nil {
		return 0
	}
	return r.Reader.Converted()
}

// Header returns the names of the columns and, where the file has no header,
// the first row, which they were counted on.
func (r *Records) Header(names []string, has bool) (columns, first []string, err error) {
	if has && r.Names != nil {
		return AllTrimmed(r.Names), nil, nil
	}
	fields, err := r.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil, &Error{File: r.File.Path, Reason: "the table is empty"}
	}
	if err != nil {
		return nil, nil, err
	}
	if has {
		r.heading = slices.Clone(fields)
		return AllTrimmed(fields), nil, nil
	}
	first = append(first, fields...)
	if len(names) == 0 {
		for i := range first {
			names = append(names, fmt.Sprintf("column%d", i+1))
		}
	}
	if len(names) != len(first) {
		return nil, nil, &Error{File: r.File.Path, Line: r.Line(), Reason: fmt.Sprintf("%d fields, and columns.names has %d", len(first), len(names))}
	}
	return names, first, nil
}

// AllTrimmed takes blanks off the names of columns.
func AllTrimmed(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimSpace(n)
	}
	return out
}
