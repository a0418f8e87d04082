package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// takes reports whether a text, or a number as float64, may stand where a value
// of the type is due.
func (t typ) takes(v any) bool {
	switch v := v.(type) {
	case string:
		return len(t.words) == 0 || slices.Contains(t.words, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
		return t.kind != numberKind && t.kind != integerKind || v >= t.min && v <= t.max && (!t.above || v > t.min)
	}
	return true
}

// holds reports whether a list may have n elements.
func (t typ) holds(n int) bool { return float64(n) >= t.min && float64(n) <= t.max }

// refusal says that a value is not of a type.
func refusal(written string, t typ) string {
	s := fmt.Sprintf("%q is not %s", written, expected(t))
	if t.kind == textKind {
		s += hint(written, t.words)
	}
	return s
}

// miscount says that a list has too few or too many elements.
func miscount(n int, t typ) string {
	return fmt.Sprintf("%d elements, where %s must stand", n, bounds(t))
}

func hint(word string, words []string) string {
	if near := Nearest(word, words); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// expected says what a value of a type is, for messages and the reference.
func expected(t typ) string {
	switch t.kind {
	case textKind:
		switch len(t.words) {
		case 0:
			return "a text"
		case 1:
			return t.words[0]
		}
		last := len(t.words) - 1
		return strings.Join(t.words[:last], ", ") + " or " + t.words[last]
	case integerKind:
		return "a whole number" + limits(t)
	case numberKind:
		return "a number" + limits(t)
	case flagKind:
		return "true or false"
	case listKind:
		return "a list"
	case numbersKind:
		return "a mapping from names to numbers"
	case textsKind:
		return "a mapping from names to texts"
	case labelsKind:
		return "a mapping from labels to values or lists of values"
	case labelledKind:
		return "a mapping from values of the column to labels"
	case weightsKind:
		return expected(choice(t.words...)) + ", or a mapping from names to numbers"
	}
	return "a mapping"
}

func limits(t typ) string {
	low, high := !math.IsInf(t.min, 0), !math.IsInf(t.max, 0) && t.max < 1e6
	switch {
	case t.above && high:
		return " above " + format(t.min) + ", at most " + format(t.max)
	case t.above:
		return " above " + format(t.min)
	case low && high && t.min == t.max:
		return ": " + format(t.min)
	case low && high:
		return " from " + format(t.min) + " to " + format(t.max)
	case low:
		return " of at least " + format(t.min)
	}
	return ""
}

// bounds says how many elements a list may have.
func bounds(t typ) string {
	switch {
	case t.min == t.max:
		return format(t.min)
	case math.IsInf(t.max, 0):
		return "at least " + format(t.min)
	}
	return format(t.min) + " to " + format(t.max)
}

func format(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
