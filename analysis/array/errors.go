package array

import (
	"fmt"
	"strings"
)

// Error is one thing wrong with a file of arrays, and where.
type Error struct {
	Array  string // its name; "" where the file has one array, or all is meant
	Offset int64  // byte of the file (of the unpacked member), 0 where the whole is meant
	Value  string // what was found
	Reason string // what is wrong with it
}

// Error gives array, byte, reason and value.
func (e *Error) Error() string {
	var parts []string
	if e.Array != "" {
		parts = append(parts, fmt.Sprintf("array %q", e.Array))
	}
	if e.Offset > 0 {
		parts = append(parts, fmt.Sprintf("byte %d", e.Offset))
	}
	what := e.Reason
	if e.Value != "" {
		what = fmt.Sprintf("%s (%q)", e.Reason, e.Value)
	}
	return strings.Join(append(parts, what), ": ")
}
