package gaintable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
)

// Reading says how a table is read.
type Reading struct {
	// Differences takes the gain from losses as the loss alone less that of the
	// pool, in place of the relative reduction.
	Differences bool
}

// The columns.
const (
	colPool, colTarget    = "pool", "target"
	colGain, colLoss      = "gain", "loss"
	colLo, colHi, colCost = "lo", "hi", "cost"
	colMemory, colLatency = "memory", "latency"
)

// largest is the largest number that a table may hold: sums of such numbers keep
// what tells choices apart.
const largest = 1e12

var columnNames = []string{colPool, colTarget, colGain, colLoss, colLo, colHi, colCost, colMemory, colLatency}

// Read reads a table from a file: text with delimiters, packed by gzip or not, or
// Parquet, by its name. Errors about its content are of type *Error.
func Read(path string, how Reading) (*Table, error) {
	if datafile.IsParquet(path) {
		return readParquet(path, how)
	}
	f, err := datafile.Open(path, path)
	if err != nil {
		return nil, opening(path, err)
	}
	defer f.Close()
	if err := f.Text(); err != nil {
		return nil, located(path, err)
	}
	return readText(path, f, how)
}

// opening says why a file cannot be opened.
func opening(path string, err error) error {
	if _, statErr := os.Stat(path); errors.Is(statErr, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return located(path, err)
}

// located makes an *Error of one about a data file.
func located(path string, err error) error {
	var bad *datafile.Error
	if errors.As(err, &bad) {
		return &Error{File: path, Line: bad.Line, Reason: bad.What()}
	}
	return fmt.Errorf("%s: %w", path, err)
}

// columns says where each column stands; -1: nowhere.
type columns map[string]int

// locate finds the columns in a header.
func locate(file string, header []string) (columns, []string, error) {
	out := columns{}
	for _, name := range columnNames {
		out[name] = -1
	}
	line := 1
	var other []string
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		at, known := out[name]
		switch {
		case known && at >= 0:
			return nil, nil, &Error{file, line, fmt.Sprintf("column %q occurs twice in the header", name)}
		case known:
			out[name] = i
		default:
			for _, near := range columnNames {
				if name != "" && name != near && strings.TrimSuffix(name, "s") == near || strings.TrimSuffix(name, "es") == near {
					return nil, nil, &Error{file, line, fmt.Sprintf("column %q is not known; did you mean %q?", h, near)}
				}
			}
			other = append(other, h)
		}
	}
	has := func(name string) bool { return out[name] >= 0 }
	fail := func(format string, args ...any) (columns, []string, error) {
		return nil, nil, &Error{file, line, fmt.Sprintf(format, args...) + fmt.Sprintf("; the header has %s", strings.Join(header, ", "))}
	}
	switch {
	case !has(colPool):
		return fail("there is no column %q; want pool, target and gain, or loss", colPool)
	case !has(colTarget):
		return fail("there is no column %q; want pool, target and gain, or loss", colTarget)
	case !has(colGain) && !has(colLoss):
		return fail("there is neither a column %q nor a column %q", colGain, colLoss)
	case has(colGain) && has(colLoss):
		return fail("there are columns %q and %q: leave one out", colGain, colLoss)
	case has(colLo) != has(colHi):
		return fail("limits need both columns, %q and %q", colLo, colHi)
	}
	var notes []string
	if len(other) > 0 {
		notes = append(notes, fmt.Sprintf("Columns that mean nothing here were passed over: %s.", strings.Join(other, ", ")))
	}
	return out, notes, nil
}

func (c columns) measure() string {
	if c[colGain] >= 0 {
		return colGain
	}
	return colLoss
}

func readText(path string, r io.Reader, how Reading) (*Table, error) {
	none, first := rune(0), 0
	rows, err := delimited.Open(r, delimited.Settings{Name: path, Thousands: &none, Skip: &first})
	if err != nil {
		return nil, located(path, err)
	}
	fail := func(err error) error {
		var bad *delimited.RowError
		if errors.As(err, &bad) {
			return &Error{path, bad.Line, bad.Reason}
		}
		return located(path, err)
	}
	header := rows.Names
	if header == nil {
		fields, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil, &Error{path, 0, "is empty; want a header with pool, target and gain, or loss"}
		}
		if err != nil {
			return nil, fail(err)
		}
		header = slices.Clone(fields)
	}
	at, notes, err := locate(path, header)
	if err != nil {
		return nil, err
	}
	b := newBuilder(path, at.measure() == colLoss, !how.Differences)
	b.table.Notes = notes
	for {
		fields, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return b.finish()
		}
		if err != nil {
			return nil, fail(err)
		}
		if len(fields) != len(header) {
			fields = delimited.Fit(header, fields)
		}
		if len(fields) != len(header) {
			return nil, b.errorf(rows.Line(), "has %d fields, the header has %d", len(fields), len(header))
		}
		cell := func(name string) string {
			if at[name] < 0 {
				return ""
			}
			return strings.TrimSpace(fields[at[name]])
		}
		number := func(name string) (float64, error) {
			text := cell(name)
			spelled := text
			if !rows.Plain() {
				if point, ok := rows.Point(text); ok {
					spelled = point
				}
			}
			if text == "" {
				return math.NaN(), nil
			}
			v, err := strconv.ParseFloat(spelled, 64)
			if err != nil {
				return 0, fmt.Errorf("column %q: %q is not a number", name, text)
			}
			return v, b.number(name, v, text)
		}
		out := row{line: rows.Line(), pool: cell(colPool), target: cell(colTarget)}
		if err := b.fill(&out, at.measure(), number); err != nil {
			return nil, err
		}
		if err := b.add(out); err != nil {
			return nil, err
		}
	}
}

// number says what is wrong with a number that stands in a cell.
func (b *builder) number(name string, v float64, text string) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("column %q: %s is not a finite number; leave out rows of pools that were not measured", name, text)
	}
	return nil
}

// fill reads the numbers of a row, NaN where a cell is empty.
func (b *builder) fill(r *row, measure string, number func(name string) (float64, error)) error {
	for _, f := range []struct {
		name string
		to   *float64
	}{{measure, &r.gain}, {colLo, &r.lo}, {colHi, &r.hi}, {colCost, &r.cost}, {colMemory, &r.memory}, {colLatency, &r.latency}} {
		v, err := number(f.name)
		if err != nil {
			return b.errorf(r.line, "%s", err)
		}
		if math.Abs(v) > largest {
			return b.errorf(r.line, "column %q: %g is out of range: numbers are at most %g", f.name, v, float64(largest))
		}
		*f.to = v
	}
	switch {
	case math.IsNaN(r.gain):
		return b.errorf(r.line, "column %q is empty; leave out rows of pools that were not measured", measure)
	case math.IsNaN(r.lo) != math.IsNaN(r.hi):
		return b.errorf(r.line, "one of lo and hi is empty; give both or neither")
	case r.lo > r.gain || r.hi < r.gain:
		return b.errorf(r.line, "%s %g lies outside its limits [%g, %g]", measure, r.gain, r.lo, r.hi)
	case r.cost < 0:
		return b.errorf(r.line, "cost %g is negative", r.cost)
	case r.memory < 0:
		return b.errorf(r.line, "memory %g is negative", r.memory)
	case r.latency < 0:
		return b.errorf(r.line, "latency %g is negative", r.latency)
	}
	return nil
}
