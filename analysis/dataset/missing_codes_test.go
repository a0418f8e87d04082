package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// codedTable is a table of 60 rows whose columns are made by row.
func codedTable(columns ...func(i int) string) []byte {
	out := []string{"a,b,c,y"}
	for i := range 60 {
		var fields []string
		for _, c := range columns {
			fields = append(fields, c(i))
		}
		out = append(out, strings.Join(fields, ",")+fmt.Sprintf(",%d", i%2))
	}
	return lines(out...)
}

// number is a column of least to least+11 with another text in every tenth row.
func number(least int, code string) func(i int) string {
	return func(i int) string {
		if code != "" && i%10 == 3 {
			return code
		}
		return fmt.Sprint(least + i*7%12)
	}
}

// TestMissingCodes tells numbers that stand for missing values from those that
// are like others.
func TestMissingCodes(t *testing.T) {
	for _, c := range []struct {
		name    string
		columns []func(int) string
		want    string
	}{
		{"nothing", []func(int) string{number(0, ""), number(90, ""), number(-20, "")}, ""},
		{"negative", []func(int) string{number(0, "-9"), number(90, "-99"), number(0, "")}, `a -9 6, b -99 6`},
		{"large", []func(int) string{number(0, "999"), number(90, "9999"), number(0, "9.9")}, `a 999 6, b 9999 6`},
		{"near others", []func(int) string{number(90, "99"), number(990, "999"), number(-20, "-9")}, ""},
		{"two codes", []func(int) string{func(i int) string {
			return []string{"-9", "-99", "4", "5", "6"}[i%5]
		}, number(0, ""), number(0, "")}, "a -99 12, a -9 12"},
		{"a typing error", []func(int) string{func(i int) string {
			return []string{"-9", fmt.Sprint(i)}[min(1, i)]
		}, number(0, ""), number(0, "")}, ""},
		{"nothing else", []func(int) string{func(int) string { return "-9" }, func(i int) string { return []string{"-9", "1"}[i%2] }, number(0, "")}, ""},
	} {
		dir := t.TempDir()
		write(t, dir, "a.csv", codedTable(c.columns...))
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

// TestSettleMissing lists codes as missing values in a draft unless another
// column has them as numbers, and says what stands in for missing inputs.
func TestSettleMissing(t *testing.T) {
	word := func(i int) string { return []string{"red", "blue", "?"}[i%3] }
	for _, c := range []struct {
		name    string
		columns []func(int) string
		missing bool
		found   []string
	}{
		{"code", []func(int) string{number(0, "-9"), number(90, ""), word}, true, []string{
			`all: -9 is taken for a missing value (columns.missing) in "a" (12 rows; all others are 0 to 11)`,
			`all: missing numbers are replaced by the median of the domain's training data, with an input that says where (columns.impute): "a" (12 of 120 rows)`,
			`all: a missing word is a word of its own: "c" (`,
		}},
		{"number elsewhere", []func(int) string{number(0, "-9"), number(-20, ""), word}, false, []string{
			`all: -9 looks like a code for a missing value in "a" (12 rows; all others are 0 to 11), and is taken for a number, since column "b" has it among numbers like it`,
		}},
	} {
		dir := t.TempDir()
		write(t, dir, "one.csv", codedTable(c.columns...))
		write(t, dir, "two.csv", codedTable(c.columns...))
		draft, err := Scan(dir, ScanConfig{Name: "n", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		s, domains, err := Settle(t.Context(), draft, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(s.Domains[0].Columns.Missing, "-9"); got != c.missing || !slices.Contains(s.Domains[0].Columns.Missing, "?") {
			t.Errorf("%s: missing values are %q", c.name, s.Domains[0].Columns.Missing)
		}
		if got := domains[0].Indicators == 1; got != c.missing {
			t.Errorf("%s: features %q", c.name, domains[0].Features)
		}
		text := strings.Join(draft.Found, "\n")
		for _, want := range c.found {
			if !strings.Contains(text, want) {
				t.Errorf("%s: found\n%s\nlacks %s", c.name, text, want)
			}
		}
	}
}
