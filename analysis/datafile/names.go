package datafile

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// List joins a few names for a message.
func List(names []string) string {
	const most = 8
	s := ""
	for i, n := range names {
		if i == most {
			return s + fmt.Sprintf(" and %d more", len(names)-most)
		}
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%q", n)
	}
	return s
}

// Plain is a name without case, width of letters, and blanks but single ones between words:
// names that are alike then may be one that was spelled in several ways.
func Plain(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(name)), " "))
}

// Without lists the names in a that are not in b.
func Without(a, b []string) []string {
	place := Positions(b)
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool {
		_, ok := place[x]
		return ok
	})
}

// FirstFew joins the first of many and counts the others.
func FirstFew[T any](all []T, text func(T) string) string {
	const most = 5
	var parts []string
	for _, x := range all[:min(most, len(all))] {
		parts = append(parts, text(x))
	}
	out := strings.Join(parts, ", ")
	if more := len(all) - most; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}

// SortClasses sorts names, whole numbers among them by value and first.
func SortClasses(names []string) {
	slices.SortFunc(names, func(a, b string) int {
		x, errA := strconv.ParseInt(a, 10, 64)
		y, errB := strconv.ParseInt(b, 10, 64)
		switch {
		case errA == nil && errB == nil:
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		case errA == nil:
			return -1
		case errB == nil:
			return 1
		}
		return cmp.Compare(a, b)
	})
}

// Stem is a file's name without its endings.
func Stem(file string) string {
	s := strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".gz")
	return strings.TrimSuffix(s, path.Ext(s))
}

// Positions is where each name stands first.
func Positions(names []string) map[string]int {
	out := make(map[string]int, len(names))
	for i, n := range slices.Backward(names) {
		out[n] = i
	}
	return out
}
