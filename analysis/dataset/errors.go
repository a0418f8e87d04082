package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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
	s := e.place()
	if s != "" {
		s += ": "
	}
	if e.Domain != "" {
		s = "domain " + e.Domain + ": " + s
	}
	return s + e.what()
}

func (e *Error) place() string {
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

func (e *Error) what() string {
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

// BadSamples are samples that cannot be used, where the study does not say to
// skip them.
type BadSamples struct {
	Domain string
	First  []*Error // the first few
	Count  int
	Good   int // samples of the domain that can be used
}

// Error lists the first few and says what to do.
func (e *BadSamples) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "domain %s: %d bad samples:", e.Domain, e.Count)
	if e.Count == 1 {
		b.Reset()
		fmt.Fprintf(&b, "domain %s: a bad sample:", e.Domain)
	}
	for _, x := range e.First {
		fmt.Fprintf(&b, "\n    %s: %s", x.place(), x.what())
	}
	if more := e.Count - len(e.First); more > 0 {
		fmt.Fprintf(&b, "\n    and %d more", more)
	}
	b.WriteString("\ncorrect the data, or set skip_bad: true to leave such samples out and count them")
	return b.String()
}

// Is makes errors.Is(err, ErrData) hold.
func (e *BadSamples) Is(target error) bool { return target == ErrData }

// bin collects bad samples.
type bin struct {
	domain string
	first  []*Error
	count  int
	drops  []Drop
}

// add takes a bad sample.
func (b *bin) add(e *Error) {
	const most = 5
	if len(b.first) < most && !slices.Contains(b.first, e) {
		b.first = append(b.first, e)
	}
	b.count++
	for i := range b.drops {
		if b.drops[i].Reason == e.reasonKey() {
			b.drops[i].Count++
			return
		}
	}
	b.drops = append(b.drops, Drop{Reason: e.reasonKey(), Count: 1, Example: e.place()})
}

// reasonKey is the reason with its column, without the value.
func (e *Error) reasonKey() string {
	if e.Column != "" {
		return fmt.Sprintf("column %q: %s", e.Column, e.Reason)
	}
	return e.Reason
}

// err is what a reader that must not skip anything ends with, where good samples
// can be used.
func (b *bin) err(good int) error {
	if b.count == 0 {
		return nil
	}
	return &BadSamples{Domain: b.domain, First: b.first, Count: b.count, Good: good}
}
