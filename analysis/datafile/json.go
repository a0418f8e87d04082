package datafile

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// IsJSON reports whether a name is that of a table in JSON: an object of
// names and values on every line, or a list of such objects.
func IsJSON(name string) bool {
	ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
	return ending == ".jsonl" || ending == ".ndjson" || ending == ".json"
}

// isLines reports whether a name says that there is an object on every line.
func isLines(name string) bool {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")) != ".json"
}

// objects reads objects in JSON as rows of a table. Its columns are the keys of the first
// ones, in the order in which they come; keys that come later are left out. Texts
// are fields as they are, numbers, true and false as they are written, null and
// what an object lacks are empty; lists are their JSON, or, once they are expanded, a field for each
// of their numbers. The columns of objects within are called "device.speed".
type objects struct {
	texts    objectTexts
	names    []string
	place    map[string]int // field of a name, the first of several
	lists    map[string]int // lengths of lists of numbers, by name
	expanded bool
	first    []objectText // read to learn the names
	line     int
	row      []string
	taken    []bool // fields of the row that have a value
}

// objectTexts gives the texts of objects one by one, valid until the next. It ends with io.EOF; a
// [*delimited.RowError] is about one of them.
type objectTexts interface {
	Next() ([]byte, error)
	Number() int // of the line of the last
}

// objectText is a text that was read ahead.
type objectText struct {
	text   []byte
	number int
	err    error
}

// namingObjects is how many objects say which columns there are.
const namingObjects = 200

// newObjects reads a list where the file begins with [, else an object from each line.
func newObjects(f *File, l filelimit.Limits) (*objects, error) {
	in := bufio.NewReaderSize(f.Reader, 1<<16)
	texts, err := newElements(in, l)
	if err == nil && texts == nil {
		texts, err = delimited.NewLines(in, "utf-8", l)
	}
	if err != nil {
		return nil, err
	}
	o := &objects{texts: texts, place: map[string]int{}}
	var lengths listLengths
	for len(o.first) < namingObjects {
		text, err := texts.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		bad := new(delimited.RowError)
		if err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		o.first = append(o.first, objectText{bytes.Clone(text), texts.Number(), err})
		if err != nil || len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		begun := len(o.names) > 0
		none := eachValue(text, func(name string, value json.RawMessage) {
			if _, known := o.place[name]; !known && len(o.place) < maxColumns {
				o.place[name] = len(o.names)
				o.names = append(o.names, name)
			}
			if elements, ok := numbersOf(value); ok {
				lengths.see(name, len(elements))
			} else if string(value) != "null" {
				lengths.see(name, -1)
			}
		})
		if none != nil && !begun && !isLines(f.Path) {
			o.names = nil // one object over many lines, as most such files are
			break
		}
	}
	if len(o.names) == 0 {
		return nil, &Error{File: f.Path, Reason: "no list of objects in JSON, and no object on any of the first lines, {\"text\": \"...\", \"label\": \"...\"}"}
	}
	o.lists = lengths.settle(o.names)
	return o, nil
}

// expand makes a column of each element of the lists.
func (o *objects) expand() {
	at := 0
	for _, n := range o.names {
		o.place[n] = at
		at += max(1, o.lists[n])
	}
	o.names, o.expanded = Expanded(o.names, o.lists), true
}

// firstTexts are the texts of the first objects, by column: numbers that are written as JSON has them are none.
func (o *objects) firstTexts() [][]string {
	out := make([][]string, len(o.names))
	for _, f := range o.first {
		if f.err != nil {
			continue
		}
		_ = eachValue(f.text, func(name string, value json.RawMessage) { // reading the row will tell
			if j, known := o.place[name]; known && bytes.HasPrefix(value, []byte{'"'}) {
				out[j] = append(out[j], fieldOf(value))
			}
		})
	}
	return out
}

// next returns the fields of the next row, valid until the next call.
func (o *objects) next() ([]string, error) {
	for {
		var text []byte
		var err error
		if len(o.first) > 0 {
			text, o.line, err = o.first[0].text, o.first[0].number, o.first[0].err
			o.first = o.first[1:]
		} else {
			text, err = o.texts.Next()
			o.line = o.texts.Number()
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		o.row = slices.Grow(o.row[:0], len(o.names))[:len(o.names)]
		clear(o.row)
		o.taken = slices.Grow(o.taken[:0], len(o.names))[:len(o.names)]
		clear(o.taken)
		if !utf8.Valid(text) {
			return nil, &delimited.RowError{Line: o.line, Reason: "is not UTF-8, which JSON must be"}
		}
		odd := ""
		err = eachValue(text, func(name string, value json.RawMessage) {
			j, known := o.place[name]
			switch {
			case !known:
			case o.taken[j]:
				odd = cmp.Or(odd, fmt.Sprintf("has %q twice", name))
			case o.expanded && o.lists[name] > 0:
				odd = cmp.Or(odd, o.takeList(name, o.row[j:][:o.lists[name]], value))
			default:
				o.row[j] = fieldOf(value)
			}
			if known {
				o.taken[j] = true
			}
		})
		switch {
		case err != nil:
			return nil, &delimited.RowError{Line: o.line, Reason: "is no object in JSON: " + err.Error()}
		case odd != "":
			return nil, &delimited.RowError{Line: o.line, Reason: odd}
		}
		return o.row, nil
	}
}

// takeList puts the elements of a list into their fields, or says what is wrong with it.
func (o *objects) takeList(name string, fields []string, value json.RawMessage) (reason string) {
	elements, ok := numbersOf(value)
	switch {
	case string(value) == "null", ok && len(elements) == 0:
		return ""
	case !ok:
		return fmt.Sprintf("%q is no list of numbers, as the first ones are", name)
	case len(elements) != len(fields):
		return fmt.Sprintf("%q is a list of %d numbers, and the first ones have %d", name, len(elements), len(fields))
	}
	for i, e := range elements {
		fields[i] = string(e)
	}
	return ""
}

// deepest bounds the objects within objects whose values are columns; what lies deeper is a text.
const deepest = 8

// eachValue hands over the names and values of an object as eachMember does, and in the place of an
// object within it, those that it has.
func eachValue(line []byte, take func(name string, value json.RawMessage)) error {
	var within func(line []byte, prefix string, depth int) error
	within = func(line []byte, prefix string, depth int) error {
		var inner error
		err := eachMember(line, func(name string, value json.RawMessage) {
			if len(value) == 0 || value[0] != '{' || depth == deepest {
				take(prefix+name, value)
				return
			}
			inner = cmp.Or(inner, within(value, prefix+name+".", depth+1))
		})
		return cmp.Or(inner, err)
	}
	return within(strict(line), "", 1)
}

// strict is a text in JSON that has null where programs write NaN, which JSON does not know, and
// texts in the place of Infinity, which is no number that can be used.
func strict(line []byte) []byte {
	if !bytes.Contains(line, []byte("NaN")) && !bytes.Contains(line, []byte("Infinity")) {
		return line
	}
	var out []byte
	var q quoting
	for i := 0; i < len(line); i++ {
		rest := line[i:]
		switch {
		case q.text(line[i]):
		case bytes.HasPrefix(rest, []byte("NaN")):
			out, i = append(out, "null"...), i+len("NaN")-1
			continue
		case bytes.HasPrefix(rest, []byte("Infinity")):
			out, i = append(out, `"Infinity"`...), i+len("Infinity")-1
			continue
		case bytes.HasPrefix(rest, []byte("-Infinity")):
			out, i = append(out, `"-Infinity"`...), i+len("-Infinity")-1
			continue
		}
		out = append(out, line[i])
	}
	return out
}

// quoting follows the quotes of JSON, byte by byte.
type quoting struct{ within, escaped bool }

// text reports whether the next byte is one of a text or of the quotes around it.
func (q *quoting) text(c byte) bool {
	switch {
	case q.escaped:
		q.escaped = false
	case q.within:
		q.escaped, q.within = c == '\\', c != '"'
	case c == '"':
		q.within = true
	default:
		return false
	}
	return true
}

// fieldOf is a value as the field of a table.
func fieldOf(value json.RawMessage) string {
	var text string
	switch {
	case len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil:
		return text
	case string(value) == "null":
		return ""
	}
	return string(value)
}

// eachMember hands over the names and values of an object, in their order.
func eachMember(line []byte, take func(name string, value json.RawMessage)) error {
	if line = bytes.TrimSpace(line); len(line) == 0 || line[0] != '{' {
		return errors.New("it does not begin with {")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if _, err := d.Token(); err != nil {
		return filelimit.JSONError(err, "it")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return filelimit.JSONError(err, "it")
		}
		name, ok := t.(string)
		if !ok {
			return fmt.Errorf("%v stands where a name must", t)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return filelimit.JSONError(err, "it")
		}
		take(name, value)
	}
	if _, err := d.Token(); err != nil {
		return filelimit.JSONError(err, "it")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}
