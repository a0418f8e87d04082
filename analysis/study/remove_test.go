package study

import (
	"strings"
	"testing"
)

// TestRemove takes out one domain and leaves every other byte.
func TestRemove(t *testing.T) {
	const flow = "version: 1\nname: s\n# the plants\ndefaults: {columns: {label: y}}\ndomains:\n  # the first\n  - {name: a, data: a.csv} # of acme\n\n  # the second\n  - {name: b, data: b.csv}\n  - {name: c, data: c.csv}\nseeds: 3\n"
	const block = "version: 1\nname: s\ndefaults:\n  columns: {label: y}\ndomains:\n- name: a\n  data: a.csv\n-\n  name: b\n  # where\n  data:\n    path: b.csv\n\n- name: c\n  data: c.csv\ntraining:\n  epochs: 3\n"
	for _, test := range []struct{ text, name, gone string }{
		{flow, "a", "  - {name: a, data: a.csv} # of acme\n"},
		{flow, "b", "  - {name: b, data: b.csv}\n"},
		{flow, "c", "  - {name: c, data: c.csv}\n"},
		{block, "a", "- name: a\n  data: a.csv\n"},
		{block, "b", "-\n  name: b\n  # where\n  data:\n    path: b.csv\n"},
		{block, "c", "- name: c\n  data: c.csv\n"},
		{strings.TrimSuffix(block, "training:\n  epochs: 3\n"), "c", "- name: c\n  data: c.csv\n"},
		{strings.ReplaceAll(block, "\n", "\r\n"), "b", "-\r\n  name: b\r\n  # where\r\n  data:\r\n    path: b.csv\r\n"},
	} {
		got, err := Remove([]byte(test.text), test.name)
		if want := strings.Replace(test.text, test.gone, "", 1); err != nil || string(got) != want || want == test.text {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.name, err, got, want)
			continue
		}
		s, err := ParseBytes(got, "study.yaml", t.TempDir())
		if err != nil || len(s.Domains) != 2 || s.Domain(test.name) != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for text, want := range map[string]string{
		"version: 1\nname: s\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\n": "stand in one line",
		"version: 1\nname: s\ndomains: {by: plant}\n":                                      "values of a column",
		"version: 1\nname: s\n": "no domains",
		flow:                    `no domain "z"`,
	} {
		if _, err := Remove([]byte(text), "z"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
