package dataset

import (
	"errors"
	"io"
	"slices"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// row is a row as it was read, or what was wrong with it.
type row struct {
	line   int
	fields []string // those of columns that hold numbers only may be empty
	// numbers are the features, where they were read as numbers.
	numbers []float64
	flaw    *Error // what is wrong with these
	err     *Error // why there are no fields
	group   int    // of a Parquet file, from 1; line then counts its rows
}

// peekedRows is how many rows are looked at to see which columns hold numbers.
const peekedRows = 200

// text reads a file of text: its dialect, its header, some rows ahead to see which
// columns hold numbers, and then row by row.
func (g *reading) text() error {
	lead := g.takers[0]
	r, err := lead.openRecords(g.path)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, t := range g.takers {
		t.noteAllOnce(r.Notes)
		t.Notation = r.Notation
	}
	col := lead.d.Columns
	has := len(col.Names) == 0
	if col.Header != nil {
		has = *col.Header
	}
	r.Expand()
	columns, first, err := r.Header(col.Names, has)
	if err != nil {
		return err
	}
	var early []row // read before the roles of columns were known
	if first != nil {
		early = append(early, row{line: r.Line(), fields: first})
	}
	if lead.features == nil && len(col.Features) == 0 {
		if early, err = peek(r, early); err != nil {
			return err
		}
	}
	if !g.resolve(columns, early, has) {
		return nil
	}
	g.tellLists(r.Lists())
	for _, e := range early {
		if !g.give(e) {
			return nil
		}
	}
	bad := new(Error)
	for more := true; more; {
		fields, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return g.finishText(r)
		case errors.As(err, &bad) && bad.Line > 0:
			more = g.give(row{err: bad})
			bad = new(Error)
		case err != nil:
			return err
		default:
			more = g.give(row{line: r.Line(), fields: fields})
		}
		if g.rows%4096 == 0 && lead.ctx.Err() != nil {
			return lead.ctx.Err()
		}
	}
	return nil
}

// finishText records the file that was read to its end as a source of every taker.
func (g *reading) finishText(r *datafile.Records) error {
	sum, err := r.File.Finish()
	if err != nil {
		return err
	}
	for _, t := range g.takers {
		t.noteEncoding(g.path, r)
		t.sources = append(t.sources, Source{Path: r.File.Path, SHA256: sum})
	}
	return nil
}

// noteEncoding says that a file was not UTF-8.
func (t *table) noteEncoding(path string, r *datafile.Records) {
	if line := r.Converted(); line > 0 {
		t.notef("%s:%d is not UTF-8; such lines are read as Windows-1252 (Latin-1)", path, line)
	}
}

// peek reads some rows ahead, to see which columns hold numbers.
func peek(r *datafile.Records, early []row) ([]row, error) {
	for len(early) < peekedRows {
		fields, err := r.Next()
		bad := new(Error)
		switch {
		case errors.Is(err, io.EOF):
			return early, nil
		case errors.As(err, &bad) && bad.Line > 0:
			early = append(early, row{err: bad})
		case err != nil:
			return nil, err
		default:
			early = append(early, row{line: r.Line(), fields: slices.Clone(fields)})
		}
	}
	return early, nil
}
