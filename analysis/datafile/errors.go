package datafile

import (
	"errors"
	"fmt"
)

// ErrData is what every error about the content of data is.
var ErrData = errors.New("bad data")

// Error is one thing wrong with a domain's data, and where.
type Error struct {
	Domain string
	File   string // as the study has it
	Member string // file in a folder, or image number of an IDX file
	Line   int    // of a table, from 1; 0 where it does not apply
	Column string // of a table
	Value  string // what was found
	Reason string // what is wrong with it
}

// Error gives domain, place, value and reason.
func (e *Error) Error() string {
	s := e.Place()
	if s != "" {
		s += ": "
	}
	if e.Domain != "" {
		s = "domain " + e.Domain + ": " + s
	}
	return s + e.What()
}

// Place is where it is wrong: file, line, member.
func (e *Error) Place() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Member != "" {
		if s != "" {
			s += ": "
		}
		s += e.Member
	}
	return s
}

// What is what is wrong, with column and value.
func (e *Error) What() string {
	s := e.Reason
	if e.Value != "" {
		s = fmt.Sprintf("%s (%q)", e.Reason, shorten(e.Value))
	}
	if e.Column != "" {
		s = fmt.Sprintf("column %q: %s", e.Column, s)
	}
	return s
}

// shorten keeps a message readable.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Is makes errors.Is(err, ErrData) hold.
func (e *Error) Is(target error) bool { return target == ErrData }

// Kind is the reason with its column, without the value.
func (e *Error) Kind() string {
	if e.Column != "" {
		return fmt.Sprintf("column %q: %s", e.Column, e.Reason)
	}
	return e.Reason
}
