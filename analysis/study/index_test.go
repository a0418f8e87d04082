package study

import (
	"errors"
	"strings"
	"testing"
)

func TestIndex(t *testing.T) {
	s := mustParse(t, `version: 1
name: photos
input: {image: [8, 8]}
domains:
  - {name: a, data: {path: photos, index: a.csv}, columns: {label: kind, group: part}}
  - {name: b, data: {path: photos, index: b.csv}, columns: {file: id, targets: [age]}}
`)
	a, b := s.Domains[0], s.Domains[1]
	if !a.Indexed() || a.Format != Images || a.Columns.File != "file" || a.Split.By != ByGroup || a.Task.Kind != Classification {
		t.Errorf("a: %+v, columns %+v", a, a.Columns)
	}
	if b.Columns.File != "id" || b.Task.Kind != Regression || b.SplitKey() != "b" {
		t.Errorf("b: %+v, columns %+v", b, b.Columns)
	}
}

func TestIndexErrors(t *testing.T) {
	one := func(domain string) string {
		return "version: 1\nname: n\ninput: {image: [8, 8]}\ndomains:\n  - {name: a, " + domain + "}\n  - {name: b, data: b}\n"
	}
	for _, c := range []struct{ text, want string }{
		{one("data: {path: p, index: i.csv}"), "domains[0].columns: say what is predicted: columns.label for classes"},
		{one("data: {index: i.csv}, columns: {label: y}"), "domains[0].data: say where the images are: {path: FOLDER, index: TABLE}"},
		{one("data: {path: p, index: i.csv}, test: q, columns: {label: y}"), "domains[0].test: data has an index, and this has none"},
		{one("data: {path: p, index: i.csv}, columns: {label: y, features: [z]}"), "features and categorical are inputs of tables"},
		{one("data: {path: p, index: i.csv}, columns: {label: y, group: g}, split: {group: '^(.)'}"), "columns.group says the groups already"},
		{one("data: {path: p, index: i.csv}, columns: {label: file}"), `columns.file: column "file" is label already`},
		{one("data: {path: p.csv, index: i.csv}, columns: {label: y}"), "domains[0].data.index: an index lists the images of a folder (format images); this domain's format is csv"},
		{one("data: p.csv, columns: {label: y, file: f}"), "domains[0].columns.file: names of files are for images that data.index lists"},
	} {
		_, err := ParseBytes([]byte(c.text), "study.yaml", "")
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("message\n%v\nlacks\n%s", err, c.want)
		}
	}
}
