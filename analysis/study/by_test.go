package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parseBy parses a file whose columns have the given values.
func parseBy(t *testing.T, text string, values ...string) (*Study, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "study.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return ParseWith(file, func(s *Study, d Domain, column string) ([]string, error) {
		if s.Path(d.Files.Path) != filepath.Join(filepath.Dir(file), "plants.csv") || d.Format != "csv" {
			return nil, fmt.Errorf("asked for column %s of %+v", column, d.Files)
		}
		if column != "plant" {
			return nil, errors.New("plants.csv: has no such column")
		}
		return values, nil
	})
}

// TestDomainsBy makes domains of the values of a column; the same study with the
// domains listed is equal to it.
func TestDomainsBy(t *testing.T) {
	const head = "version: 1\nname: plants\ndefaults: {data: plants.csv, columns: {label: y, where: {year: '2024'}}, value: 2}\n"
	got, err := parseBy(t, head+"domains: {by: plant}\n", "Nord", "Süd 2")
	if err != nil {
		t.Fatal(err)
	}
	want, err := ParseBytes([]byte(head+`domains:
  - {name: Nord, columns: {where: {year: '2024', plant: Nord}}}
  - {name: Süd-2, columns: {where: {year: '2024', plant: "Süd 2"}}}
`), "study.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) {
		t.Errorf("by a column %+v,\nlisted %+v", got.Domains, want.Domains)
	}
}

// TestDomainsByLabels labels the domains of single values, beside what defaults say.
func TestDomainsByLabels(t *testing.T) {
	const head = "version: 1\nname: plants\ndefaults: {data: plants.csv, columns: {label: y}, labels: {owner: acme, jurisdiction: EU}}\n"
	got, err := parseBy(t, head+"domains:\n  by: plant\n  labels: {'Süd 2': {owner: [bolt, acme], licence: CC0}}\n", "Nord", "Süd 2")
	if err != nil {
		t.Fatal(err)
	}
	want, err := ParseBytes([]byte(head+`domains:
  - {name: Nord, columns: {where: {plant: Nord}}}
  - {name: Süd-2, columns: {where: {plant: "Süd 2"}}, labels: {owner: [bolt, acme], licence: CC0}}
`), "study.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) || len(got.Domains[0].Labels) != 2 || len(got.Domains[1].Labels) != 3 {
		t.Errorf("by a column %+v,\nlisted %+v", got.Domains, want.Domains)
	}
}

// TestDomainsByNames names domains after values: numbers in their order and with
// the column's name, texts as far as names have such letters.
func TestDomainsByNames(t *testing.T) {
	if got := valueNames("subject#", []string{"1", "2.5"}); !slices.Equal(got, []string{"subject-1", "subject-2.5"}) {
		t.Errorf("values of subject# are called %v", got)
	}
	for _, c := range []struct{ values, names []string }{
		{[]string{"10", "9", "1"}, []string{"plant-1", "plant-9", "plant-10"}},
		{[]string{"b", "a/1", "a 1"}, []string{"a-1", "a-1-2", "b"}},
		{[]string{"?", "!"}, []string{"data", "data-2"}},
	} {
		s, err := parseBy(t, "version: 1\nname: s\ndefaults: {data: plants.csv, columns: {label: y}}\ndomains: {by: plant}\n", c.values...)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range s.Domains {
			names = append(names, d.Name)
		}
		if !slices.Equal(names, c.names) {
			t.Errorf("%v are called %v, want %v", c.values, names, c.names)
		}
	}
}

// TestDomainsByRefuses points at the key for everything that is wrong.
func TestDomainsByRefuses(t *testing.T) {
	const head = "version: 1\nname: s\n"
	const table = head + "defaults: {data: plants.csv, columns: {label: y}}\n"
	many := make([]string, MaxDomains+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		text   string
		values []string
		want   string
	}{
		{table + "domains: {by: site}\n", nil, "study.yaml:4:15: domains.by: plants.csv: has no such column"},
		{table + "domains: {by: plant}\n", nil, `domains.by: column "plant" has 0 values`},
		{table + "domains: {by: plant}\n", many, `has 513 values; a study has 1 to 512 domains`},
		{head + "domains: {by: plant}\n", nil, `domains.by: no table has the column "plant"; name one under defaults`},
		{head + "defaults: {data: {images: x, labels: y}}\ninput: {image: [2, 2]}\ndomains: {by: plant}\n", nil, "defaults.data are of format idx"},
		{table + "domains: {byy: plant}\n", nil, `domains.byy: unknown key; did you mean "by"?`},
		{table + "domains: {by: plant, labels: {nrod: {owner: a}}}\n", []string{"nord", "sued"}, `domains.labels.nrod: column "plant" has no value "nrod"; did you mean "nord"?`},
		{table + "domains: {by: plant, labels: {nord: acme}}\n", []string{"nord"}, "domains.labels.nord: "},
		{table + "domains: {by: plant, labels: [nord]}\n", []string{"nord"}, "a mapping from values of the column to labels"},
		{table + "domains: {by: plant, labels: {nord: }}\n", []string{"nord"}, "domains.labels.nord: "},
		{table + "domains: {}\n", nil, `the key "by" is missing`},
		{head + "defaults: {data: '${NO_SUCH_FOLDER}/x.csv'}\ndomains: {by: plant}\n", nil, "NO_SUCH_FOLDER is not set"},
	} {
		_, err := parseBy(t, c.text, c.values...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\nerror %v\nwant %s", c.text, err, c.want)
		}
	}
	if _, err := ParseBytes([]byte(table+"domains: {by: plant}\n"), "study.yaml", ""); err == nil || !strings.Contains(err.Error(), "are not read here: list the domains") {
		t.Errorf("without a reader: %v", err)
	}
}
