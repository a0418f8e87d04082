package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// parquet reads a Parquet file. The columns that have a role are read page by page,
// side by side, so that no row group need be in memory.
func (g *reading) parquet() error {
	t := g.takers[0]
	f, err := filelimit.Open(t.study.Path(g.path))
	if err != nil {
		return datafile.MissingFile(g.path, err)
	}
	defer f.Close()
	_, err = parquetfile.Guard(func() (struct{}, error) { return struct{}{}, g.parquetRows(f) })
	own := new(Error)
	switch {
	case err == nil:
		return g.finishParquet(f)
	case errors.As(err, &own), errors.Is(err, t.ctx.Err()):
		return err
	}
	head := make([]byte, filekind.HeadBytes)
	n, _ := f.ReadAt(head, 0)
	if head = head[:n]; !bytes.HasPrefix(head, []byte("PAR1")) {
		if other := datafile.Foreign(g.path, head); other != nil {
			return other
		}
	}
	return &Error{File: g.path, Reason: "cannot be read as Parquet: " + err.Error()}
}

// finishParquet records the file as a source of every taker; its rows were not read
// from beginning to end.
func (g *reading) finishParquet(f *os.File) error {
	if len(g.takers) == 0 {
		return nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, 1<<62)); err != nil {
		return fmt.Errorf("dataset: read %s: %w", g.path, err)
	}
	for _, t := range g.takers {
		t.sources = append(t.sources, Source{Path: g.path, SHA256: hex.EncodeToString(h.Sum(nil))})
	}
	return nil
}

func (g *reading) parquetRows(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return &Error{File: g.path, Reason: "a folder, where a file must stand; for several files give a pattern such as part-*.parquet"}
	}
	file, err := parquetfile.OpenWithin(f, info.Size(), g.limits())
	if err != nil {
		return err
	}
	for _, t := range g.takers {
		t.index = datafile.PandasIndex(file)
	}
	p := &parquetTable{reading: g, lead: g.takers[0].table, columns: file.Root().Columns()}
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.Name()
	}
	if err := p.peek(file); err != nil {
		return err
	}
	if !g.resolve(names, p.early(), true) {
		return nil
	}
	p.lead = g.takers[0].table
	p.tellSpelled()
	for k, group := range file.RowGroups() {
		if more, err := p.readGroup(k, group); err != nil || !more {
			return err
		}
	}
	for _, t := range g.takers {
		maps.Copy(t.worded, p.lead.worded)
	}
	return nil
}

// parquetTable hands the rows of one Parquet file to the takers of a reading.
type parquetTable struct {
	*reading
	lead    *table // stands for all takers in what they share
	columns []*parquet.Column
	first   [][]string // values of the columns, see peek
	line    int        // rows read so far
}

// readGroup hands on the rows of row group k, and reports whether any taker is left.
// Its columns have pages of different length; the rows that all have at hand are read
// together.
func (p *parquetTable) readGroup(k int, group parquet.RowGroup) (more bool, err error) {
	features, texts, err := p.open(group)
	all := slices.DeleteFunc(append(slices.Clone(features), texts...), func(c *datafile.ParquetColumn) bool { return c == nil })
	defer func() {
		for _, c := range all {
			c.Pages.Close()
		}
	}()
	if err != nil {
		return false, err
	}
	r := row{fields: make([]string, len(p.columns)), numbers: make([]float64, len(features)), group: k + 1}
	for left := int(group.NumRows()); left > 0; {
		if err := p.lead.ctx.Err(); err != nil {
			return false, err
		}
		n := left
		for _, c := range all {
			if err := c.Fetch(p.path); err != nil {
				return false, err
			}
			n = min(n, c.Rows-c.Next)
		}
		for range n {
			p.line++
			r.line, r.flaw = p.line, nil
			for j, c := range features {
				if c == nil {
					r.numbers[j] = math.NaN()
					continue
				}
				r.numbers[j] = c.Numbers[c.Next]
				if flaw := p.flaw(c); r.flaw == nil && flaw != nil {
					r.flaw = flaw
				}
				if slices.Contains(p.lead.MissingNumbers, r.numbers[j]) {
					r.numbers[j] = math.NaN()
				}
				c.Next++
			}
			for _, c := range texts {
				r.fields[c.Index] = c.Texts[c.Next]
				c.Next++
			}
			if !p.give(r) {
				return false, nil
			}
		}
		left -= n
	}
	return true, nil
}

// flaw is what is wrong with the number at hand, or nil. A missing one that is
// filled in is not wrong.
func (p *parquetTable) flaw(c *datafile.ParquetColumn) *Error {
	e := c.Flaw()
	switch {
	case e == nil && !p.lead.fills && slices.Contains(p.lead.MissingNumbers, c.Numbers[c.Next]):
		return &Error{Column: c.Name, Value: trimmed(c.Numbers[c.Next]), Reason: datafile.MissingValue}
	case e != nil && p.lead.fills && e.Reason == datafile.MissingValue:
		return nil
	case e != nil && p.lead.fills && p.seemedEmpty(c.Name):
		p.lead.worded[c.Name] = true
		return nil
	}
	return e
}

// open opens the columns that have a role. A feature without values, which may
// be of any type, is nil.
func (p *parquetTable) open(group parquet.RowGroup) (features, texts []*datafile.ParquetColumn, err error) {
	add := func(list *[]*datafile.ParquetColumn, j int, number bool) error {
		seemed := p.seemedEmpty(p.columns[j].Name())
		if number && seemed && emptyIn(p.columns[j], group) {
			*list = append(*list, nil)
			return nil
		}
		open := func() (*datafile.ParquetColumn, error) { return datafile.OpenColumn(p.columns[j], group, number) }
		if number && p.spelled(j) {
			open = func() (*datafile.ParquetColumn, error) {
				return datafile.OpenSpelled(p.columns[j], group, func(s string) (float64, string) { return p.lead.Measured(s, p.lead.roles.units[j]) })
			}
		}
		c, err := open()
		if err != nil && number && seemed {
			p.lead.worded[p.columns[j].Name()] = true
			*list = append(*list, nil)
			return nil
		}
		if err != nil {
			return &Error{File: p.path, Column: p.columns[j].Name(), Reason: err.Error()}
		}
		c.Index = j
		*list = append(*list, c)
		return nil
	}
	for _, j := range p.lead.roles.features {
		if err := add(&features, j, true); err != nil {
			return features, texts, err
		}
	}
	for _, j := range p.lead.roles.fields() {
		if err := add(&texts, j, false); err != nil {
			return features, texts, err
		}
	}
	return features, texts, nil
}

// seemedEmpty reports whether a feature had no values where its name was found.
func (p *parquetTable) seemedEmpty(name string) bool {
	_, seemed := p.lead.worded[name]
	return seemed
}

// empty reports whether a column has no value in any row: by its type, which is
// null where a program never saw one, or by its pages.
func empty(file *parquet.File, c *parquet.Column) bool {
	if !c.Leaf() || c.Repeated() {
		return false
	}
	if l := c.Type().LogicalType(); l != nil {
		if _, null := l.Value.(*format.NullType); null {
			return true
		}
	}
	for _, group := range file.RowGroups() {
		if !emptyIn(c, group) {
			return false
		}
	}
	return len(file.RowGroups()) > 0
}

func emptyIn(c *parquet.Column, group parquet.RowGroup) bool {
	if !c.Optional() || group.NumRows() == 0 {
		return group.NumRows() == 0
	}
	pages, err := parquetfile.Pages(c, group)
	if err != nil {
		return false // said where the column is read
	}
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		all := page.NumNulls() == page.NumValues()
		parquet.Release(page)
		if !all {
			return false
		}
	}
}
