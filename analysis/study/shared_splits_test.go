package study

import (
	"fmt"
	"strings"
	"testing"
)

func TestSharedSplits(t *testing.T) {
	parse := func(a, b string) (*Study, error) {
		return ParseBytes(fmt.Appendf(nil, "version: 1\nname: s\ndomains:\n  - {name: a, data: x.csv.gz, %s}\n  - {name: b, data: %s}\n", a, b), "study.yaml", "")
	}
	for _, test := range []struct {
		a, b string
		key  string // of a
	}{
		{"columns: {label: y}", "./x.csv.gz, columns: {label: z}", "file x.csv"},
		{"columns: {label: y}", "y.csv, columns: {label: z}", "a"},
		{"columns: {label: y, where: {plant: n}}", "x.csv.gz, columns: {label: y, where: {plant: s}}", "a"},
		{"columns: {label: y, where: {plant: n}}", "x.csv.gz, columns: {label: y, where: {line: s}}", "file x.csv"},
	} {
		s, err := parse(test.a, test.b)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Domains[0].SplitKey(); got != test.key {
			t.Errorf("%s, %s: the split is drawn for %q, want %q", test.a, test.b, got, test.key)
		}
	}
	s, err := parse("columns: {label: y}, split: {shared: false}", "x.csv.gz, columns: {label: z}")
	if err != nil || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "may use the same rows") {
		t.Errorf("warnings %v, error %v", s.Warnings, err)
	}
	if _, err := parse("columns: {label: y}, split: {test: 0.3}", "x.csv.gz, columns: {label: z}"); err == nil || !strings.Contains(err.Error(), "their splits differ") {
		t.Errorf("error %v", err)
	}
}

// TestSharedArrays tells arrays by file and name: arrays of one name in two files
// are not the same samples, and one array is, whatever file its labels are in.
func TestSharedArrays(t *testing.T) {
	for _, test := range []struct{ a, b, keyA, keyB string }{
		{"a.npz, inputs: x, labels: y", "b.npz, inputs: x, labels: y", "a", "b"},
		{"a.npz, inputs: x1, labels: y1", "a.npz, inputs: x2, labels: y2", "a", "b"},
		{"a.npz, inputs: x1, labels: y", "a.npz, inputs: x2, labels: y", "file a.npz", "file a.npz"},
		{"a.npz, inputs: x, labels: y1", "./a.npz, inputs: x, labels: y2", "file a.npz", "file a.npz"},
		{"a.npz, labels: y1", "a.npz, inputs: x, labels: y2", "file a.npz", "file a.npz"},
		{"y.npz, inputs: x.npy, labels: a", "z.npz, inputs: x.npy, labels: b", "file y.npz", "file y.npz"},
		{"x.npy, labels: a.npy", "y.npy, labels: b.npy", "a", "b"},
	} {
		s := mustParse(t, "version: 1\nname: s\ndomains:\n  - {name: a, data: {path: "+test.a+"}}\n  - {name: b, data: {path: "+test.b+"}}\n")
		if a, b := s.Domains[0].SplitKey(), s.Domains[1].SplitKey(); a != test.keyA || b != test.keyB {
			t.Errorf("%s and %s: splits are drawn for %q and %q, want %q and %q", test.a, test.b, a, b, test.keyA, test.keyB)
		}
	}
}
