package losses

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers may want to tell apart.
var (
	// ErrNoFile is returned when a pattern matches nothing.
	ErrNoFile = errors.New("no file matches")
	// ErrDuplicate is wrapped by errors about a row that occurs twice.
	ErrDuplicate = errors.New("sample occurs twice")
	// ErrShape is wrapped by errors about tables whose columns disagree.
	ErrShape = errors.New("malformed table")
)

// FileError says what is wrong where in a file.
type FileError struct {
	Path   string
	Line   int   // text files: line, from 1; 0 unknown
	Row    int64 // Parquet files: row, from 1; 0 unknown
	Column string
	Value  string // as found; empty where there is none
	Reason string
	Err    error // underlying error, if any
}

func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(":")
	if e.Row > 0 {
		fmt.Fprintf(&b, " row %d:", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, " column %s:", e.Column)
	}
	if e.Value != "" {
		fmt.Fprintf(&b, " %q", e.Value)
	}
	if e.Reason != "" {
		b.WriteString(" " + e.Reason)
	}
	if e.Err != nil {
		if e.Reason != "" {
			b.WriteString(":")
		}
		b.WriteString(" " + e.Err.Error())
	}
	return b.String()
}

func (e *FileError) Unwrap() error { return e.Err }
