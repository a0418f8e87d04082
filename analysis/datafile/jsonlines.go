package datafile

import (
	"bytes"
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

// IsJSONLines reports whether a name is that of a table of JSON lines: an object of
// names and values on every line.
func IsJSONLines(name string) bool {
	ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
	return ending == ".jsonl" || ending == ".ndjson"
}

// objects reads JSON lines as rows of a table. Its columns are the keys of the first
// lines, in the order in which they come; keys that come later are left out. Texts
// are fields as they are, numbers, true and false as they are written, null and
// what a line lacks are empty; lists and objects are their JSON.
type objects struct {
	lines *delimited.Lines
	names []string
	place map[string]int
	first []objectLine // read to learn the names
	line  int
	row   []string
}

// objectLine is a line that was read ahead.
type objectLine struct {
	text   []byte
	number int
	err    error
}

// namingLines is how many lines say which columns there are.
const namingLines = 200

func newObjects(f *File, l filelimit.Limits) (*objects, error) {
	lines, err := delimited.NewLines(f.Reader, "utf-8", l)
	if err != nil {
		return nil, err
	}
	o := &objects{lines: lines, place: map[string]int{}}
	for len(o.first) < namingLines {
		text, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		bad := new(delimited.RowError)
		if err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		o.first = append(o.first, objectLine{bytes.Clone(text), lines.Number(), err})
		if err == nil && len(bytes.TrimSpace(text)) > 0 {
			_ = eachMember(text, func(name string, _ json.RawMessage) {
				if _, known := o.place[name]; !known && len(o.place) < maxKeys {
					o.place[name] = len(o.names)
					o.names = append(o.names, name)
				}
			})
		}
	}
	if len(o.names) == 0 {
		return nil, &Error{File: f.Path, Reason: "none of the first lines is an object in JSON, {\"text\": \"...\", \"label\": \"...\"}"}
	}
	return o, nil
}

// maxKeys bounds the columns that lines can name.
const maxKeys = 1 << 14

// next returns the fields of the next row, valid until the next call.
func (o *objects) next() ([]string, error) {
	for {
		var text []byte
		var err error
		if len(o.first) > 0 {
			text, o.line, err = o.first[0].text, o.first[0].number, o.first[0].err
			o.first = o.first[1:]
		} else {
			text, err = o.lines.Next()
			o.line = o.lines.Number()
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		o.row = slices.Grow(o.row[:0], len(o.names))[:len(o.names)]
		clear(o.row)
		if !utf8.Valid(text) {
			return nil, &delimited.RowError{Line: o.line, Reason: "is not UTF-8, which JSON must be"}
		}
		err = eachMember(text, func(name string, value json.RawMessage) {
			if j, known := o.place[name]; known {
				o.row[j] = fieldOf(value)
			}
		})
		if err != nil {
			return nil, &delimited.RowError{Line: o.line, Reason: "is no object in JSON: " + err.Error()}
		}
		return o.row, nil
	}
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
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil {
		return filelimit.JSONError(err, "it")
	} else if t != json.Delim('{') {
		return errors.New("it does not begin with {")
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
