package main

import (
	"bytes"
	"io"
	"text/tabwriter"

	"golang.org/x/text/width"
)

// columns aligns cells that tabs separate, as text/tabwriter does, by how wide they are
// on a terminal: Chinese, Japanese and Korean characters take two columns there.
type columns struct{ *tabwriter.Writer }

// filler stands behind each character of two columns while cells are measured, by their
// number of characters. It is no character, and never printed.
const filler = '\U0010ffff'

func newColumns(out io.Writer) *columns {
	return &columns{tabwriter.NewWriter(withoutFiller{out}, 0, 0, 2, ' ', 0)}
}

// Write takes whole characters.
func (c *columns) Write(p []byte) (int, error) {
	if bytes.IndexFunc(p, wide) < 0 {
		return c.Writer.Write(p)
	}
	var b bytes.Buffer
	for _, r := range string(p) {
		b.WriteRune(r)
		if wide(r) {
			b.WriteRune(filler)
		}
	}
	_, err := c.Writer.Write(b.Bytes())
	return len(p), err
}

func wide(r rune) bool {
	if r < 0x1100 {
		return false
	}
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}

// withoutFiller takes the filler out again.
type withoutFiller struct{ io.Writer }

func (w withoutFiller) Write(p []byte) (int, error) {
	_, err := w.Writer.Write(bytes.ReplaceAll(p, []byte(string(filler)), nil))
	return len(p), err
}
