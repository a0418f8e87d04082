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
		"version: 1\nname: s\ndomains:\n- {name: a,\rdata: a.csv}\n-\r{name: z, data: z.csv}\n": "a carriage return alone",
	} {
		if _, err := Remove([]byte(text), "z"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestRemoveWeights takes out what weightings say of a domain, which they have to say of
// all that there are.
func TestRemoveWeights(t *testing.T) {
	const head = "version: 1\nname: s\ndefaults: {columns: {label: y}}\ndomains:\n  - {name: 東, data: a.csv}\n  - {name: b, data: b.csv}\n  - {name: c, data: c.csv}\n"
	for _, test := range []struct{ text, name, want string }{
		{"weightings: [equal, {name: static, weights: {東: 2, b: 1.5, c: 3}}, famo]\n", "東", "weightings: [equal, {name: static, weights: {b: 1.5, c: 3}}, famo]\n"},
		{"weightings: [equal, {name: static, weights: {東: 2, b: 1.5, c: 3}}, famo]\n", "b", "weightings: [equal, {name: static, weights: {東: 2, c: 3}}, famo]\n"},
		{"weightings: [equal, {name: static, weights: {東: 2, b: 1.5, c: 3}}, famo]\n", "c", "weightings: [equal, {name: static, weights: {東: 2, b: 1.5}}, famo]\n"},
		{"weightings:\n  - name: static\n    weights:\n      東: 2\n      c: 3 # the old one\n      b: 1.5\n", "c", "weightings:\n  - name: static\n    weights:\n      東: 2\n      b: 1.5\n"},
		{"weightings:\n  - name: static\n    weights: {東: 2,\n      b: 1.5,\n      \"c\": 3}\n", "c", "weightings:\n  - name: static\n    weights: {東: 2,\n      b: 1.5,\n      }\n"},
		{"weightings:\n  - name: static\n    weights: {東: 2,\n      b: 1.5,\n      c: 3}\n", "b", "weightings:\n  - name: static\n    weights: {東: 2,\n      \n      c: 3}\n"},
	} {
		got, err := Remove([]byte(head+test.text), test.name)
		if err != nil || !strings.HasSuffix(string(got), test.want) {
			t.Errorf("%s of %q: %v\n%s\nwant\n%s", test.name, test.text, err, got, test.want)
			continue
		}
		if s, err := ParseBytes(got, "study.yaml", t.TempDir()); err != nil || len(s.Domains) != 2 {
			t.Errorf("%s of %q: %v", test.name, test.text, err)
		}
	}
}
