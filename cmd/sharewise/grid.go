package main

import (
	"fmt"
	"io"
	"strings"
)

// grid prints rows of cells in columns that are aligned to the left.
type grid struct{ w *columns }

// newGrid starts a table with the names of its columns; without names it has no
// head.
func newGrid(out io.Writer, columns ...string) *grid {
	t := &grid{newColumns(out)}
	if len(columns) > 0 {
		fmt.Fprintln(t.w, strings.Join(columns, "\t"))
	}
	return t
}

// row adds a row.
func (t *grid) row(cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = fmt.Sprint(c)
	}
	fmt.Fprintln(t.w, strings.Join(text, "\t"))
}

// close prints what was added.
func (t *grid) close() error { return t.w.Flush() }
