package study

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Reference returns the table of all keys of a study file in Markdown: key,
// what may stand there, default, meaning.
func Reference() string {
	var b strings.Builder
	b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
	rows(&b, studyFields, "")
	return b.String()
}

func rows(b *strings.Builder, fields []field, path string) {
	for _, f := range fields {
		key := path + f.key
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", key, cell(valueText(f.typ)), cell(defaultText(f)), cell(f.doc))
		switch {
		case f.key == "defaults":
			// The keys are those of domains.
		case f.typ.kind == objectKind && !isFiles(f):
			rows(b, f.typ.fields, key+".")
		case f.typ.kind == listKind && f.typ.elem.kind == objectKind:
			rows(b, f.typ.instead, key+".")
			rows(b, f.typ.elem.fields, key+"[].")
		case f.key == "data":
			rows(b, f.typ.fields, key+".")
		}
	}
}

// isFiles tells the keys that locate data, which are described once.
func isFiles(f field) bool {
	return len(f.typ.fields) > 0 && &f.typ.fields[0] == &filesFields[0]
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// valueText says in short what may stand at a key.
func valueText(t typ) string {
	switch t.kind {
	case objectKind:
		if short := find(t.fields, t.short); short != nil {
			return valueText(short.typ) + ", or a mapping"
		}
		return "mapping"
	case listKind:
		if len(t.instead) > 0 {
			return "list of " + plural(t.elem.kind) + ", or a mapping"
		}
		return "list of " + plural(t.elem.kind)
	}
	return strings.TrimPrefix(expected(t), "a ")
}

func plural(k kind) string {
	switch k {
	case textKind:
		return "texts"
	case integerKind:
		return "whole numbers"
	case numberKind:
		return "numbers"
	case listKind:
		return "lists"
	}
	return "mappings"
}

func defaultText(f field) string {
	switch {
	case f.need:
		return "must be given"
	case f.def != "":
		return "`" + f.def + "`"
	}
	return f.note
}

// defaultJSON is a default as JSON.
func defaultJSON(f field) json.RawMessage {
	if f.typ.kind == numberKind || f.typ.kind == integerKind {
		return json.RawMessage(f.def)
	}
	out, err := yaml.YAMLToJSON([]byte(f.def))
	if err != nil {
		panic(fmt.Sprintf("study: default of %s: %v", f.key, err)) // the table is constant
	}
	return json.RawMessage(strings.TrimSpace(string(out)))
}
