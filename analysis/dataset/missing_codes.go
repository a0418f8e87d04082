package dataset

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// MissingCode is a number that looks like a code for a missing value: one of
// nines, such as -9 or 999, that stands far from all other numbers of its column,
// in rows enough to be no typing error.
type MissingCode struct {
	Column string
	Code   float64
	Rows   map[string]int // that have it, by domain
	// Least and Most are the range of the column's other numbers in all domains.
	Least, Most float64
	// Elsewhere is a column that has the code as a number like its others, "" for
	// none.
	Elsewhere string
}

const (
	// fewCodes is how many rows of all domains have a code at least.
	fewCodes = 3
	// codeRows bounds the rows of a domain that are looked through, evenly spaced
	// ones where there are more.
	codeRows = 20000
)

// MissingCodes finds such numbers in the tables among domains, by column and code.
func MissingCodes(domains []*Domain) []MissingCode {
	var out []MissingCode
	columns := codedColumns(domains)
	for name, c := range columns {
		for code, rows := range c.coded {
			found := MissingCode{name, code, rows, c.least, c.most, columnWith(columns, code)}
			if c.apart(code) && found.Count() >= fewCodes {
				out = append(out, found)
			}
		}
	}
	slices.SortFunc(out, func(a, b MissingCode) int {
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// Count is the number of rows that have the code.
func (c *MissingCode) Count() int {
	n := 0
	for _, k := range c.Rows {
		n += k
	}
	return n
}

// codedColumns looks through the columns of numbers of tables.
func codedColumns(domains []*Domain) map[string]*codedColumn {
	columns := map[string]*codedColumn{}
	for _, d := range domains {
		if d.Features == nil || len(d.Shape) != 1 {
			continue
		}
		x := make([]float64, d.Shape[0])
		for _, s := range []*Split{d.Train, d.Val, d.Test} {
			for i := 0; i < s.Len(); i += 1 + s.Len()/codeRows {
				s.Raw(i, x)
				for j, name := range d.Features[:len(d.Features)-d.Indicators] {
					c := columns[name]
					if c == nil {
						c = &codedColumn{math.Inf(1), math.Inf(-1), map[float64]map[string]int{}}
						columns[name] = c
					}
					c.add(x[j], d.Name)
				}
			}
		}
	}
	return columns
}

// codedColumn describes a column over all domains: the range of the numbers that are
// no codes, and in how many rows of each domain every code stands.
type codedColumn struct {
	least, most float64
	coded       map[float64]map[string]int
}

func (c *codedColumn) add(v float64, domain string) {
	switch {
	case v != v:
	case !ofNines(v):
		c.least, c.most = min(c.least, v), max(c.most, v)
	case c.coded[v] == nil:
		c.coded[v] = map[string]int{domain: 1}
	default:
		c.coded[v][domain]++
	}
}

// ofNines reports whether a number is -9, or one of two nines and more.
func ofNines(v float64) bool {
	digits := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	for _, r := range digits {
		if r != '9' {
			return false
		}
	}
	return v == -9 || len(digits) > 1
}

// apart reports whether a code is no number like the others: the only negative
// one, or further from them than they are from each other.
func (c *codedColumn) apart(code float64) bool {
	switch {
	case c.least >= c.most: // no others, or one: nothing to compare with
		return false
	case code < 0 && c.least >= 0:
		return true
	}
	return max(c.least-code, code-c.most) > c.most-c.least
}

// Others says what the other numbers of the column are.
func (c *MissingCode) Others() string {
	return fmt.Sprintf("all others are %s to %s", trimmed(c.Least), trimmed(c.Most))
}

// columnWith is the first column that has a code as a number like its others,
// or empty.
func columnWith(columns map[string]*codedColumn, code float64) string {
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if c := columns[name]; c.coded[code] != nil && !c.apart(code) {
			return name
		}
	}
	return ""
}
