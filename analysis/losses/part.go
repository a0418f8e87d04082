package losses

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// Part is rows of one run that follow one another in a file. Its columns are read
// when they are asked for.
type Part struct {
	Run
	N int // rows

	block    *block
	from, to int
}

// Columns are optional columns of a part.
type Columns uint

// The columns of [Table], by these names.
const (
	Correct Columns = 1 << iota
	Label
	Prediction
	Confidence
	Score
	Targets // the targets of all outputs, and predictions of those after the first
)

// Columns returns the losses and those of the wanted columns that the file has, as
// a table without domain, seed, sample and group.
func (p *Part) Columns(want Columns) (*Table, error) {
	b := p.block
	t := &Table{}
	var errs []error
	failed := func(err error) { errs = append(errs, err) }
	take := func(c Columns, name string, to *[]float32) {
		if c == 0 || want&c != 0 {
			v, err := b.floatsOf(name)
			failed(err)
			*to = v.rows(p.from, p.to)
		}
	}
	take(0, colLoss, &t.Loss)
	take(Prediction, colPrediction, &t.Prediction)
	take(Confidence, colConfidence, &t.Confidence)
	take(Score, colScore, &t.Score)
	take(Targets, colTarget, &t.Target)
	if want&Targets != 0 {
		for k := range b.outputs() {
			var o Output
			take(Targets, outputColumn(colPrediction, k+2), &o.Prediction)
			take(Targets, outputColumn(colTarget, k+2), &o.Target)
			t.More = append(t.More, o)
		}
	}
	if want&Correct != 0 {
		v, err := b.correctColumn()
		failed(err)
		t.Correct = v.rows(p.from, p.to)
	}
	if want&Label != 0 {
		v, err := b.labelColumn()
		failed(err)
		t.Label = v.rows(p.from, p.to)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, nil
}

// Groups returns numbers of groups, see [Set.Group]; nil where the file names none.
func (p *Part) Groups() ([]int32, error) {
	v, err := p.block.groupColumn()
	return v.rows(p.from, p.to), err
}

// Samples returns the identities of the samples.
func (p *Part) Samples() (Samples, error) { return p.block.samples(p.from, p.to) }

// Samples are identities of samples: Numbers, or spellings of numbers and names
// where Numbers is nil.
type Samples struct {
	Numbers []int64

	text []byte
	ends []int // of spelling i in text; it begins at the end before, ends[0] is the first's begin
}

// Spelling is that of sample i, where there are no Numbers.
func (s Samples) Spelling(i int) []byte { return s.text[s.ends[i]:s.ends[i+1]] }

// At is sample i.
func (s Samples) At(i int) SampleID {
	if s.Numbers != nil {
		return SampleID{Number: s.Numbers[i]}
	}
	return ParseSampleID(string(s.Spelling(i)))
}

// buffer holds rows of a column, from row first of the row group on.
type buffer[T any] struct {
	values []T
	first  int
	state  int // of reading: 0 not yet, 1 there, 2 the file has no such column
}

const (
	unread = iota
	present
	absent
)

func (b *buffer[T]) rows(from, to int) []T {
	if b.state != present {
		return nil
	}
	return b.values[from-b.first : to-b.first]
}

// block is the rows of a row group, or of a table, that are wanted. Its memory is
// used for one row group after another.
type block struct {
	groups *names
	file   *openedFile
	table  *Table // instead of a file

	rowGroup int
	before   int64 // rows of the file before the row group
	from, to int

	floats  map[string]*buffer[float32]
	correct buffer[bool]
	label   buffer[int32]
	group   buffer[int32]
	numbers buffer[int64]
	text    []byte
	ends    buffer[int]
}

// begin turns to other rows.
func (b *block) begin(t *Table, rowGroup int, before int64, from, to int) {
	b.table, b.rowGroup, b.before, b.from, b.to = t, rowGroup, before, from, to
	if b.floats == nil {
		b.floats = map[string]*buffer[float32]{}
	}
	for _, f := range b.floats {
		f.state = unread
	}
	b.correct.state, b.label.state, b.group.state, b.numbers.state, b.ends.state = unread, unread, unread, unread, unread
}

// outputs is the number of outputs beyond the first.
func (b *block) outputs() int {
	if b.table != nil {
		return len(b.table.More)
	}
	return b.file.more
}

func (b *block) floatsOf(name string) (*buffer[float32], error) {
	f := b.floats[name]
	if f == nil {
		f = &buffer[float32]{}
		b.floats[name] = f
	}
	if b.table != nil {
		return f, f.whole(b.table.float(name))
	}
	return f, fill(b, f, name, func(dst []float32, v pageValues) ([]float32, error) { return appendFloats(dst, v, name == colLoss) })
}

// float returns a column of floats by its name, nil where the table has none.
func (t *Table) float(name string) []float32 {
	if name == colLoss {
		return t.Loss
	}
	for _, f := range t.floats() {
		if f.name == name {
			return f.values
		}
	}
	return nil
}

func (b *block) correctColumn() (*buffer[bool], error) {
	if b.table != nil {
		return &b.correct, b.correct.whole(b.table.Correct)
	}
	return &b.correct, fill(b, &b.correct, colCorrect, appendBools)
}

func (b *block) labelColumn() (*buffer[int32], error) {
	if b.table != nil {
		return &b.label, b.label.whole(b.table.Label)
	}
	return &b.label, fill(b, &b.label, colLabel, appendInt32s)
}

func (b *block) groupColumn() (*buffer[int32], error) {
	if b.table == nil {
		return &b.group, fill(b, &b.group, colGroup, func(dst []int32, v pageValues) ([]int32, error) { return appendCodes(dst, v, b.groups) })
	}
	if b.group.state != unread {
		return &b.group, nil
	}
	b.group.state = absent
	if b.table.Group != nil {
		b.group.state, b.group.first, b.group.values = present, b.from, b.group.values[:0]
		for _, name := range b.table.Group[b.from:b.to] {
			b.group.values = append(b.group.values, b.groups.of([]byte(name)))
		}
	}
	return &b.group, nil
}

// samples returns the identities of rows.
func (b *block) samples(from, to int) (Samples, error) {
	named := false
	if b.table != nil {
		b.spell()
		named = b.ends.state == present
	} else {
		named = b.file.column(colSample).Type().Kind() == parquet.ByteArray
	}
	if !named {
		if b.table == nil {
			if err := fill(b, &b.numbers, colSample, appendInts); err != nil {
				return Samples{}, err
			}
		}
		return Samples{Numbers: b.numbers.rows(from, to)}, nil
	}
	if b.table == nil && b.ends.state == unread {
		b.text = b.text[:0]
		var dict *Samples // decoded, as long as it is the dictionary of
		var of parquet.Dictionary
		err := fill(b, &b.ends, colSample, func(dst []int, v pageValues) ([]int, error) {
			if len(dst) == 0 {
				dst = append(dst, 0)
			}
			values, _, index := v.data()
			if index == nil {
				var err error
				b.text, dst, err = appendSpellings(b.text, dst, values)
				return dst, err
			}
			if d := v.page.Dictionary(); dict == nil || of != d {
				dict, of = &Samples{ends: []int{0}}, d
				var err error
				if dict.text, dict.ends, err = appendSpellings(nil, dict.ends, values); err != nil {
					return nil, dictionaryError(err, index)
				}
			}
			for i, k := range index {
				if k < 0 || int(k) >= len(dict.ends)-1 {
					return nil, &valueError{i, "", "points outside the dictionary"}
				}
				b.text = append(b.text, dict.Spelling(int(k))...)
				dst = append(dst, len(b.text))
			}
			return dst, nil
		})
		if err != nil {
			return Samples{}, err
		}
	}
	return Samples{text: b.text, ends: b.ends.values[from-b.ends.first : to-b.ends.first+1]}, nil
}

// appendSpellings appends strings to a text, and their ends to those there.
func appendSpellings(text []byte, ends []int, values encoding.Values) ([]byte, []int, error) {
	data, offsets := values.ByteArray()
	for i := 1; i < len(offsets); i++ {
		if offsets[i] == offsets[i-1] {
			return text, ends, &valueError{i - 1, "", "is empty"}
		}
		if s := data[offsets[i-1]:offsets[i]]; !utf8.Valid(s) {
			return text, ends, notText(i-1, s)
		}
		text = append(text, data[offsets[i-1]:offsets[i]]...)
		ends = append(ends, len(text))
	}
	return text, ends, nil
}

// spell fills in the samples of a table.
func (b *block) spell() {
	if b.numbers.state == present || b.ends.state == present {
		return
	}
	ids := b.table.Sample[b.from:b.to]
	if !slices.ContainsFunc(ids, func(id SampleID) bool { return id.Name != "" }) {
		b.numbers.state, b.numbers.first, b.numbers.values = present, b.from, b.numbers.values[:0]
		for _, id := range ids {
			b.numbers.values = append(b.numbers.values, id.Number)
		}
		return
	}
	b.ends.state, b.ends.first, b.ends.values = present, b.from, append(b.ends.values[:0], 0)
	b.text = b.text[:0]
	for _, id := range ids {
		if id.Name != "" {
			b.text = append(b.text, id.Name...)
		} else {
			b.text = strconv.AppendInt(b.text, id.Number, 10)
		}
		b.ends.values = append(b.ends.values, len(b.text))
	}
}

// whole takes a column of a table.
func (b *buffer[T]) whole(column []T) error {
	b.values, b.first, b.state = column, 0, present
	if column == nil {
		b.state = absent
	}
	return nil
}

// fill reads the wanted rows of a column, unless they are there.
func fill[T any](b *block, to *buffer[T], name string, appendPage func([]T, pageValues) ([]T, error)) error {
	if to.state != unread {
		return nil
	}
	c := b.file.column(name)
	if c == nil {
		to.state = absent
		return nil
	}
	// Pages hold some rows more than are wanted.
	to.values, to.first = slices.Grow(to.values[:0], b.to-b.from), -1
	rows := 0 // of the row group, before the page
	rg := b.file.file.RowGroups()[b.rowGroup]
	_, err := guard(b.file.path, func() (struct{}, error) {
		return struct{}{}, b.file.readColumn(c, rg, b.before, func(v pageValues) (err error) {
			n := int(v.page.NumRows())
			if rows+n > b.from {
				if to.first < 0 {
					to.first = rows
				}
				to.values, err = appendPage(to.values, v)
			}
			if rows += n; rows >= b.to && err == nil {
				err = errEnough
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	if to.first < 0 || rows < b.to {
		return &FileError{Path: b.file.path, Column: name, Reason: fmt.Sprintf("has %d values in a row group of %d rows", rows, rg.NumRows())}
	}
	to.state = present
	return nil
}

// errEnough ends the reading of a column.
var errEnough = errors.New("enough")
