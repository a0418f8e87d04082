package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestMissingCodes tells numbers that stand for missing values from those that
// are like others.
func TestMissingCodes(t *testing.T) {
	for _, c := range []struct {
		name    string
		columns []func(int) string
		want    string
	}{
		{"nothing", []func(int) string{filetest.Column(0, ""), filetest.Column(90, ""), filetest.Column(-20, "")}, ""},
		{"negative", []func(int) string{filetest.Column(0, "-9"), filetest.Column(90, "-99"), filetest.Column(0, "")}, `a -9 6, b -99 6`},
		{"large", []func(int) string{filetest.Column(0, "999"), filetest.Column(90, "9999"), filetest.Column(0, "9.9")}, `a 999 6, b 9999 6`},
		{"near others", []func(int) string{filetest.Column(90, "99"), filetest.Column(990, "999"), filetest.Column(-20, "-9")}, ""},
		{"two codes", []func(int) string{func(i int) string {
			return []string{"-9", "-99", "4", "5", "6"}[i%5]
		}, filetest.Column(0, ""), filetest.Column(0, "")}, "a -99 12, a -9 12"},
		{"a typing error", []func(int) string{func(i int) string {
			return []string{"-9", fmt.Sprint(i)}[min(1, i)]
		}, filetest.Column(0, ""), filetest.Column(0, "")}, ""},
		{"nothing else", []func(int) string{func(int) string { return "-9" }, func(i int) string { return []string{"-9", "1"}[i%2] }, filetest.Column(0, "")}, ""},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.csv", filetest.Coded(c.columns...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y}"))
		var got []string
		for _, m := range MissingCodes([]*Domain{d}) {
			got = append(got, fmt.Sprintf("%s %g %d", m.Column, m.Code, m.Rows[d.Name]))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
	}
}
