package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// plainWriter keeps control characters from the terminal. Names of files, columns,
// classes and nodes come from files that others made, and a terminal obeys what is
// in them: it can be made to show something else than was printed, or to type.
type plainWriter struct {
	out  *os.File
	part []byte // beginning of a character that was not written whole
	// failed is the first error, which whoever prints line by line does not look at.
	failed error
}

func plain(out *os.File) io.Writer { return &plainWriter{out: out} }

// unwritten is the first error of a plain writer.
func unwritten(w io.Writer) error {
	if p, ok := w.(*plainWriter); ok {
		return p.failed
	}
	return nil
}

// terminal is the file below a plain writer.
func terminal(w io.Writer) (*os.File, bool) {
	p, ok := w.(*plainWriter)
	if !ok {
		return nil, false
	}
	return p.out, true
}

// Write writes text with control characters, but line ends and tabs, as \u001b is
// spelled: so JSON stays JSON.
func (p *plainWriter) Write(text []byte) (int, error) {
	all := text
	if len(p.part) > 0 {
		all = append(p.part, text...)
	}
	end := len(all)
	for k := 1; k < utf8.UTFMax && k <= len(all); k++ {
		if tail := all[len(all)-k:]; utf8.RuneStart(tail[0]) && tail[0] >= utf8.RuneSelf && !utf8.FullRune(tail) {
			end = len(all) - k
			break
		}
	}
	whole := string(all[:end])
	p.part = append([]byte(nil), all[end:]...)
	if _, err := io.WriteString(p.out, visible(whole)); err != nil {
		p.failed = cmp.Or(p.failed, err)
		return 0, err
	}
	return len(text), nil
}

// visible spells out control characters, and marks that turn the direction of
// writing, which make text look like another one. Bytes that are no text become the
// replacement character.
func visible(text string) string {
	if strings.IndexFunc(text, hidden) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', r >= 0x7f && r < 0xa0:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f
}
