package datafile

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// elements reads the elements of a list in JSON one by one, so that no more than one of them is in
// memory. It finds where they end; what they are is not its matter.
type elements struct {
	in     *bufio.Reader
	limits filelimit.Limits
	line   int // that is being read, from 1
	start  int // line of the last element
	text   []byte
	ended  bool
}

// newElements reads the beginning of a list; nil where the text is none, of which nothing but blanks
// is read then.
func newElements(in *bufio.Reader, l filelimit.Limits) (objectTexts, error) {
	if head, _ := in.Peek(3); string(head) == "\ufeff" {
		_, _ = in.Discard(3) // it is there
	}
	e := &elements{in: in, limits: l, line: 1}
	switch c, err := e.letter(); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	case c != '[':
		return nil, in.UnreadByte()
	}
	return e, nil
}

// Number is the line at which the last element begins.
func (e *elements) Number() int { return e.start }

// Next returns the text of the next element.
func (e *elements) Next() ([]byte, error) {
	if e.ended {
		return nil, io.EOF
	}
	c, err := e.letter()
	if e.start = e.line; err != nil {
		return nil, e.cut(err)
	}
	if c == ']' {
		return nil, e.end()
	}
	e.text = e.text[:0]
	depth := 0
	var q quoting
	for {
		e.text = append(e.text, c)
		if err := e.limits.Check(filelimit.Line, int64(len(e.text)), "an object that does not end"); err != nil {
			return nil, &delimited.TooLongError{Line: e.start, Err: err}
		}
		switch {
		case q.text(c):
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if c, err = e.in.ReadByte(); err != nil {
			return nil, e.cut(err)
		}
		if c == '\n' {
			e.line++
		}
		if depth <= 0 && !q.within && (c == ',' || c == ']') {
			if c == ']' {
				e.ended = true
				if err := e.end(); !errors.Is(err, io.EOF) {
					return nil, err
				}
			}
			return bytes.TrimSpace(e.text), nil
		}
	}
}

// letter is the next byte that is no blank.
func (e *elements) letter() (byte, error) {
	for {
		c, err := e.in.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case c == '\n':
			e.line++
		case c != ' ' && c != '\t' && c != '\r':
			return c, nil
		}
	}
}

// end makes sure that nothing stands behind the list, and returns io.EOF.
func (e *elements) end() error {
	e.ended = true
	_, err := e.letter()
	if err == nil {
		return &delimited.RowError{Line: e.line, Reason: "something stands behind the list"}
	}
	return err
}

// cut is the error of a list that ends too early.
func (e *elements) cut(err error) error {
	e.ended = true
	if errors.Is(err, io.EOF) {
		return &delimited.RowError{Line: e.line, Reason: "the list does not end with ]"}
	}
	return err
}
