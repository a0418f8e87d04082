package datafile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Passed counts files that a reader or a scan passes over, by their endings.
type Passed struct {
	count   map[string]int
	example map[string]string
}

// NewPassed returns a count of nothing.
func NewPassed() *Passed { return &Passed{count: map[string]int{}, example: map[string]string{}} }

// Add counts a file by its name.
func (p *Passed) Add(name string) {
	ending := strings.ToLower(path.Ext(name))
	if p.count[ending]++; p.count[ending] == 1 {
		p.example[ending] = name
	}
}

// Total is the number of files.
func (p *Passed) Total() int {
	n := 0
	for _, c := range p.count {
		n += c
	}
	return n
}

// String lists the endings with their numbers, the most frequent first, and a
// file of each.
func (p *Passed) String() string {
	const most = 4
	endings := slices.SortedFunc(maps.Keys(p.count), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.count[b], p.count[a]), cmp.Compare(a, b))
	})
	var parts []string
	for i, e := range endings {
		if i == most && len(endings) > most+1 {
			rest := 0
			for _, e := range endings[i:] {
				rest += p.count[e]
			}
			return strings.Join(parts, ", ") + fmt.Sprintf(" and %d of other kinds", rest)
		}
		switch n := p.count[e]; {
		case n == 1:
			parts = append(parts, fmt.Sprintf("%q", p.example[e]))
		case e == "":
			parts = append(parts, fmt.Sprintf("%d without an ending such as %q", n, p.example[e]))
		default:
			parts = append(parts, fmt.Sprintf("%d %s such as %q", n, e, p.example[e]))
		}
	}
	return strings.Join(parts, ", ")
}

// Unreadable says why a file cannot be read, without its path.
func Unreadable(err error) string {
	e := new(fs.PathError)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file, or a link that leads nowhere"
	case errors.As(err, &e):
		return "cannot be read: " + e.Err.Error()
	}
	return "cannot be read: " + err.Error()
}
