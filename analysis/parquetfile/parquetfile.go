// Package parquetfile opens Parquet files of unknown origin. It compares footer and
// heads of pages with the file and the limits of package filelimit before the
// Parquet library sees them, unpacks pages in bounded memory, counts their values
// before the library makes them, and turns panics of the library, which damaged files
// can still cause, into errors.
package parquetfile

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Open opens a file of a size, within the limits of the process.
func Open(f io.ReaderAt, size int64) (*parquet.File, error) {
	return OpenWithin(f, size, filelimit.Limits{})
}

// OpenWithin is [Open] with limits of its own.
func OpenWithin(f io.ReaderAt, size int64, l filelimit.Limits) (*parquet.File, error) {
	footer, err := readFooter(f, size)
	if err != nil {
		return nil, err
	}
	if err := checkFooter(footer); err != nil {
		return nil, err
	}
	return Guard(func() (*parquet.File, error) {
		file, err := parquet.OpenFile(f, size, options...)
		if err != nil {
			return nil, err
		}
		for i, e := range file.Metadata().Schema {
			if !utf8.ValidString(e.Name) {
				return nil, fmt.Errorf("the name of element %d of its schema, %q, is not UTF-8", i, e.Name)
			}
		}
		if err := checkColumns(f, size, file.Metadata(), l); err != nil {
			return nil, err
		}
		return openUnpacked(f, size, file, l)
	})
}

var options = []parquet.FileOption{parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true)}

// Guard turns a panic of the Parquet library, which damaged files can cause,
// into an error.
func Guard[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = ErrDamaged
		}
	}()
	return f()
}

// ErrDamaged is about a file that the Parquet library could not go on with.
var ErrDamaged = errors.New("is damaged: its parts contradict each other")

// Pages returns the pages of a column with one value or null per row, in one
// row group.
func Pages(c *parquet.Column, rg parquet.RowGroup) (parquet.Pages, error) {
	if !c.Leaf() || c.MaxRepetitionLevel() > 0 {
		return nil, errors.New("is nested; it must hold one value per row")
	}
	chunk, ok := rg.ColumnChunks()[c.Index()].(*parquet.FileColumnChunk)
	if !ok || chunk.NumValues() != rg.NumRows() {
		return nil, errors.New("is damaged: it does not have one value per row")
	}
	return chunk.Pages(), nil
}

// ListPages returns the pages of a column that has a list, or none, in each row of
// one row group. A list may begin in one page and end in another.
func ListPages(c *parquet.Column, rg parquet.RowGroup) (parquet.Pages, error) {
	if !c.Leaf() || c.MaxRepetitionLevel() != 1 {
		return nil, errors.New("does not hold lists")
	}
	chunk, ok := rg.ColumnChunks()[c.Index()].(*parquet.FileColumnChunk)
	if !ok || chunk.NumValues() < rg.NumRows() {
		return nil, errors.New("is damaged: it has fewer lists than rows")
	}
	return chunk.Pages(), nil
}
