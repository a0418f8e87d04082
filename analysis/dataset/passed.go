package dataset

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

// passed counts files that a reader or a scan passes over, by their endings.
type passed struct {
	count   map[string]int
	example map[string]string
}

func newPassed() *passed { return &passed{count: map[string]int{}, example: map[string]string{}} }

func (p *passed) add(name string) {
	ending := strings.ToLower(path.Ext(name))
	if p.count[ending]++; p.count[ending] == 1 {
		p.example[ending] = name
	}
}

// total is the number of files.
func (p *passed) total() int {
	n := 0
	for _, c := range p.count {
		n += c
	}
	return n
}

// String lists the endings with their numbers, the most frequent first, and a
// file of each.
func (p *passed) String() string {
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

// passedOver notes what a reader of a folder did not read: files that are not
// what they should be, and links.
func (o *opener) passedOver(dir string, loops []string, others *passed, what string) {
	if others.total() > 0 {
		o.notef("files in %s that are no %s are left out: %s", dir, what, others)
	}
	if len(loops) > 0 {
		o.notef("links in %s that lead back to a folder they are in are not followed: %s", dir, list(loops))
	}
}

// unreadable says why a file cannot be read, without its path.
func unreadable(err error) string {
	e := new(fs.PathError)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file, or a link that leads nowhere"
	case errors.As(err, &e):
		return "cannot be read: " + e.Err.Error()
	}
	return "cannot be read: " + err.Error()
}
