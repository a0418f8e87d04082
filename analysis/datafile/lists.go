package datafile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// ElementName is the name of the column that element i of a column's lists is, from 0.
func ElementName(column string, i int) string { return fmt.Sprintf("%s[%d]", column, i) }

// Expanded lists columns with the elements of lists in their place; lists has the length of the lists
// of each column that holds some.
func Expanded(columns []string, lists map[string]int) []string {
	var out []string
	for _, c := range columns {
		n, listed := lists[c]
		if !listed {
			out = append(out, c)
		}
		for i := range n {
			out = append(out, ElementName(c, i))
		}
	}
	return out
}

// ListsFound says of columns of lists, in words, that their elements are columns.
func ListsFound(lists map[string]int) string {
	return "lists of numbers, each of whose elements is an input: " + FirstFew(slices.Sorted(maps.Keys(lists)), func(name string) string {
		return fmt.Sprintf("%q (%d)", name, lists[name])
	})
}

// maxColumns bounds the columns that the names in objects and the elements of lists can make.
const maxColumns = 1 << 14

// listLengths finds the length of the lists of columns that hold lists of numbers alone.
type listLengths struct {
	length map[string]int // 0 where there are different ones, or something else
}

// see takes the length of one list of a column; -1 stands for what is no list of numbers. Empty lists
// are values that are missing.
func (l *listLengths) see(column string, n int) {
	if l.length == nil {
		l.length = map[string]int{}
	}
	switch known, seen := l.length[column]; {
	case n == 0:
	case n < 0 || seen && known != n:
		l.length[column] = 0
	default:
		l.length[column] = n
	}
}

// settle lists those of some columns whose lists can be columns of their own.
func (l *listLengths) settle(columns []string) map[string]int {
	out := map[string]int{}
	all := len(columns)
	for _, c := range columns {
		if n := l.length[c]; n > 0 && all+n <= maxColumns {
			out[c] = n
			all += n
		}
	}
	return out
}

// numbersOf are the elements of a list of numbers in JSON, as they are written; an element that is null
// is empty. ok is false for everything else.
func numbersOf(value json.RawMessage) (elements [][]byte, ok bool) {
	if len(value) < 2 || value[0] != '[' {
		return nil, false
	}
	inner := bytes.TrimSpace(value[1 : len(value)-1])
	if len(inner) == 0 {
		return nil, true
	}
	elements = bytes.Split(inner, []byte{','})
	for i, e := range elements {
		e = bytes.TrimSpace(e)
		switch {
		case string(e) == "null":
			e = nil
		case len(e) == 0 || e[0] != '-' && (e[0] < '0' || e[0] > '9'):
			return nil, false
		}
		elements[i] = e
	}
	return elements, true
}
