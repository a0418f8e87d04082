package datafile

import (
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// ParquetField is a column of the table that a Parquet file holds.
type ParquetField struct {
	// Name is that of the column; of one within a record it is the path, as in "device.speed".
	Name string
	// Length is how many numbers the lists of a column have; 0 where it holds none, or lists of
	// different lengths.
	Length int
	// Column is where the values are; it is no leaf where the file has several columns for this one.
	Column  *parquet.Column
	present byte // definition level from which on a list has an element
}

// ParquetFields lists the columns of a file, and finds the lengths of lists of numbers by the first
// ones. Columns that cannot be read are listed, too.
func ParquetFields(file *parquet.File) []ParquetField {
	var fields []ParquetField
	var add func(c *parquet.Column, prefix string)
	add = func(c *parquet.Column, prefix string) {
		f := ParquetField{Name: prefix + c.Name(), Column: c}
		if isRecord(c) {
			for _, inner := range c.Columns() {
				add(inner, f.Name+".")
			}
			return
		}
		if leaf, present := listedNumbers(c); leaf != nil {
			f.Column, f.present = leaf, present
		}
		fields = append(fields, f)
	}
	for _, c := range file.Root().Columns() {
		add(c, "")
	}
	var names []string
	var lengths listLengths
	for _, f := range fields {
		names = append(names, f.Name)
		if f.present > 0 {
			f.measure(file, &lengths)
		}
	}
	lists := lengths.settle(names)
	for i, f := range fields {
		fields[i].Length = lists[f.Name]
	}
	return fields
}

// isRecord reports whether a column has columns of its own, with one value each in a row.
func isRecord(c *parquet.Column) bool {
	repeated := func(c *parquet.Column) bool { return c.Repeated() }
	return !c.Leaf() && !c.Repeated() && c.Type().LogicalType() == nil && !slices.ContainsFunc(c.Columns(), repeated)
}

// listedNumbers finds the numbers of a column of lists, however many groups a program has put around
// them, and from which definition level on a list has an element; nil for other columns.
func listedNumbers(c *parquet.Column) (leaf *parquet.Column, present byte) {
	for {
		if c.Repeated() {
			present = byte(c.MaxDefinitionLevel())
		}
		if c.Leaf() {
			break
		}
		if len(c.Columns()) != 1 {
			return nil, 0
		}
		c = c.Columns()[0]
	}
	if convert, err := newConversion(c.Type()); c.MaxRepetitionLevel() != 1 || err != nil || convert.text {
		return nil, 0
	}
	return c, present
}

// measuredLists is how many lists say of what length they are.
const measuredLists = 200

// measure looks at the first lists of a column. What is wrong with them is told where they are read.
func (f *ParquetField) measure(file *parquet.File, lengths *listLengths) {
	seen := 0
	for _, group := range file.RowGroups() {
		_, err := parquetfile.Guard(func() (struct{}, error) {
			lists, err := f.OpenLists(group)
			if err != nil {
				return struct{}{}, err
			}
			defer lists.Close()
			for left := group.NumRows(); left > 0 && seen < measuredLists; left-- {
				if err := lists.Next(""); err != nil {
					return struct{}{}, err
				}
				lengths.see(f.Name, len(lists.Numbers))
				seen++
			}
			return struct{}{}, nil
		})
		if err != nil {
			lengths.see(f.Name, -1)
			return
		}
	}
}

// HoldsTexts reports whether the values of a column are texts.
func (f *ParquetField) HoldsTexts() bool {
	if !f.single() {
		return false
	}
	convert, err := newConversion(f.Column.Type())
	return err == nil && convert.text
}

// HoldsNumbers reports whether a column can be an input as it is, or each of the elements of its lists.
func (f *ParquetField) HoldsNumbers() bool {
	if !f.single() {
		return f.Length > 0
	}
	convert, err := newConversion(f.Column.Type())
	return err == nil && !convert.text
}

// HoldsBytes reports whether the first values of a column are bytes that are no text, as pictures are.
func (f *ParquetField) HoldsBytes(file *parquet.File) bool {
	if !f.HoldsTexts() {
		return false
	}
	const looked = 20
	texts, err := f.FirstTexts("", file, looked)
	return err == nil && slices.ContainsFunc(texts, notUTF8)
}

// single reports whether a column has one value in a row.
func (f *ParquetField) single() bool { return f.Column.Leaf() && f.Column.MaxRepetitionLevel() == 0 }

// Open opens the column in a row group, as numbers or as texts.
func (f *ParquetField) Open(group parquet.RowGroup, number bool) (*ParquetColumn, error) {
	out, err := OpenColumn(f.Column, group, number)
	if err == nil {
		out.Name = f.Name
	}
	return out, err
}

// OpenSpelled opens a column of text in a row group as numbers, which read takes from its texts, or
// says why it cannot, see [Spelling.Measured].
func (f *ParquetField) OpenSpelled(group parquet.RowGroup, read func(text string) (v float64, reason string)) (*ParquetColumn, error) {
	out, err := f.Open(group, false)
	if err != nil {
		return nil, err
	}
	out.number, out.spelled = true, read
	return out, nil
}

// FirstTexts lists the first texts of the column that are not empty, at most n; path is how messages
// call the file.
func (f *ParquetField) FirstTexts(path string, file *parquet.File, n int) ([]string, error) {
	var out []string
	for _, group := range file.RowGroups() {
		err := func() error {
			column, err := f.Open(group, false)
			if err != nil {
				return err
			}
			defer column.Pages.Close()
			column.raw = true
			for left := int(group.NumRows()); left > 0 && len(out) < n; left-- {
				if err := column.Fetch(path); err != nil {
					return err
				}
				if s := column.Texts[column.Next]; s != "" {
					out = append(out, s)
				}
				column.Next++
			}
			return nil
		}()
		if err != nil || len(out) == n {
			return out, err
		}
	}
	return out, nil
}
