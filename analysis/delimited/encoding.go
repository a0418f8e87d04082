package delimited

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"github.com/sharewise/sharewise/analysis/filekind"
)

// sniffBytes is how much of a table is looked at before it is read.
const sniffBytes = 1 << 16

// decoded gives text as UTF-8 with lines that end in LF, without a byte-order
// mark. The encoding is that of a name, or found out. What it was taken for is nil
// where it is UTF-8, UTF-16 or Windows-1252 by the line; western says that it was
// found to be the last.
func decoded(r io.Reader, name string) (in *bufio.Reader, found *charset, western bool, err error) {
	in = bufio.NewReaderSize(r, sniffBytes)
	head, err := peek(in)
	if err != nil {
		return nil, nil, false, err
	}
	order := filekind.UTF16(head[:min(len(head), filekind.HeadBytes)])
	switch lower := strings.ToLower(name); {
	case order != 0 && (lower == "" || strings.HasPrefix(lower, "utf-16")):
		in = bufio.NewReaderSize(&utf16Reader{in: in, big: order == filekind.BigEndian}, sniffBytes)
	case lower == "" || lower == "utf-8":
		whole := head
		if len(head) == sniffBytes { // the last line may be cut within a character
			whole = head[:bytes.LastIndexByte(head, '\n')+1]
		}
		if lower == "" && (!IsUTF8(whole) || doubtfulUTF8(whole)) {
			if found, err = guess(whole); err != nil {
				return nil, nil, false, err
			}
			western = found == nil
		}
	default:
		c, err := charsetOf(name)
		if err != nil {
			return nil, nil, false, err
		}
		found = &c
	}
	if found != nil {
		in = bufio.NewReaderSize(transform.NewReader(in, found.NewDecoder()), sniffBytes)
	}
	if head, err = peek(in); err != nil {
		return nil, nil, false, err
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(head, mark) {
		if _, err := in.Discard(len(mark)); err != nil {
			return nil, nil, false, err
		}
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		in = bufio.NewReaderSize(crReader{in}, sniffBytes)
	}
	return in, found, western, nil
}

// peek returns what a reader has to begin with, sniffBytes or all.
func peek(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(sniffBytes)
	if err == io.EOF {
		err = nil
	}
	return head, err
}

// crReader turns every CR into LF: the line ends of old Macs.
type crReader struct{ in io.Reader }

func (r crReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// utf16Reader gives text in UTF-16 as UTF-8. Halves of characters become the
// replacement character.
type utf16Reader struct {
	in   *bufio.Reader
	big  bool
	left []byte // that was decoded and not read
	half rune   // the first half of a character, or 0
	err  error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// fill decodes some more units.
func (r *utf16Reader) fill() {
	var raw [4096]byte
	n, err := io.ReadFull(r.in, raw[:])
	r.left = r.left[:0]
	for i := 0; i+1 < n; i += 2 {
		u := rune(raw[i]) | rune(raw[i+1])<<8
		if r.big {
			u = rune(raw[i])<<8 | rune(raw[i+1])
		}
		switch {
		case r.half != 0:
			c := utf16.DecodeRune(r.half, u)
			r.left = utf8.AppendRune(r.left, c)
			if r.half = 0; c == utf8.RuneError && !utf16.IsSurrogate(u) {
				r.left = utf8.AppendRune(r.left, u)
			}
		case u >= 0xd800 && u < 0xdc00:
			r.half = u
		default:
			r.left = utf8.AppendRune(r.left, u)
		}
	}
	if err == nil {
		return
	}
	if r.err = io.EOF; err != io.EOF && err != io.ErrUnexpectedEOF {
		r.err = err
	}
	if r.half != 0 || n%2 == 1 {
		r.left = utf8.AppendRune(r.left, utf8.RuneError)
	}
}

// high are the characters of the bytes 0x80 to 0x9f in Windows-1252; 0 where
// it has none. All others are those of Latin-1.
var high = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// fromHigh is a byte from 0x80 in Windows-1252.
func fromHigh(c byte) rune {
	if c < 0xa0 && high[c-0x80] != 0 {
		return high[c-0x80]
	}
	return rune(c)
}

// fromWindows1252 decodes a line.
func fromWindows1252(line []byte) []byte {
	out := make([]byte, 0, len(line)+8)
	for _, c := range line {
		if c < 0x80 {
			out = append(out, c)
		} else {
			out = utf8.AppendRune(out, fromHigh(c))
		}
	}
	return out
}
