package delimited

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"
)

// Lines reads text line by line.
type Lines struct {
	in     *bufio.Reader
	long   []byte
	number int // of the line read last, from 1
	// converted is the number of the first line that was no UTF-8, or 0.
	converted int
}

// NewLines reads the lines of text in UTF-8 or UTF-16.
func NewLines(r io.Reader) (*Lines, error) {
	in, err := decoded(r)
	return &Lines{in: in}, err
}

// Number is that of the line read last, from 1.
func (l *Lines) Number() int { return l.number }

// Next reads a line without its end, LF or CRLF, valid until the next call. It
// ends with io.EOF.
func (l *Lines) Next() ([]byte, error) {
	raw, err := l.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], raw...)
		for errors.Is(err, bufio.ErrBufferFull) {
			raw, err = l.in.ReadSlice('\n')
			l.long = append(l.long, raw...)
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

// text is the next line as a string in UTF-8.
func (l *Lines) text() (string, error) {
	raw, err := l.Next()
	if err != nil {
		return "", err
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	if l.converted == 0 {
		l.converted = l.number
	}
	return fromWindows1252(raw), nil
}
