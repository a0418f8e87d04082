package dataset

import "strconv"

// origins say where the rows of tables come from, in eight bytes each.
type origins struct {
	files []string // what stands before the line: "a.csv:"
	rows  []origin
}

type origin struct{ file, line uint32 }

// file begins another file.
func (o *origins) file(prefix string) { o.files = append(o.files, prefix) }

// add says on which line of the last file the next row stands.
func (o *origins) add(line int) {
	o.rows = append(o.rows, origin{uint32(len(o.files) - 1), uint32(line)})
}

// name is the file and line of a row.
func (o *origins) name(row int) string {
	r := o.rows[row]
	return o.files[r.file] + strconv.Itoa(int(r.line))
}

// join returns the rows of o and then those of p; either may be nil.
func (o *origins) join(p *origins) *origins {
	switch {
	case o == nil:
		return p
	case p == nil:
		return o
	}
	first := uint32(len(o.files))
	o.files = append(o.files, p.files...)
	for _, r := range p.rows {
		o.rows = append(o.rows, origin{first + r.file, r.line})
	}
	return o
}
