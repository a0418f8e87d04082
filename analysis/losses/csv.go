package losses

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
)

// textReader reads rows of a table written as text.
type textReader struct {
	path   string
	rows   *delimited.Reader
	header []string
	cols   []textColumn
	in     *interner
	more   int // outputs beyond the first
}

// textColumn is where a column of loss tables stands in a line.
type textColumn struct {
	kind   string // its name, without the number of its output
	output int    // from 1
	field  int
}

func (c textColumn) name() string { return outputColumn(c.kind, c.output) }

// textColumns are the columns that we take, in the order in which they are
// checked.
var textColumns = []string{colDomain, colSeed, colSample, colLoss, colCorrect, colLabel, colPrediction, colConfidence, colScore, colTarget, colGroup}

func newTextReader(path string, r io.Reader, in *interner) (*textReader, error) {
	none := rune(0) // nobody writes losses with separators of thousands
	rows, err := delimited.Open(r, delimited.Settings{Name: path, Thousands: &none})
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	t := &textReader{path: path, rows: rows, header: rows.Names, in: in}
	if t.header == nil {
		header, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil, &FileError{Path: path, Line: 1, Reason: "is empty; want a header with domain, seed, sample, loss"}
		}
		if err != nil {
			return nil, t.locate(err)
		}
		t.header = slices.Clone(header)
	}
	names := make([]string, len(t.header))
	for i, h := range t.header {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	more, err := furtherOutputs(path, names)
	if err != nil {
		return nil, err
	}
	t.more = more
	var wanted []textColumn
	for _, name := range textColumns {
		wanted = append(wanted, textColumn{kind: name, output: 1})
	}
	for k := range more {
		wanted = append(wanted, textColumn{kind: colPrediction, output: k + 2}, textColumn{kind: colTarget, output: k + 2})
	}
	for i, c := range wanted {
		name := c.name()
		k := slices.Index(names, name)
		if k < 0 {
			if i < 4 {
				err := missingColumn(path, name, names)
				err.Line = 1
				return nil, err
			}
			continue
		}
		if again := slices.Index(names[k+1:], name); again >= 0 {
			return nil, &FileError{Path: path, Line: 1, Column: name, Reason: "occurs twice in the header"}
		}
		c.field = k
		t.cols = append(t.cols, c)
	}
	return t, nil
}

// locate turns an error of package delimited into a *FileError.
func (t *textReader) locate(err error) error {
	if bad := new(delimited.RowError); errors.As(err, &bad) {
		return &FileError{Path: t.path, Line: bad.Line, Reason: bad.Reason}
	}
	return &FileError{Path: t.path, Err: err}
}

// read appends up to n rows to table. It returns io.EOF at the end.
func (t *textReader) read(table *Table, n int) error {
	if t.more > 0 {
		table.More = make([]Output, t.more)
	}
	for range n {
		record, err := t.rows.Next()
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		if err != nil {
			return t.locate(err)
		}
		if record = delimited.Fit(t.header, record); len(record) != len(t.header) {
			return &FileError{Path: t.path, Line: t.rows.Line(), Reason: fmt.Sprintf("has %d fields, the header has %d", len(record), len(t.header))}
		}
		for _, c := range t.cols {
			if reason := table.parse(c, t.value(c, record[c.field]), t.in); reason != "" {
				return &FileError{Path: t.path, Line: t.rows.Line(), Column: c.name(), Value: record[c.field], Reason: reason}
			}
		}
	}
	return nil
}

// value is a field without blanks around it, a number spelled with a point.
func (t *textReader) value(c textColumn, s string) string {
	s = strings.TrimSpace(s)
	if t.rows.Plain() {
		return s
	}
	switch c.kind {
	case colDomain, colGroup:
	case colSample:
		if number, ok := t.rows.Point(s); ok {
			if _, whole := integer(number, 64); whole {
				return number
			}
		}
	default:
		if number, ok := t.rows.Point(s); ok {
			return number
		}
	}
	return s
}

// integer reads a whole number, which many tools write as 11.0 where a column
// once had a missing value, and NumPy as 1.100000000000000000e+01.
func integer(s string, bits int) (int64, bool) {
	if strings.ContainsAny(s, "eE") {
		const exact = 1 << 53
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > exact {
			return 0, false
		}
		s = strconv.FormatFloat(v, 'f', 0, 64)
	}
	if whole, zeros, point := strings.Cut(s, "."); point && strings.Trim(zeros, "0") == "" {
		s = whole
	}
	v, err := strconv.ParseInt(s, 10, bits)
	return v, err == nil
}

// parse appends one value to the column; it returns what is wrong with it.
func (t *Table) parse(c textColumn, s string, in *interner) (reason string) {
	if c.kind == colGroup {
		t.Group = append(t.Group, in.intern([]byte(s)))
		return ""
	}
	if s == "" {
		switch c.kind {
		case colPrediction, colConfidence, colScore, colTarget:
			s = "nan" // as many tools write it
		default:
			return "is empty"
		}
	}
	switch c.kind {
	case colDomain:
		t.Domain = append(t.Domain, in.intern([]byte(s)))
	case colSeed:
		v, ok := integer(s, 64)
		if !ok {
			return "is not an integer"
		}
		t.Seed = append(t.Seed, v)
	case colSample:
		if v, ok := integer(s, 64); ok && strings.Contains(s, ".") {
			s = strconv.FormatInt(v, 10)
		}
		t.Sample = append(t.Sample, ParseSampleID(s))
	case colLoss:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil && !math.IsInf(v, 0) {
			return "is not a number"
		}
		f, ok := float32Of(v, true)
		if !ok {
			return "is not a finite loss; keep diverged runs out"
		}
		t.Loss = append(t.Loss, f)
	case colCorrect:
		v, ok := integer(s, 64)
		switch word := strings.ToLower(s); {
		case ok && v == 1, word == "true", word == "yes":
			t.Correct = append(t.Correct, true)
		case ok && v == 0, word == "false", word == "no":
			t.Correct = append(t.Correct, false)
		default:
			return "is none of 0, 1, true, false, yes, no"
		}
	case colLabel:
		v, ok := integer(s, 32)
		if !ok {
			return "is not an integer of 32 bits"
		}
		t.Label = append(t.Label, int32(v))
	default:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return "is not a number"
		}
		t.appendFloat(c, float32(v))
	}
	return ""
}

// appendFloat appends to one of the columns that may be absent.
func (t *Table) appendFloat(c textColumn, v float32) {
	prediction, target := &t.Prediction, &t.Target
	if c.output > 1 {
		o := &t.More[c.output-2]
		prediction, target = &o.Prediction, &o.Target
	}
	switch c.kind {
	case colPrediction:
		*prediction = append(*prediction, v)
	case colConfidence:
		t.Confidence = append(t.Confidence, v)
	case colScore:
		t.Score = append(t.Score, v)
	case colTarget:
		*target = append(*target, v)
	}
}
