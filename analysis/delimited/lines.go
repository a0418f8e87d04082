package delimited

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Lines reads text line by line.
type Lines struct {
	in     *bufio.Reader
	long   []byte
	number int // of the line read last, from 1
	// converted is the number of the first line that was no UTF-8, or 0.
	converted int
	charset   *charset // nil: UTF-8, or Windows-1252 by the line
	western   bool     // lines before were Windows-1252 without doubt
	strict    bool     // the encoding was named
	limits    filelimit.Limits
}

// NewLines reads the lines of text in UTF-8 or UTF-16, or in another encoding that
// shows. A name, which may be empty, says which.
func NewLines(r io.Reader, encoding string, l filelimit.Limits) (*Lines, error) {
	in, found, western, err := decoded(r, encoding)
	return &Lines{in: in, charset: found, western: western, strict: encoding != "", limits: l}, err
}

// Number is that of the line read last, from 1.
func (l *Lines) Number() int { return l.number }

// Next reads a line in UTF-8 without its end, LF or CRLF, valid until the next call.
// It ends with io.EOF. A [*RowError] is about this line only.
func (l *Lines) Next() ([]byte, error) {
	raw, err := l.raw()
	if err != nil {
		return nil, err
	}
	return l.inUTF8(raw)
}

// inUTF8 makes sure that a line is UTF-8.
func (l *Lines) inUTF8(raw []byte) ([]byte, error) {
	if l.charset != nil { // has been decoded, what is wrong to the replacement character
		if !bytes.ContainsRune(raw, utf8.RuneError) {
			return raw, nil
		}
		return nil, &RowError{Line: l.number, Reason: fmt.Sprintf("bytes that no text in %s has; another encoding, or a damaged line", l.charset.name)}
	}
	if utf8.Valid(raw) && (l.strict || !escaped(raw)) {
		return raw, nil
	}
	if l.strict {
		return nil, &RowError{Line: l.number, Reason: "bytes that no text in UTF-8 has; another encoding, or a damaged line"}
	}
	if !l.western || escaped(raw) || judge(raw).strange > 0 {
		found, err := guess(raw)
		if err == nil && found != nil {
			err = &UnknownEncodingError{May: []string{found.name}}
		}
		if err != nil {
			return nil, &RowError{Line: l.number, Reason: err.Error()}
		}
		l.western = true
	}
	if l.converted == 0 {
		l.converted = l.number
	}
	return fromWindows1252(raw), nil
}

// raw reads a line as it is.
func (l *Lines) raw() ([]byte, error) {
	raw, err := l.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], raw...)
		for errors.Is(err, bufio.ErrBufferFull) {
			raw, err = l.in.ReadSlice('\n')
			l.long = append(l.long, raw...)
			if err := l.fits(len(l.long)); err != nil {
				return nil, err
			}
		}
		raw = l.long
	}
	if errors.Is(err, io.EOF) && len(raw) > 0 {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	l.number++
	n := len(raw)
	if raw[n-1] == '\n' {
		n--
	}
	if n > 0 && raw[n-1] == '\r' {
		n--
	}
	if n == 1 && raw[0] == endOfFile {
		n = 0
	}
	return raw[:n], nil
}

// endOfFile stands behind the last line of files that old programs wrote.
const endOfFile = 0x1a

// fits refuses a line, or a row of several, that is too long. The line is the next.
func (l *Lines) fits(n int) error {
	if err := l.limits.Check(filelimit.Line, int64(n), "a line, or a row of several, that does not end"); err != nil {
		return &TooLongError{Line: l.number + 1, Err: err}
	}
	return nil
}

// TooLongError is about a text that cannot be read on, since a line or row is
// beyond a limit.
type TooLongError struct {
	Line int // from 1
	Err  error
}

func (e *TooLongError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *TooLongError) Unwrap() error { return e.Err }

// text is the next line as a string.
func (l *Lines) text() (string, error) {
	line, err := l.Next()
	return string(line), err
}
