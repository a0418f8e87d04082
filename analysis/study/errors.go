package study

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrInvalid is what every error about the content of a study is.
var ErrInvalid = errors.New("invalid study")

// Error is one thing wrong with a study.
type Error struct {
	File         string // empty where the study was not read from one
	Line, Column int    // from 1; 0 where the whole file is meant
	Key          string // path of the key, such as domains[1].data
	Message      string
	Text         string // the line of the file
}

// Error gives file:line:column, key and message, and below it the line with a
// mark at the column.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(cmp.Or(e.File, "study"))
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Message)
	if text, column := excerpt(e.Text, e.Column); strings.TrimSpace(text) != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", text, strings.Repeat(" ", max(0, column-1)))
	}
	return b.String()
}

// excerpt is what lies around a column of a long line, with the column there.
func excerpt(text string, column int) (string, int) {
	const before, most = 60, 160
	runes := []rune(text)
	if len(runes) <= most {
		return text, column
	}
	from := max(0, min(column-1, len(runes))-before)
	to := min(len(runes), from+most)
	out := string(runes[from:to])
	if to < len(runes) {
		out += "…"
	}
	if from > 0 {
		return "…" + out, column - from + 1
	}
	return out, column
}

// Is makes errors.Is(err, ErrInvalid) hold.
func (e *Error) Is(target error) bool { return target == ErrInvalid }

// Errors are all things wrong with a study, in its order.
type Errors []*Error

// Error lists the first errors, one after another, and counts the rest: what
// is wrong with a setting of every domain would fill the screen.
func (e Errors) Error() string {
	const most = 10
	lines := make([]string, 0, most+1)
	for i, x := range e {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(e)-most))
			break
		}
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find single errors.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, x := range e {
		out[i] = x
	}
	return out
}

// sorted orders errors by place and drops repetitions, which settings shared
// by all domains would give.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(e, func(a, b *Error) bool {
		return a.Line > 0 && a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
}
