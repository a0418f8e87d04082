package datafile

import (
	"errors"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// ParquetList reads the lists of numbers of one row group row by row.
type ParquetList struct {
	// Numbers are the list of the row read last, without elements where the row has none, valid until the
	// next; a number that is missing or cannot be used is NaN. Of more than 16 384 the rest is left out.
	Numbers []float64
	// Flaw is what is wrong with one of them, or nil; Reason is [MissingValue] only where all others
	// can be used.
	Flaw     *Error
	field    *ParquetField
	elements ParquetColumn // of the page
	begins   []bool        // by element of the page: a row begins with it
	there    []bool        // by element of the page: the list has it
}

// OpenLists opens a column of lists in a row group.
func (f *ParquetField) OpenLists(group parquet.RowGroup) (*ParquetList, error) {
	pages, err := parquetfile.ListPages(f.Column, group)
	if err != nil {
		return nil, err
	}
	l := &ParquetList{field: f, elements: ParquetColumn{Name: f.Name, number: true, Pages: pages, defined: byte(f.Column.MaxDefinitionLevel())}}
	if l.elements.convert, err = newConversion(f.Column.Type()); err != nil {
		pages.Close()
		return nil, err
	}
	return l, nil
}

// Close closes the pages of the column.
func (l *ParquetList) Close() { l.elements.Pages.Close() }

// Next reads the list of the next row; path is how messages call the file.
func (l *ParquetList) Next(path string) error {
	l.Numbers, l.Flaw = l.Numbers[:0], nil
	c := &l.elements
	for first := true; ; first = false {
		if c.Next == c.Rows {
			switch err := l.fetch(); {
			case errors.Is(err, io.EOF) && !first:
				return nil
			case errors.Is(err, io.EOF):
				return &Error{File: path, Column: c.Name, Reason: "is damaged: it ends before the other columns do"}
			case err != nil:
				return &Error{File: path, Column: c.Name, Reason: "is damaged: " + err.Error()}
			}
		}
		switch begins := l.begins[c.Next]; {
		case begins && !first:
			return nil
		case !begins && first:
			return &Error{File: path, Column: c.Name, Reason: "is damaged: its first list has no beginning"}
		}
		if l.there[c.Next] && len(l.Numbers) <= maxColumns { // no more of them can be columns
			if flaw := c.Flaw(); flaw != nil && (l.Flaw == nil || l.Flaw.Reason == MissingValue) {
				flaw.Column = ElementName(c.Name, len(l.Numbers))
				l.Flaw = flaw
			}
			l.Numbers = append(l.Numbers, c.Numbers[c.Next])
		}
		c.Next++
	}
}

// fetch reads pages until there is one with elements.
func (l *ParquetList) fetch() error {
	for l.elements.Next == l.elements.Rows {
		page, err := l.elements.Pages.ReadPage()
		if err != nil {
			return err
		}
		err = l.decode(page)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *ParquetList) decode(page parquet.Page) error {
	n := int(page.NumValues())
	repeated, defined := page.RepetitionLevels(), page.DefinitionLevels()
	if len(repeated) < n || len(defined) < n {
		return errors.New("it has fewer levels than values")
	}
	l.begins, l.there = slices.Grow(l.begins[:0], n)[:n], slices.Grow(l.there[:0], n)[:n]
	for i := range n {
		l.begins[i], l.there[i] = repeated[i] == 0, defined[i] >= l.field.present
	}
	return l.elements.take(page, n)
}
