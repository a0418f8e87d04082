package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// The Parquet library makes what a footer and the heads of pages claim before it
// finds out that they lie. Both are therefore looked at first: their structure
// against the bytes that they have, places and sizes of columns against the length
// of the file, pages against their columns and the limits.

// Paths of fields in a footer (parquet.thrift of Apache Parquet); -1 is an element
// of a list.
var (
	pathSchema   = []int16{2}
	pathChildren = []int16{2, -1, 5}
	pathElement  = []int16{2, -1}
	pathGroups   = []int16{4}
	pathColumns  = []int16{4, -1, 1}
)

// readFooter returns the footer, whose length the library would allocate whatever
// it says.
func readFooter(f io.ReaderAt, size int64) ([]byte, error) {
	var tail [8]byte
	if size < 12 {
		return nil, errors.New("the file is too short for Parquet")
	}
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	switch magic := string(tail[4:]); {
	case magic == "PARE":
		return nil, errors.New("the file is encrypted, which is not read")
	case magic != "PAR1" || n > size-12:
		return nil, errors.New("the file is cut off or damaged at its end")
	}
	footer := make([]byte, n)
	_, err := f.ReadAt(footer, size-8-n)
	return footer, err
}

// memory is what the library takes for an element of a list, by its path. Elements
// of other lists are short.
func memory(path []int16) int64 {
	switch {
	case slices.Equal(path, pathSchema):
		return 2 * int64(unsafe.Sizeof(format.SchemaElement{}))
	case slices.Equal(path, pathGroups):
		return 2 * int64(unsafe.Sizeof(format.RowGroup{}))
	case slices.Equal(path, pathColumns):
		return 2 * int64(unsafe.Sizeof(format.ColumnChunk{}))
	}
	return 64
}

// checkFooter looks at the structure of a footer. A footer as programs write it
// becomes some 20 times as long in memory; an empty struct, one byte, would become
// a thousand.
func checkFooter(footer []byte) error {
	const growth, always, levels = 64, 1 << 16, 64
	most := growth*int64(len(footer)) + always
	taken := int64(0)
	var children []int64
	o := outline{data: footer}
	o.begin = func(path []int16, kind byte, size int) {
		switch {
		case kind == thriftList || kind == thriftSet:
			taken += int64(size) * memory(path)
		case slices.Equal(path, pathElement):
			children = append(children, 0)
		}
	}
	o.number = func(path []int16, v int64) {
		if slices.Equal(path, pathChildren) && len(children) > 0 {
			children[len(children)-1] = v
		}
	}
	if err := o.object(); err != nil {
		return err
	}
	if taken > most {
		return errors.New("the file is damaged: its footer has more columns or row groups than bytes for them")
	}
	// A schema is a tree, written as its nodes with the numbers of their children,
	// each before these.
	var open []int64
	for i, n := range children {
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			open[len(open)-1]--
		}
		switch {
		case i > 0 && len(open) == 0, n < 0, n > int64(len(children)-1-i):
			return errors.New("the file is damaged: its schema does not say where its columns end")
		case len(open) > levels:
			return errors.New("the file is damaged: the columns of its schema are nested without end")
		}
		open = append(open, n)
	}
	return nil
}

// checkColumns looks at the places of columns and the heads of their pages.
func checkColumns(f io.ReaderAt, size int64, meta *format.FileMetaData, l filelimit.Limits) error {
	rows := int64(0)
	for i := range meta.RowGroups {
		g := &meta.RowGroups[i]
		if g.NumRows < 0 {
			return errors.New("the file is damaged: a row group has less than no rows")
		}
		rows += g.NumRows
		if err := l.Check(filelimit.Rows, rows, fmt.Sprintf("the file has %d rows or more", rows)); err != nil {
			return err
		}
		for j := range g.Columns {
			if err := checkChunk(f, size, &g.Columns[j].MetaData, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// chunkStart is the byte at which a column of a row group begins.
func chunkStart(c *format.ColumnMetaData) int64 {
	if c.DictionaryPageOffset > 0 {
		return min(c.DataPageOffset, c.DictionaryPageOffset)
	}
	return c.DataPageOffset
}

// checkChunk goes from page to page of a column of a row group, and reads their
// heads alone.
func checkChunk(f io.ReaderAt, size int64, c *format.ColumnMetaData, l filelimit.Limits) error {
	start := chunkStart(c)
	if start < 0 || c.TotalCompressedSize < 0 || start > size-c.TotalCompressedSize || c.TotalUncompressedSize < 0 || c.TotalUncompressedSize > 1<<50 || c.NumValues < 0 {
		return errors.New("the file is cut off or damaged: a column lies outside of it")
	}
	var buf []byte
	values, end := int64(0), start+c.TotalCompressedSize
	for at := start; at < end && values < c.NumValues; {
		h, err := readPageHead(f, at, end, &buf)
		if err == nil {
			err = h.check(end-at, c.Codec, l)
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", name(c), err)
		}
		if h.kind == format.DataPage || h.kind == format.DataPageV2 {
			values += h.values
		}
		at += h.length + h.packed
	}
	if values != c.NumValues {
		return fmt.Errorf("column %q: the file is damaged: its pages have %d values, and its footer says %d", name(c), values, c.NumValues)
	}
	return nil
}

func name(c *format.ColumnMetaData) string {
	if n := len(c.PathInSchema); n > 0 {
		return c.PathInSchema[n-1]
	}
	return ""
}

// pageHead is what the head of a page says.
type pageHead struct {
	kind             format.PageType
	length           int64 // of the head itself
	packed, unpacked int64 // bytes of the page
	values           int64
}

// readPageHead reads the head of the page at a byte; its column ends at another.
func readPageHead(f io.ReaderAt, at, end int64, buf *[]byte) (pageHead, error) {
	// Statistics can make a head long: it has the smallest and the largest value.
	for n := int64(256); ; n *= 8 {
		n = min(n, end-at)
		*buf = slices.Grow((*buf)[:0], int(n))[:n]
		if got, err := f.ReadAt(*buf, at); int64(got) < n {
			return pageHead{}, err
		}
		h, err := parsePageHead(*buf)
		if errors.Is(err, errShort) && n < end-at {
			continue
		}
		return h, err
	}
}

func parsePageHead(data []byte) (pageHead, error) {
	var h pageHead
	o := outline{data: data}
	o.number = func(path []int16, v int64) {
		switch len(path) {
		case 1:
			switch path[0] {
			case 1:
				h.kind = format.PageType(v)
			case 2:
				h.unpacked = v
			case 3:
				h.packed = v
			}
		case 2:
			// Heads of data pages, of dictionaries and of data pages of version 2.
			if (path[0] == 5 || path[0] == 7 || path[0] == 8) && path[1] == 1 {
				h.values = v
			}
		}
	}
	err := o.object()
	h.length = int64(o.at)
	return h, err
}

// growth is how many times as long unpacked bytes can be, by the codec; beyond
// some bytes that any page may have.
var growth = map[format.CompressionCodec]int64{
	format.Uncompressed: 1,
	format.Snappy:       32,
	format.Gzip:         1040,
	format.Lz4:          260,
	format.Lz4Raw:       260,
}

// check compares a page with the bytes that are left of its column and the limits.
func (h *pageHead) check(left int64, codec format.CompressionCodec, l filelimit.Limits) error {
	const any = 1 << 16
	if h.packed < 0 || h.unpacked < 0 || h.values < 0 || h.packed > left-h.length {
		return errors.New("the file is damaged: a page is longer than its column")
	}
	most, known := growth[codec]
	if known && h.unpacked > any+most*h.packed {
		return fmt.Errorf("the file is damaged: %d bytes of a page cannot come out of %d", h.unpacked, h.packed)
	}
	if err := l.Check(filelimit.Page, h.unpacked, fmt.Sprintf("a page becomes %d bytes", h.unpacked)); err != nil {
		return err
	}
	if h.kind == format.DictionaryPage && h.values > max(1, h.unpacked) {
		return fmt.Errorf("the file is damaged: a dictionary of %d bytes cannot have %d values", h.unpacked, h.values)
	}
	return l.Check(filelimit.PageValues, h.values, fmt.Sprintf("a page has %d values", h.values))
}
