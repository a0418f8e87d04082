package datafile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// objectsOf reads a file in JSON: its rows, each with its line and fields between /, and bad ones with what is wrong.
func objectsOf(t testing.TB, text string, l filelimit.Limits) (names []string, rows []string, err error) {
	t.Helper()
	dir := t.TempDir()
	filetest.Write(t, dir, "a.json", []byte(text))
	r, err := datafile.OpenRecords("a.json", filepath.Join(dir, "a.json"), study.NewColumns(), l)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for {
		fields, err := r.Next()
		bad := new(datafile.Error)
		switch {
		case errors.Is(err, io.EOF):
			return r.Names, rows, nil
		case errors.As(err, &bad) && bad.Line > 0:
			rows = append(rows, fmt.Sprintf("%d! %s", bad.Line, bad.Reason))
		case err != nil:
			return r.Names, rows, err
		default:
			rows = append(rows, fmt.Sprintf("%d %s", r.Line(), strings.Join(fields, "/")))
		}
	}
}

// TestObjects reads objects on lines and in lists, however these are broken.
func TestObjects(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"on lines", "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null,\"a\":[1, 2]}\n", "1 1/x, 3 [1, 2]/"},
		{"in a list", `[{"a":1,"b":"x, y ] \" \\"},{"b":"}","a":{"c":[2]}}]`, `1 1/x, y ] " \/, 1 /}/[2]`},
		{"objects within", `[{"a":{"b":{"c":1},"d":"x"},"e":null},{"e":{},"a":{"d":"y"}},{"a":{"b":{"c":2` + "}}}]", "1 1/x/, 1 /y/, 1 2//"},
		{"broken within", `[{"a":{"b":1}},{"a":{"b":1,}}]`, "1 1, 1! is no object in JSON: this is not JSON"},
		{"in a list over lines", "\ufeff\n [\n {\n  \"a\": true,\n  \"b\": \"x\"\n },\n {\"a\": 2}\n]\n", "3 true/x, 7 2/"},
		{"NaN", `[{"a":NaN,"b":"NaN"},{"a":[1, NaN],"b":-Infinity},{"a":Infinity,"b":{"NaN":"\"Infinity"}}]`, "1 /NaN/, 1 [1, null]/-Infinity/, 1 Infinity//\"Infinity"},
		{"a key twice", `[{"a":1,"b":{"c":1}},{"a":1,"c":2,"c":3,"a":2},{"b":{"c":1,"c":1}},{"b.c":7}]`, `1 1/1/, 1! has "c" twice, 1! has "b.c" twice, 1 /7/`},
		{"an empty list", "[]", "no list of objects in JSON"},
		{"nothing", "", "no list of objects in JSON"},
		{"a list of numbers", "[1, 2]", "no list of objects in JSON"},
		{"one object over lines", "{\n\"a\": 1\n}", "no list of objects in JSON"},
		{"one object over lines, some in the first", "{\"a\": 1,\n\"b\": 1\n}", "no list of objects in JSON"},
		{"numbers among objects", `[{"a":1}, 7, {"a":2}]`, `1 1, 1! is no object in JSON: it does not begin with {, 1 2`},
		{"no comma", "[{\"a\":1}\n{\"a\":2}\n]", "no list of objects in JSON"},
		{"no comma later", "[{\"a\":1},\n{\"a\":2}\n{\"a\":3}]", "1 1, 2! is no object in JSON: something stands behind it"},
		{"cut off", `[{"a":1},{"a":`, "1 1, 1! the list does not end with ]"},
		{"cut off between", `[{"a":1},`, "1 1, 1! the list does not end with ]"},
		{"cut off at the end", `[{"a":1}`, "no list of objects in JSON"},
		{"something behind", "[{\"a\":1},{\"a\":2}]\nx", "1 1, 2! something stands behind the list"},
		{"a comma behind the last", `[{"a":1},]`, "1 1"},
	} {
		_, rows, err := objectsOf(t, c.text, filelimit.Limits{})
		got := strings.Join(rows, ", ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	limits := filelimit.Limits{filelimit.Line: 1000}
	_, _, err := objectsOf(t, `[{"a":1},{"a":"`+strings.Repeat("x", 5000)+`"}]`, limits)
	if err == nil || !strings.Contains(err.Error(), "an object that does not end") {
		t.Errorf("a long object: %v", err)
	}
}

// TestObjectsNotation reads numbers in texts of JSON as tables of text have them, but for decimal commas,
// which the numbers beside them do not have.
func TestObjectsNotation(t *testing.T) {
	for _, c := range []struct {
		text string
		set  func(c *study.Columns)
		want delimited.Notation
	}{
		{`[{"a":"1,250.50"},{"a":"3,100.00"},{"a":"900.25"}]`, nil, delimited.Notation{Decimal: '.', Thousands: ','}},
		{`[{"a":"$1,250.50"},{"a":"$3,100.00"},{"a":"$900.25"}]`, nil, delimited.Notation{Decimal: '.', Thousands: ','}},
		{`[{"a":1.5,"b":"x, y"},{"a":1.234}]`, nil, delimited.Notation{Decimal: '.'}},
		{`[{"a":"1,5"},{"a":"2,25"}]`, nil, delimited.Notation{Decimal: '.'}},
		{`[{"a":"1.250,5"},{"a":"2,25"}]`, func(c *study.Columns) { c.Decimal, c.Thousands = "comma", "point" }, delimited.Notation{Decimal: ',', Thousands: '.'}},
		{`[{"a":"1 250"},{"a":"12"}]`, func(c *study.Columns) { c.Thousands = "none" }, delimited.Notation{Decimal: '.'}},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.json", []byte(c.text))
		columns := study.NewColumns()
		if c.set != nil {
			c.set(columns)
		}
		r, err := datafile.OpenRecords("a.json", filepath.Join(dir, "a.json"), columns, filelimit.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Notation != c.want {
			t.Errorf("%s: %+v, want %+v", c.text, r.Notation, c.want)
		}
		r.Close()
	}
}

// FuzzObjects reads as many rows of a list in JSON as encoding/json finds objects, and anything
// else without a panic.
func FuzzObjects(f *testing.F) {
	for _, text := range []string{`[{"a":1,"b":"x ] \" \\"},{"b":"}","a":{"c":[2]}}]`, "[\n{\"a\": true},\n{\"a\": 2}\n]\n", "{\"a\":1}\n{\"a\":2}\n", "[{\"a\":1},7,]", "\ufeff[", `[{"a":"\u00e9"}]`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names, rows, err := objectsOf(t, text, filelimit.Limits{filelimit.Line: 1 << 16})
		alteration.Plain(t, err)
		var list []map[string]json.RawMessage
		if len(text) > 1<<16 || !utf8.ValidString(text) || json.Unmarshal([]byte(text), &list) != nil || len(list) == 0 || len(list[0]) == 0 {
			return
		}
		for _, o := range list {
			if o == nil { // null
				return
			}
		}
		if err != nil || len(rows) != len(list) || len(names) == 0 {
			t.Fatalf("%d rows of %d objects, columns %q, %v", len(rows), len(list), names, err)
		}
		for _, row := range rows {
			if strings.Contains(row[:min(len(row), 12)], "! ") && strings.Contains(row, "is no object") {
				t.Fatalf("%s", row)
			}
		}
	})
}
