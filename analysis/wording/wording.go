// Package wording writes counts, lists of names, times and sizes the way that
// messages and tables show them to people.
package wording

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Plural is a number with its noun: "1 tensor", "2 tensors".
func Plural(n int, noun string) string { return PluralAs(n, noun, noun+"s") }

// PluralAs is Plural where the plural is not the noun with an s: "1 class", "2
// classes".
func PluralAs(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// First lists the first names and counts the others: "a, b and 3 more".
func First(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Duration is a number of seconds in the unit that fits: "40 s", "12 min",
// "3.5 h"; "-" stands for none.
func Duration(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case seconds <= 0:
		return "-"
	case d < time.Second:
		return "<1 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	default:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
}

// Bytes is a number of bytes in the decimal unit that fits: "2 kB", "2.5 MB",
// "3.0 GB"; "-" stands for none.
func Bytes(n int64) string {
	switch {
	case n <= 0:
		return "-"
	case n < 1e6:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
}

// Cut is the beginning of a text, at most so many bytes of whole characters.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Cell is text as a cell of a table that no spreadsheet takes for a formula: names
// come from files that others made, and a formula can send away what stands in
// other cells.
func Cell(s string) string {
	if s == "" {
		return s
	}
	switch first, _ := utf8.DecodeRuneInString(s); first {
	case '=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20': // and of full width
		return "'" + s
	}
	return s
}

// ShellWord is text as one word of a shell, for commands that are to be copied.
func ShellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+=:,@%", r))
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
