package losses

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// parquetFile reads row groups of one Parquet file.
type parquetFile struct {
	path string
	file *parquet.File
	meta Meta
	in   *interner
	more int // outputs beyond the first
}

func openParquet(path string, f *os.File, in *interner) (*parquetFile, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	pf, err := parquetfile.Open(f, info.Size())
	if err != nil {
		return nil, &FileError{Path: path, Reason: "cannot be read as Parquet", Err: err}
	}
	p := &parquetFile{path: path, file: pf, in: in}
	for _, kv := range pf.Metadata().KeyValueMetadata {
		if err := p.meta.set(kv.Key, kv.Value); err != nil {
			return nil, &FileError{Path: path, Reason: "metadata " + kv.Key, Err: err}
		}
	}
	for _, name := range []string{colDomain, colSeed, colSample, colLoss} {
		if p.column(name) == nil {
			return nil, missingColumn(path, name, p.names())
		}
	}
	p.more, err = furtherOutputs(path, p.names())
	return p, err
}

// column returns the top-level column of that name, nil where there is none.
func (p *parquetFile) column(name string) *parquet.Column { return p.file.Root().Column(name) }

func (p *parquetFile) names() []string {
	var names []string
	for _, c := range p.file.Root().Columns() {
		names = append(names, c.Name())
	}
	return names
}

// rowGroup reads one row group; first is the number of rows before it.
func (p *parquetFile) rowGroup(rg parquet.RowGroup, first int64) (*Table, error) {
	n := int(rg.NumRows())
	t := &Table{Meta: p.meta}
	read := func(name string, decode func(pageValues) error) error {
		c := p.column(name)
		if c == nil {
			return nil
		}
		return p.readColumn(c, rg, first, decode)
	}
	// Room for all rows at once, as far as the file can be believed.
	room := min(n, rowGroupRows)
	floats := func(name string, to *[]float32) error {
		return read(name, func(v pageValues) (err error) {
			*to, err = appendFloats(roomFor(*to, room), v, name == colLoss)
			return err
		})
	}
	err := errors.Join(
		read(colDomain, func(v pageValues) (err error) {
			t.Domain, err = appendStrings(roomFor(t.Domain, room), v, p.in)
			return err
		}),
		read(colSeed, func(v pageValues) (err error) { t.Seed, err = appendInts(roomFor(t.Seed, room), v); return err }),
		read(colSample, func(v pageValues) (err error) { t.Sample, err = appendSamples(roomFor(t.Sample, room), v); return err }),
		floats(colLoss, &t.Loss),
		read(colCorrect, func(v pageValues) (err error) { t.Correct, err = appendBools(roomFor(t.Correct, room), v); return err }),
		read(colLabel, func(v pageValues) (err error) { t.Label, err = appendInt32s(roomFor(t.Label, room), v); return err }),
		floats(colPrediction, &t.Prediction),
		floats(colConfidence, &t.Confidence),
		floats(colScore, &t.Score),
		read(colGroup, func(v pageValues) (err error) {
			t.Group, err = appendStrings(roomFor(t.Group, room), v, p.in)
			return err
		}),
		floats(colTarget, &t.Target),
	)
	for k := range p.more {
		var o Output
		err = errors.Join(err, floats(outputColumn(colPrediction, k+2), &o.Prediction), floats(outputColumn(colTarget, k+2), &o.Target))
		t.More = append(t.More, o)
	}
	if err != nil {
		return nil, err
	}
	if t.Len() != n {
		return nil, &FileError{Path: p.path, Column: colLoss, Reason: fmt.Sprintf("has %d values in a row group of %d rows", t.Len(), n)}
	}
	if err := t.check(); err != nil {
		return nil, &FileError{Path: p.path, Err: err}
	}
	return t, nil
}

// roomFor makes room for the rows of a column before the first are there.
func roomFor[T any](column []T, rows int) []T {
	if column == nil {
		return make([]T, 0, rows)
	}
	return column
}

// readColumn hands the pages of a column to decode, one after another. Errors
// of decode that know their place in the page are located in the file.
func (p *parquetFile) readColumn(c *parquet.Column, rg parquet.RowGroup, first int64, decode func(pageValues) error) error {
	fail := func(reason string, err error) error {
		return &FileError{Path: p.path, Column: c.Name(), Reason: reason, Err: err}
	}
	pages, err := parquetfile.Pages(c, rg)
	if err != nil {
		return fail(err.Error(), nil)
	}
	defer pages.Close()
	var dict dictCache
	for row := first; ; {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fail("cannot be read", err)
		}
		if page.NumNulls() > 0 {
			null := slices.Index(page.DefinitionLevels(), 0)
			return &FileError{Path: p.path, Row: row + int64(null) + 1, Column: c.Name(), Reason: "is null; fill it in or drop the row"}
		}
		err = decode(pageValues{page, &dict})
		row += page.NumRows()
		if errors.Is(err, errEnough) {
			parquet.Release(page)
			return nil
		}
		var at *valueError
		if errors.As(err, &at) {
			err = &FileError{Path: p.path, Row: row - page.NumRows() + int64(at.index) + 1, Column: c.Name(), Value: at.value, Reason: at.reason}
		} else if err != nil {
			err = fail("", err)
		}
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

// valueError is what is wrong with one value of a page.
type valueError struct {
	index         int
	value, reason string
}

func (e *valueError) Error() string { return e.value + " " + e.reason }

// missingColumn says which column a file lacks and which it has.
func missingColumn(path, name string, have []string) *FileError {
	return &FileError{Path: path, Reason: fmt.Sprintf("has no column %q (it has %s); a loss table needs domain, seed, sample, loss",
		name, strings.Join(have, ", "))}
}

// float32Of narrows a loss or a prediction.
func float32Of(v float64, mustBeFinite bool) (float32, bool) {
	f := float32(v)
	return f, !mustBeFinite || (!math.IsNaN(v) && !math.IsInf(float64(f), 0))
}
