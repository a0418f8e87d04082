package gaintable

import (
	"errors"
	"fmt"
)

// ErrTable is what every error about the content of a table is.
var ErrTable = errors.New("bad table of gains")

// Error is what is wrong with a table, and where.
type Error struct {
	File   string
	Line   int // from 1; 0 where it is about the whole
	Reason string
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
	}
	return fmt.Sprintf("%s: %s", e.File, e.Reason)
}

func (e *Error) Unwrap() error { return ErrTable }

// UnknownDomainError names a domain that a table does not have.
type UnknownDomainError struct {
	Name  string
	Known []string
}

func (e *UnknownDomainError) Error() string {
	return fmt.Sprintf("gaintable: there is no domain %q", e.Name)
}

// ErrNoLimits is returned for an objective that rests on how sure gains are, where none
// has limits.
var ErrNoLimits = errors.New("needs limits: no row has lo and hi")
