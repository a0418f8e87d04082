package delimited

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Settings are what a program says of a table before it is read. What it leaves open,
// by the zero value, the first lines tell.
type Settings struct {
	// Name is that of the file: the ending .tsv tells the delimiter.
	Name string
	// Delimiter is that between fields, [Blanks] for runs of spaces and tabs; nil
	// leaves it open.
	Delimiter *rune
	// Decimal is '.' or ','; 0 leaves it open.
	Decimal byte
	// Thousands is what separates thousands, 0 that nothing does; nil leaves it
	// open.
	Thousands *rune
	// Skip is the number of lines before the header, or before the first row where
	// there is no header; nil leaves it
	// open.
	Skip *int
	// Comment is what lines begin with that are no rows; without it, # where such
	// lines stand among the first ones.
	Comment string
	// Unquoted says that quotes are letters like others, or with false that they
	// enclose fields; nil leaves it open.
	Unquoted *bool
	// Encoding is one of [Encodings] or another name that [IsEncoding] knows; empty
	// leaves it open.
	Encoding string
	// Limits are what one row may ask for; 0: what the process allows.
	Limits filelimit.Limits
}

// Dialect is how a table is written.
type Dialect struct {
	Delimiter rune // [Blanks] for runs of spaces and tabs
	Notation
	// Unquoted says that quotes are letters like others: as what encloses fields they
	// would not be closed.
	Unquoted bool
	// Headless says that the first row looks like data.
	Headless bool
	// Names are those of the columns where they do not stand in a row like the
	// others: in a comment, or in a header without a name for the first or the last
	// column, which is then empty.
	Names []string
	// Ambiguous says that nothing tells Notation from another one.
	Ambiguous bool
	// Notes say what was passed over and what is ambiguous.
	Notes []string
}

// A RowError is about one row; reading can go on with the next.
type RowError struct {
	Line   int // from 1
	Reason string
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Reader gives the rows of a table. The first is the header, if there is one
// and Dialect.Names is nil.
type Reader struct {
	Dialect
	records *records
	units   int
	line    int
}

var separatorLine = regexp.MustCompile(`(?i)^"?sep=([^"\r\n])"?\s*[\r\n]`)

// Open looks at the first lines of a table. Errors are those of reading.
func Open(r io.Reader, s Settings) (*Reader, error) {
	lines, err := NewLines(r, s.Encoding, s.Limits)
	if err != nil {
		return nil, err
	}
	in := lines.in
	head, err := peek(in)
	if err != nil {
		return nil, err
	}
	if m := separatorLine.FindSubmatch(head); m != nil {
		if s.Delimiter == nil {
			d := []rune(string(m[1]))[0]
			s.Delimiter = &d
		}
		if _, err := lines.Next(); err != nil {
			return nil, err
		}
		if head, err = peek(in); err != nil {
			return nil, err
		}
	}
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 && len(head) == sniffBytes {
		head = head[:end+1] // the last line may go on
	}
	return newReader(lines, head, s)
}

// newReader finds the dialect of a text whose beginning is head.
func newReader(lines *Lines, head []byte, s Settings) (*Reader, error) {
	allowed := s.notations()
	out := &Reader{}
	if c := lines.charset; c != nil && !lines.strict {
		out.Notes = append(out.Notes, fmt.Sprintf("the text is not UTF-8 and was read as %s; columns.encoding says otherwise", c.name))
	}
	if s.Delimiter != nil {
		out.Delimiter = *s.Delimiter
	} else {
		out.Delimiter = delimiterOf(s.Name, head, allowed, s.Unquoted)
	}
	before := lines.number
	var rows []sampleRow
	rows, out.Unquoted = sampleOf(head, out.Delimiter, s.Unquoted)
	if out.Unquoted && s.Unquoted == nil {
		out.Notes = append(out.Notes, `quotes are taken for letters, since not all that begin a field end it; columns.quotes says otherwise`)
	}
	for i := range rows {
		rows[i].line += before
	}
	var columns [][]string
	for _, r := range rows {
		for j, f := range r.fields {
			if j == len(columns) {
				columns = append(columns, nil)
			}
			columns[j] = append(columns[j], f)
		}
	}
	columns = withoutUnits(columns)
	var note string
	out.Notation, note = notationOf(columns, allowed)
	if out.Plain() && note == "" && out.Delimiter != ',' && containsNotation(allowed, Notation{'.', 0}) && containsNotation(allowed, Notation{',', '.'}) {
		var grouped bool
		if grouped, note = pointsOfThousands(columns); grouped {
			out.Notation = Notation{',', '.'}
		}
	}
	if note != "" {
		out.Ambiguous = true
		out.Notes = append(out.Notes, note)
	}
	l := layoutOf(rows, out.Notation, s)
	out.Headless, out.Names, out.units = l.headless, l.names, l.units
	out.Notes = append(out.Notes, l.notes()...)
	for lines.number < l.skip {
		if _, err := lines.raw(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, err
		}
	}
	out.records = newRecords(lines, out.Delimiter, out.Unquoted)
	out.records.comment = l.comment
	if l.odd { // Names has what the header lacks
		if _, err := out.records.next(); err != nil && !isRowError(err) {
			return nil, err
		}
	}
	return out, nil
}

func newRecords(lines *Lines, d rune, unquoted bool) *records {
	r := &records{Lines: lines, unquoted: unquoted}
	if d != Blanks {
		r.delimiter = string(d)
	}
	return r
}

// WrongQuotes begins the reason of a [RowError] about quotes.
const WrongQuotes = "quotes are wrong"

// isRowError reports whether an error is about one record only.
func isRowError(err error) bool {
	of := new(RowError)
	return errors.Is(err, errQuote) || errors.As(err, &of)
}

// Line is the number of the line at which the last row began, from 1.
func (r *Reader) Line() int { return r.line }

// Converted is the number of the first line so far that was no UTF-8 and was
// taken as Windows-1252, or 0.
func (r *Reader) Converted() int { return r.records.converted }

// Next returns the fields of the next row, valid until the next call. Empty
// lines, comments and units are passed over. It ends with io.EOF. A [*RowError]
// is about one row only.
func (r *Reader) Next() ([]string, error) {
	for {
		fields, err := r.records.next()
		r.line = r.records.start
		of := new(RowError)
		switch {
		case err == nil:
			if held := r.records.heldRows(); held > 0 {
				return nil, &RowError{Line: r.line, Reason: fmt.Sprintf("%s: a field goes on to line %d, and what it holds looks like rows (%d); close its quote where the field ends",
					WrongQuotes, r.records.number, held)}
			}
		case errors.As(err, &of):
			return nil, of
		case isRowError(err):
			reason := WrongQuotes + ": " + err.Error()
			if n := r.records.number; n > r.line {
				reason += fmt.Sprintf("; what stands up to line %d is read as this row", n)
			}
			return nil, &RowError{Line: r.line, Reason: reason}
		default:
			return nil, err
		}
		if len(fields) == 0 || len(fields) == 1 && strings.TrimSpace(fields[0]) == "" || r.line == r.units {
			continue
		}
		return fields, nil
	}
}

// Fit makes a row as long as the header where they differ by empty fields
// behind, which some programs write after every row, or after every name.
func Fit(header, fields []string) []string {
	for len(fields) > len(header) && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) < len(header) && !slices.ContainsFunc(header[len(fields):], func(n string) bool { return n != "" }) {
		fields = append(fields, make([]string, len(header)-len(fields))...)
	}
	return fields
}
