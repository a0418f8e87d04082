package array

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// npyMagic opens every NPY file.
const npyMagic = "\x93NUMPY"

// maxHeader bounds the header of an NPY file.
const maxHeader = 1 << 20

// NPY reads the array of an NPY file: the magic bytes, a version, the length
// of the header (two bytes in version 1, four later), a Python dictionary with
// descr, fortran_order and shape, the elements.
func NPY(data []byte) (*Array, error) { return readNPY("", data) }

func readNPY(name string, data []byte) (*Array, error) {
	fail := func(offset int, value, reason string) error {
		return &Error{Array: name, Offset: int64(offset), Value: value, Reason: reason}
	}
	if !strings.HasPrefix(string(data[:min(len(data), len(npyMagic))]), npyMagic) {
		return nil, fail(0, string(data[:min(len(data), len(npyMagic))]), "not an NPY file: it begins with other bytes")
	}
	at := len(npyMagic) + 2
	if len(data) < at+2 {
		return nil, fail(len(data), "", "the header is truncated")
	}
	length := 0
	switch version := data[len(npyMagic)]; version {
	case 1:
		length = int(binary.LittleEndian.Uint16(data[at:]))
		at += 2
	case 2, 3:
		if len(data) < at+4 {
			return nil, fail(len(data), "", "the header is truncated")
		}
		length = int(binary.LittleEndian.Uint32(data[at:]))
		at += 4
	default:
		return nil, fail(len(npyMagic), strconv.Itoa(int(version)), "a version of NPY that is not known; 1 to 3 are")
	}
	if length > maxHeader || length > len(data)-at {
		return nil, fail(at, strconv.Itoa(length), fmt.Sprintf("the header's length; there are %d bytes, and %d are the most", len(data)-at, maxHeader))
	}
	h, err := parseHeader(string(data[at : at+length]))
	if err != nil {
		return nil, fail(at, "", err.Error())
	}
	t, width, big, err := npyType(h.descr)
	if err != nil {
		return nil, fail(at, h.descr, err.Error())
	}
	return newArray(name, t, width, h.shape, data[at+length:], big, h.fortran)
}

// npyKinds are the types by kind and width.
var npyKinds = map[string]Type{
	"b1": Bool, "i1": Int8, "i2": Int16, "i4": Int32, "i8": Int64,
	"u1": Uint8, "u2": Uint16, "u4": Uint32, "u8": Uint64,
	"f2": Float16, "f4": Float32, "f8": Float64,
}

// maxText bounds the characters of a text.
const maxText = 1 << 16

// npyType reads a type string such as <f4: byte order, kind, width.
func npyType(descr string) (t Type, width int, big bool, err error) {
	if len(descr) < 3 || !strings.Contains("<>|=", descr[:1]) {
		return 0, 0, false, fmt.Errorf("a type that is not read")
	}
	big = descr[0] == '>'
	if t, ok := npyKinds[descr[1:]]; ok {
		return t, widths[t], big, nil
	}
	n, numErr := strconv.Atoi(descr[2:])
	switch kind := descr[1]; {
	case kind == 'O':
		return 0, 0, false, fmt.Errorf("pickled Python objects, which are not read; save an array of numbers or texts")
	case kind == 'c':
		return 0, 0, false, fmt.Errorf("complex numbers, which are not read; save real and imaginary parts as two channels")
	case kind == 'M' || kind == 'm':
		return 0, 0, false, fmt.Errorf("dates, which are not read; save numbers")
	case numErr != nil || n < 0 || n > maxText:
	case kind == 'U':
		return Unicode, 4 * n, big, nil
	case kind == 'S' || kind == 'a':
		return Bytes, n, big, nil
	}
	return 0, 0, false, fmt.Errorf("a type that is not read; bool, whole numbers, float16 to float64 and texts are")
}

// header is what the dictionary of an NPY file says.
type header struct {
	descr   string
	fortran bool
	shape   []int
}

// parseHeader reads the dictionary, a Python literal.
func parseHeader(text string) (header, error) {
	var h header
	p := &literal{rest: text}
	if !p.skip("{") {
		return h, fmt.Errorf("the header is no dictionary")
	}
	var seen []string
	for !p.skip("}") {
		key, err := p.quoted()
		if err != nil {
			return h, err
		}
		if !p.skip(":") {
			return h, fmt.Errorf("no ':' behind the key %q of the header", key)
		}
		switch key {
		case "descr":
			if p.next() == '[' {
				return h, fmt.Errorf("records with several fields, which are not read; save one array per field")
			}
			h.descr, err = p.quoted()
		case "fortran_order":
			h.fortran = p.skip("True")
			if !h.fortran && !p.skip("False") {
				err = fmt.Errorf("fortran_order is neither True nor False")
			}
		case "shape":
			h.shape, err = p.tuple()
		default:
			err = fmt.Errorf("the header has an unknown key %q", key)
		}
		if err != nil {
			return h, err
		}
		if slices.Contains(seen, key) {
			return h, fmt.Errorf("the header has the key %q twice", key)
		}
		seen = append(seen, key)
		if !p.skip(",") && p.next() != '}' {
			return h, fmt.Errorf("no ',' behind the value of %q", key)
		}
	}
	if len(seen) != 3 {
		return h, fmt.Errorf("the header lacks descr, fortran_order or shape")
	}
	if rest := strings.TrimSpace(p.rest); rest != "" {
		return h, fmt.Errorf("the header goes on behind its dictionary")
	}
	return h, nil
}

// literal reads the few forms of Python literals that headers have.
type literal struct{ rest string }

// next is the next byte that is no space; 0 at the end.
func (p *literal) next() byte {
	p.rest = strings.TrimLeft(p.rest, " \t\n\r")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

// skip goes past a word if it is next.
func (p *literal) skip(word string) bool {
	p.next()
	rest, ok := strings.CutPrefix(p.rest, word)
	if ok {
		p.rest = rest
	}
	return ok
}

// quoted reads a text in quotes. Escapes do not occur in headers.
func (p *literal) quoted() (string, error) {
	q := p.next()
	if q != '\'' && q != '"' {
		return "", fmt.Errorf("a text in quotes was due in the header")
	}
	text, rest, ok := strings.Cut(p.rest[1:], string(q))
	if !ok || strings.Contains(text, `\`) {
		return "", fmt.Errorf("a text in the header does not end, or has escapes")
	}
	p.rest = rest
	return text, nil
}

// tuple reads whole numbers in parentheses. Python 2 wrote 3L for 3.
func (p *literal) tuple() ([]int, error) {
	if !p.skip("(") {
		return nil, fmt.Errorf("shape is no tuple")
	}
	out := []int{}
	for !p.skip(")") {
		p.next()
		end := strings.IndexFunc(p.rest, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 {
			return nil, fmt.Errorf("shape is no tuple of whole numbers")
		}
		n, err := strconv.Atoi(p.rest[:end])
		if err != nil || len(out) == maxRank {
			return nil, fmt.Errorf("shape has a number or a rank that is too large")
		}
		out = append(out, n)
		p.rest = p.rest[end:]
		p.skip("L")
		if !p.skip(",") && p.next() != ')' {
			return nil, fmt.Errorf("shape is no tuple of whole numbers")
		}
	}
	return out, nil
}
