// Package parquetfile opens Parquet files of unknown origin: it unpacks LZ4 in
// bounded memory, and refuses what makes the Parquet library allocate without
// bounds or panic.
package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// Open opens a file of a size.
func Open(f io.ReaderAt, size int64) (*parquet.File, error) {
	if err := checkFooter(f, size); err != nil {
		return nil, err
	}
	return Guard(func() (*parquet.File, error) {
		file, err := parquet.OpenFile(f, size, options...)
		if err != nil {
			return nil, err
		}
		return openUnpacked(f, size, file)
	})
}

var options = []parquet.FileOption{parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true)}

// checkFooter looks at the length of the footer, which the library would
// allocate whatever it says.
func checkFooter(f io.ReaderAt, size int64) error {
	var tail [8]byte
	if size < 12 {
		return io.ErrUnexpectedEOF
	}
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:4])); string(tail[4:]) != "PAR1" || n > size-12 {
		return errors.New("the file is cut off or damaged at its end")
	}
	return nil
}

// Guard turns a panic of the Parquet library, which damaged files can cause,
// into an error.
func Guard[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("is damaged: %v", r)
		}
	}()
	return f()
}

// Pages returns the pages of a column with one value or null per row, in one
// row group.
func Pages(c *parquet.Column, rg parquet.RowGroup) (parquet.Pages, error) {
	if !c.Leaf() || c.Repeated() {
		return nil, errors.New("is nested; it must hold one value per row")
	}
	chunk, ok := rg.ColumnChunks()[c.Index()].(*parquet.FileColumnChunk)
	if !ok || chunk.NumValues() != rg.NumRows() {
		return nil, errors.New("is damaged: it does not have one value per row")
	}
	return chunk.Pages(), nil
}
