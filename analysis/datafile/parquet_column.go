package datafile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// IsParquet reports whether a name ends as those of Parquet files do.
func IsParquet(name string) bool {
	return slices.ContainsFunc(parquetEndings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) })
}

// parquetEndings are the endings of files that are taken for Parquet.
var parquetEndings = []string{".parquet", ".pq"}

// ParquetColumn reads a column of one row group page by page, as numbers or as
// texts.
type ParquetColumn struct {
	Index   int // in the file
	Name    string
	number  bool
	convert conversion
	Pages   parquet.Pages
	Next    int // next row of the page
	Rows    int // of the page
	Numbers []float64
	Texts   []string
	flaws   map[int]valueFlaw // rows of the page whose number cannot be used
	dict    parquet.Dictionary
	values  []float64 // of the dictionary, or of the page
	words   []string  // of the dictionary
	// spelled reads numbers from texts; nil where the type has them. reasons say why words
	// are no numbers, and are empty for those that are.
	spelled func(text string) (v float64, reason string)
	reasons []string
	raw     bool // texts need not be UTF-8
	defined byte // definition level of values that are there
}

// valueFlaw is what is wrong with a value.
type valueFlaw struct{ value, reason string }

// OpenColumn opens a column of a row group, as numbers or as texts.
func OpenColumn(c *parquet.Column, group parquet.RowGroup, number bool) (*ParquetColumn, error) {
	pages, err := parquetfile.Pages(c, group)
	if err != nil {
		return nil, err
	}
	out := &ParquetColumn{Name: c.Name(), number: number, Pages: pages, defined: byte(c.MaxDefinitionLevel())}
	if out.convert, err = newConversion(c.Type()); err == nil && number && out.convert.text {
		err = errors.New("a column of text cannot be an input; name it under columns.categorical or columns.ignore")
	}
	if err != nil {
		pages.Close()
		return nil, err
	}
	return out, nil
}

// Flaw is what is wrong with the number at Next, or nil.
func (c *ParquetColumn) Flaw() *Error {
	f, ok := c.flaws[c.Next]
	if !ok {
		return nil
	}
	return &Error{Column: c.Name, Value: f.value, Reason: f.reason}
}

// Fetch reads the next page where the last one is used up.
func (c *ParquetColumn) Fetch(path string) error {
	for c.Next == c.Rows {
		page, err := c.Pages.ReadPage()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("it ends before the other columns do")
			}
			return &Error{File: path, Column: c.Name, Reason: "is damaged: " + err.Error()}
		}
		err = c.decode(page)
		parquet.Release(page)
		if i := slices.IndexFunc(c.words, notUTF8); i >= 0 && !c.number && !c.raw {
			return &Error{File: path, Column: c.Name, Value: c.words[i], Reason: "a text that is not UTF-8, as Parquet has it; write the column again from decoded text"}
		}
		if err != nil {
			return &Error{File: path, Column: c.Name, Reason: "is damaged: " + err.Error()}
		}
	}
	return nil
}

func notUTF8(s string) bool { return !utf8.ValidString(s) }

// decode takes the values of a page, one for each row.
func (c *ParquetColumn) decode(page parquet.Page) error {
	return c.take(page, int(page.NumRows()))
}

// take takes n values of a page, or what stands for them where there is none.
func (c *ParquetColumn) take(page parquet.Page, n int) error {
	c.Next, c.Rows = 0, n
	c.Numbers, c.Texts, c.flaws = c.Numbers[:0], c.Texts[:0], nil
	data := page.Data()
	var index []int32
	if d := page.Dictionary(); d != nil {
		index = data.Int32()
		if d != c.dict {
			c.dict = d
			c.read(d.Page().Data(), int(d.Page().NumValues()))
		}
	} else {
		c.dict = nil
		c.read(data, int(page.NumValues()-page.NumNulls()))
	}
	levels := page.DefinitionLevels()
	if len(levels) > 0 && len(levels) < n {
		return errors.New("it has fewer levels than values")
	}
	k, known := 0, len(c.words)
	if c.number {
		known = len(c.values)
	}
	for i := range n {
		if len(levels) > 0 && levels[i] < c.defined {
			c.null(i)
			continue
		}
		v := k
		if index != nil {
			if k >= len(index) {
				return errors.New("it has fewer values than rows")
			}
			v = int(index[k])
		}
		if v < 0 || v >= known {
			return errors.New("a value is missing")
		}
		k++
		switch {
		case !c.number:
			c.Texts = append(c.Texts, c.words[v])
		case c.spelled != nil && c.reasons[v] != "":
			c.spoil(i, c.words[v], c.reasons[v])
		default:
			c.put(i, c.values[v])
		}
	}
	return nil
}

// read converts plain values.
func (c *ParquetColumn) read(data encoding.Values, n int) {
	if c.number && c.spelled == nil {
		c.values = c.convert.numbers(c.values[:0], data, n)
		return
	}
	c.words = c.convert.words(c.words[:0], data, n)
	if c.spelled == nil {
		return
	}
	c.values, c.reasons = c.values[:0], c.reasons[:0]
	for _, w := range c.words {
		v, reason := c.spelled(w)
		c.values, c.reasons = append(c.values, v), append(c.reasons, reason)
	}
}

func (c *ParquetColumn) null(i int) {
	if !c.number {
		c.Texts = append(c.Texts, "")
		return
	}
	c.spoil(i, "", MissingValue)
}

// put adds a number.
func (c *ParquetColumn) put(i int, v float64) {
	switch {
	case math.IsNaN(v):
		c.spoil(i, "NaN", MissingValue)
	case math.IsInf(v, 0):
		c.spoil(i, fmt.Sprint(v), "not finite")
	case math.Abs(v) > math.MaxFloat32:
		c.spoil(i, strconv.FormatFloat(v, 'g', -1, 64), "too large for a 32-bit number")
	default:
		c.Numbers = append(c.Numbers, v)
	}
}

func (c *ParquetColumn) spoil(i int, value, reason string) {
	if c.flaws == nil {
		c.flaws = map[int]valueFlaw{}
	}
	c.flaws[i] = valueFlaw{value, reason}
	c.Numbers = append(c.Numbers, math.NaN())
}
