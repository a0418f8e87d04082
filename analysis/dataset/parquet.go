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
	"strconv"

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
	p := &parquetTable{reading: g, lead: g.takers[0].table}
	p.layOut(datafile.ParquetFields(file))
	if err := p.peek(file); err != nil {
		return err
	}
	if !g.resolve(p.names, p.early(), true) {
		return nil
	}
	p.lead = g.takers[0].table
	p.tellSpelled()
	p.tellLists(p.lists)
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
	names   []string
	lists   map[string]int           // lengths, by the name of the column
	columns []*datafile.ParquetField // by name; elements of lists have one in common
	element []int                    // place in the list, by name; 0 for others
	first   [][]string               // values of the columns, see peek
	line    int                      // rows read so far
}

// layOut makes a column of each field, and of each element of lists that have one length.
func (p *parquetTable) layOut(fields []datafile.ParquetField) {
	p.lists = map[string]int{}
	for i := range fields {
		f := &fields[i]
		if f.Length > 0 {
			p.lists[f.Name] = f.Length
		}
		for e := range max(1, f.Length) {
			p.columns, p.element = append(p.columns, f), append(p.element, e)
		}
	}
	for _, f := range fields {
		p.names = append(p.names, datafile.Expanded([]string{f.Name}, p.lists)...)
	}
}

// openColumns are the columns of a row group that have a role.
type openColumns struct {
	features []*datafile.ParquetColumn // nil where there is no value, or an element of a list
	texts    []*datafile.ParquetColumn
	lists    []*openList
}

// openList is a column of lists, with what its elements are.
type openList struct {
	*datafile.ParquetList
	field    *datafile.ParquetField
	features [][2]int // place among the features, and in the list
	texts    [][2]int // column, and place in the list
}

func (o *openColumns) close() {
	for _, c := range o.single() {
		c.Pages.Close()
	}
	for _, l := range o.lists {
		l.Close()
	}
}

// single are the columns that have one value in a row.
func (o *openColumns) single() []*datafile.ParquetColumn {
	return slices.DeleteFunc(slices.Concat(o.features, o.texts), func(c *datafile.ParquetColumn) bool { return c == nil })
}

// readGroup hands on the rows of row group k, and reports whether any taker is left.
// Its columns have pages of different length; the rows that all have at hand are read
// together.
func (p *parquetTable) readGroup(k int, group parquet.RowGroup) (more bool, err error) {
	open := &openColumns{}
	defer func() { open.close() }()
	if err := p.open(open, group); err != nil {
		return false, err
	}
	all := open.single()
	r := row{fields: make([]string, len(p.columns)), numbers: make([]float64, len(open.features)), group: k + 1}
	for left := int(group.NumRows()); left > 0; {
		if err := p.lead.ctx.Err(); err != nil {
			return false, err
		}
		n := min(left, 4096)
		for _, c := range all {
			if err := c.Fetch(p.path); err != nil {
				return false, err
			}
			n = min(n, c.Rows-c.Next)
		}
		for range n {
			p.line++
			r.line, r.flaw = p.line, nil
			for j, c := range open.features {
				if c == nil {
					r.numbers[j] = math.NaN()
					continue
				}
				r.numbers[j] = c.Numbers[c.Next]
				p.check(&r, c.Flaw(), j)
				c.Next++
			}
			for _, c := range open.texts {
				r.fields[c.Index] = c.Texts[c.Next]
				c.Next++
			}
			for _, l := range open.lists {
				if err := l.Next(p.path); err != nil {
					return false, err
				}
				p.takeList(&r, l)
			}
			if !p.give(r) {
				return false, nil
			}
		}
		left -= n
	}
	return true, nil
}

// check looks at the number of a feature: it notes what is wrong with it, and makes NaN of one that
// stands for a missing number.
func (p *parquetTable) check(r *row, flaw *Error, feature int) {
	v := r.numbers[feature]
	coded := slices.Contains(p.lead.MissingNumbers, v)
	name := p.names[p.lead.roles.features[feature]]
	switch {
	case flaw == nil && coded && !p.lead.fills:
		flaw = &Error{Column: name, Value: trimmed(v), Reason: datafile.MissingValue}
	case flaw != nil && p.lead.fills && flaw.Reason == datafile.MissingValue:
		flaw = nil // it is filled in
	case flaw != nil && p.lead.fills && p.seemedEmpty(name):
		p.lead.worded[name] = true
		flaw = nil
	}
	if r.flaw == nil {
		r.flaw = flaw
	}
	if coded {
		r.numbers[feature] = math.NaN()
	}
}

// takeList puts the elements of a list where they belong.
func (p *parquetTable) takeList(r *row, l *openList) {
	n := len(l.Numbers)
	at := func(element int) float64 {
		if n != l.field.Length {
			return math.NaN()
		}
		return l.Numbers[element]
	}
	switch {
	case n > 0 && n != l.field.Length && r.flaw == nil:
		r.flaw = &Error{Column: l.field.Name, Reason: fmt.Sprintf("is a list of %d numbers, and the first ones have %d", n, l.field.Length)}
	case n > 0 && l.Flaw != nil && l.Flaw.Reason != datafile.MissingValue && r.flaw == nil:
		r.flaw = l.Flaw
	}
	for _, f := range l.features {
		r.numbers[f[0]] = at(f[1])
		var flaw *Error
		if v := r.numbers[f[0]]; v != v {
			flaw = &Error{Column: datafile.ElementName(l.field.Name, f[1]), Reason: datafile.MissingValue}
		}
		p.check(r, flaw, f[0])
	}
	for _, f := range l.texts {
		r.fields[f[0]] = ""
		if v := at(f[1]); v == v {
			r.fields[f[0]] = strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
}

// open opens the columns that have a role. A feature without values, which may
// be of any type, is nil.
func (p *parquetTable) open(o *openColumns, group parquet.RowGroup) error {
	lists := map[*datafile.ParquetField]*openList{}
	list := func(j int) (*openList, error) {
		f := p.columns[j]
		if l := lists[f]; l != nil {
			return l, nil
		}
		opened, err := f.OpenLists(group)
		if err != nil {
			return nil, &Error{File: p.path, Column: f.Name, Reason: err.Error()}
		}
		lists[f] = &openList{ParquetList: opened, field: f}
		o.lists = append(o.lists, lists[f])
		return lists[f], nil
	}
	for at, j := range p.lead.roles.features {
		if p.columns[j].Length > 0 {
			l, err := list(j)
			if err != nil {
				return err
			}
			l.features = append(l.features, [2]int{at, p.element[j]})
			o.features = append(o.features, nil)
			continue
		}
		c, err := p.openFeature(j, group)
		if err != nil {
			return err
		}
		o.features = append(o.features, c)
	}
	for _, j := range p.lead.roles.fields() {
		if p.columns[j].Length > 0 {
			l, err := list(j)
			if err != nil {
				return err
			}
			l.texts = append(l.texts, [2]int{j, p.element[j]})
			continue
		}
		c, err := p.columns[j].Open(group, false)
		if err != nil {
			return &Error{File: p.path, Column: p.names[j], Reason: err.Error()}
		}
		c.Index = j
		o.texts = append(o.texts, c)
	}
	return nil
}

// openFeature opens a feature; it is nil where it has no value.
func (p *parquetTable) openFeature(j int, group parquet.RowGroup) (c *datafile.ParquetColumn, err error) {
	name := p.names[j]
	seemed := p.seemedEmpty(name)
	if seemed && emptyIn(p.columns[j].Column, group) {
		return nil, nil
	}
	if p.spelled(j) {
		c, err = p.columns[j].OpenSpelled(group, func(s string) (float64, string) { return p.lead.Measured(s, p.lead.roles.units[j]) })
	} else {
		c, err = p.columns[j].Open(group, true)
	}
	switch {
	case err != nil && seemed:
		p.lead.worded[name] = true
		return nil, nil
	case err != nil:
		return nil, &Error{File: p.path, Column: name, Reason: err.Error()}
	}
	return c, nil
}

// seemedEmpty reports whether a feature had no values where its name was found.
func (p *parquetTable) seemedEmpty(name string) bool {
	_, seemed := p.lead.worded[name]
	return seemed
}

// empty reports whether a column has no value in any row: by its type, which is
// null where a program never saw one, or by its pages.
func empty(file *parquet.File, c *parquet.Column) bool {
	if !c.Leaf() || c.MaxRepetitionLevel() > 0 {
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
	if c.MaxDefinitionLevel() == 0 || group.NumRows() == 0 {
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
