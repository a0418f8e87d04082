// Package alteration alters JSON files value by value, to test that whoever reads them
// refuses what does not belong together, and never fails in any other way.
package alteration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Raw finds words of the language, of its libraries and of what brings a process down, which
// no message for people has in it, and what a terminal would obey.
var Raw = regexp.MustCompile(`goroutine |runtime error|slice bounds|cannot unmarshal|out of memory|panic:|\x1b|(^|\s)json: |invalid character|template:`)

// language finds those of the words that nobody adds to or takes from a message on its way to
// people, and some of its libraries.
var language = regexp.MustCompile(`goroutine |runtime error|slice bounds|cannot unmarshal|out of memory|panic:|(^|\s)(json|gob|strconv|yaml)[:.]|invalid character|reflect:|nil pointer`)

// Plain fails where an error, if it is one, speaks in words of the language.
func Plain(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if word := language.FindString(err.Error()); word != "" {
		t.Errorf("%q in: %v", word, err)
	}
}

// Document is a JSON document that can be altered.
type Document struct{ root any }

// Decode reads a document; numbers stay as they are written.
func Decode(t testing.TB, text []byte) *Document {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	doc := &Document{}
	if err := d.Decode(&doc.root); err != nil {
		t.Fatal(err)
	}
	return doc
}

// Encode is the text of a document as it is now.
func (d *Document) Encode(t testing.TB) []byte {
	t.Helper()
	text, err := json.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Place is a value of a document.
type Place struct {
	Path  string // as .gains[3].p
	Kind  string // without the numbers of elements: .gains[].p
	Value any
	Set   func(any)
	// Remove takes a field out of its object; nil of elements and of the whole. Set puts
	// it back.
	Remove func()
}

// Places are all values of a document.
func (d *Document) Places() []Place {
	var out []Place
	var walk func(path, kind string, value any, set func(any), remove func())
	walk = func(path, kind string, value any, set func(any), remove func()) {
		out = append(out, Place{path, kind, value, set, remove})
		switch x := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				walk(path+"."+key, kind+"."+key, x[key], func(v any) { x[key] = v }, func() { delete(x, key) })
			}
		case []any:
			for i := range x {
				walk(fmt.Sprintf("%s[%d]", path, i), kind+"[]", x[i], func(v any) { x[i] = v }, nil)
			}
		}
	}
	walk("", "", d.root, func(v any) { d.root = v }, nil)
	return out
}

// OfEachKind are the first places of each kind.
func OfEachKind(places []Place) []Place {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(places), func(p Place) bool {
		if seen[p.Kind] {
			return true
		}
		seen[p.Kind] = true
		return false
	})
}

// Values are what may stand in the place of a value: of other types, none, too large,
// too many, hostile.
func Values(was any) []any {
	switch x := was.(type) {
	case json.Number:
		return []any{nil, -1, 0, 1, 7, 0.5, 1e9, 1e308, -1e308, json.Number("9223372036854775807"), "text"}
	case string:
		return []any{nil, "", "nobody", "../../etc", "<script>alert(1)</script>", "%s %d", strings.Repeat("a", 5_000), 7}
	case bool:
		return []any{nil, !x, 1}
	case []any:
		more := []any{nil, []any{}, []any{nil}, map[string]any{}, "text"}
		if len(x) > 0 {
			more = append(more, x[:1], x[:len(x)-1], append(slices.Clone(x), x[0]), slices.Repeat(x[:1], 60))
		}
		return more
	case map[string]any:
		return []any{nil, map[string]any{}, []any{}, 7}
	}
	return []any{0, "text", []any{}, map[string]any{}, true}
}

// Each calls try for a document with one value altered: every value of [Values] in every place
// of each kind, and every field removed. One of so many of these is tried; 1 tries all.
func Each(t testing.TB, text []byte, oneOf int, try func(text []byte, what string)) {
	t.Helper()
	doc := Decode(t, text)
	n := 0
	turn := func() bool {
		n++
		return n%oneOf == 0
	}
	for _, p := range OfEachKind(doc.Places()) {
		for _, v := range Values(p.Value) {
			if turn() {
				p.Set(v)
				try(doc.Encode(t), fmt.Sprintf("%s = %.40s", p.Path, fmt.Sprint(v)))
				p.Set(p.Value)
			}
		}
		if p.Remove != nil && turn() {
			p.Remove()
			try(doc.Encode(t), p.Path+" removed")
			p.Set(p.Value)
		}
	}
}
