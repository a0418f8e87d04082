package dataset

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// records reads the rows of one table file.
type records struct {
	f     *file
	lines *lineRecords   // delimiters of one character
	words *bufio.Scanner // runs of spaces
	line  int            // of the row read last
}

// sniffBytes is how much of a file is looked at before it is read.
const sniffBytes = 1 << 16

// openRecords opens a table. A byte-order mark is skipped.
func (o *opener) openRecords(path string) (*records, error) {
	f, err := o.openFile(path)
	if err != nil {
		return nil, err
	}
	if err := f.text(); err != nil {
		f.os.Close()
		return nil, err
	}
	in := bufio.NewReaderSize(f.Reader, sniffBytes)
	head, err := in.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		f.os.Close()
		return nil, f.broken(err)
	}
	if strings.HasPrefix(string(head), "\ufeff") {
		if _, err := in.Discard(len("\ufeff")); err != nil {
			f.os.Close()
			return nil, f.broken(err)
		}
	}
	if len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		f.os.Close()
		return nil, &Error{File: path, Reason: "text in UTF-16; save the table as UTF-8"}
	}
	f.Reader = in
	r := &records{f: f}
	delimiter := sniffDelimiter(path, head)
	if o.d.Columns.Delimiter != "" {
		delimiter = delimiterOf(o.d.Columns.Delimiter)
	}
	if delimiter == 0 {
		r.words = bufio.NewScanner(in)
		r.words.Buffer(nil, 1<<24)
		return r, nil
	}
	r.lines = &lineRecords{in: in, delimiter: string(delimiter)}
	return r, nil
}

// next returns the fields of the next row that is not empty, valid until the
// next call, and io.EOF at the end. An *Error is about this row only.
func (r *records) next() ([]string, error) {
	if r.words != nil {
		return r.nextWords()
	}
	for {
		fields, err := r.lines.next()
		r.line = r.lines.start
		switch {
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case errors.Is(err, errQuote), errors.Is(err, errBareQuote):
			return nil, &Error{File: r.f.path, Line: r.lines.number, Reason: "quotes are wrong: " + err.Error()}
		case err != nil:
			return nil, r.f.broken(err)
		}
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		return fields, nil
	}
}

func (r *records) nextWords() ([]string, error) {
	for r.words.Scan() {
		r.line++
		if fields := strings.Fields(r.words.Text()); len(fields) > 0 {
			return fields, nil
		}
	}
	if err := r.words.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, &Error{File: r.f.path, Line: r.line + 1, Reason: "a line of more than 16 MiB"}
		}
		return nil, r.f.broken(err)
	}
	return nil, io.EOF
}

// header returns the names of the columns and, where the file has no header,
// the first row, which they were counted on.
func (r *records) header(names []string, has bool) (columns, first []string, err error) {
	fields, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, nil, &Error{File: r.f.path, Reason: "the table is empty"}
	}
	if err != nil {
		return nil, nil, err
	}
	if has {
		columns = make([]string, len(fields))
		for i, f := range fields {
			columns[i] = strings.TrimSpace(f)
		}
		return columns, nil, nil
	}
	first = append(first, fields...)
	if len(names) == 0 {
		for i := range first {
			names = append(names, fmt.Sprintf("column%d", i+1))
		}
	}
	if len(names) != len(first) {
		return nil, nil, &Error{File: r.f.path, Line: r.line, Reason: fmt.Sprintf("%d fields, and columns.names has %d", len(first), len(names))}
	}
	return names, first, nil
}
