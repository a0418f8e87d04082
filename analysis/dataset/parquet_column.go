package dataset

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// parquetColumn reads a column of one row group page by page, as numbers or as
// texts.
type parquetColumn struct {
	index   int // in the file
	name    string
	number  bool
	convert conversion
	pages   parquet.Pages
	at      int // next row of the page
	rows    int // of the page
	numbers []float64
	texts   []string
	flaws   map[int]valueFlaw // rows of the page whose number cannot be used
	dict    parquet.Dictionary
	values  []float64 // of the dictionary, or of the page
	words   []string  // of the dictionary
}

// valueFlaw is what is wrong with a value.
type valueFlaw struct{ value, reason string }

func openColumn(c *parquet.Column, group parquet.RowGroup, number bool) (*parquetColumn, error) {
	pages, err := parquetfile.Pages(c, group)
	if err != nil {
		return nil, err
	}
	out := &parquetColumn{name: c.Name(), number: number, pages: pages}
	if out.convert, err = newConversion(c.Type()); err == nil && number && out.convert.text {
		err = errors.New("a column of text cannot be an input; name it under columns.categorical or columns.ignore")
	}
	if err != nil {
		pages.Close()
		return nil, err
	}
	return out, nil
}

// flaw is what is wrong with the number at hand, or nil.
func (c *parquetColumn) flaw() *Error {
	f, ok := c.flaws[c.at]
	if !ok {
		return nil
	}
	return &Error{Column: c.name, Value: f.value, Reason: f.reason}
}

// fetch reads the next page where the last one is used up.
func (c *parquetColumn) fetch(path string) error {
	for c.at == c.rows {
		page, err := c.pages.ReadPage()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("it ends before the other columns do")
			}
			return &Error{File: path, Column: c.name, Reason: "is damaged: " + err.Error()}
		}
		err = c.decode(page)
		parquet.Release(page)
		if err != nil {
			return &Error{File: path, Column: c.name, Reason: "is damaged: " + err.Error()}
		}
	}
	return nil
}

// decode takes the values of a page.
func (c *parquetColumn) decode(page parquet.Page) error {
	c.at, c.rows = 0, int(page.NumRows())
	c.numbers, c.texts, c.flaws = c.numbers[:0], c.texts[:0], nil
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
	k, known := 0, len(c.words)
	if c.number {
		known = len(c.values)
	}
	for i := range c.rows {
		if len(levels) > 0 && levels[i] == 0 {
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
		if c.number {
			c.put(i, c.values[v])
		} else {
			c.texts = append(c.texts, c.words[v])
		}
	}
	return nil
}

// read converts plain values.
func (c *parquetColumn) read(data encoding.Values, n int) {
	if c.number {
		c.values = c.convert.numbers(c.values[:0], data, n)
	} else {
		c.words = c.convert.words(c.words[:0], data, n)
	}
}

func (c *parquetColumn) null(i int) {
	if !c.number {
		c.texts = append(c.texts, "")
		return
	}
	c.spoil(i, "", missingValue)
}

// put adds a number.
func (c *parquetColumn) put(i int, v float64) {
	switch {
	case math.IsNaN(v):
		c.spoil(i, "NaN", missingValue)
	case math.IsInf(v, 0):
		c.spoil(i, fmt.Sprint(v), "not finite")
	case math.Abs(v) > math.MaxFloat32:
		c.spoil(i, strconv.FormatFloat(v, 'g', -1, 64), "too large for a 32-bit number")
	default:
		c.numbers = append(c.numbers, v)
	}
}

func (c *parquetColumn) spoil(i int, value, reason string) {
	if c.flaws == nil {
		c.flaws = map[int]valueFlaw{}
	}
	c.flaws[i] = valueFlaw{value, reason}
	c.numbers = append(c.numbers, math.NaN())
}
