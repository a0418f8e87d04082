package drafting

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

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
		{"code", []func(int) string{filetest.Column(0, "-9"), filetest.Column(90, ""), word}, true, []string{
			`all: -9 is taken for a missing value (columns.missing) in "a" (12 rows; all others are 0 to 11)`,
			`all: missing numbers are replaced by the median of the domain's training data, with an input that says where (columns.impute): "a" (12 of 120 rows)`,
			`all: a missing word is a word of its own: "c" (`,
		}},
		{"number elsewhere", []func(int) string{filetest.Column(0, "-9"), filetest.Column(-20, ""), word}, false, []string{
			`all: -9 looks like a code for a missing value in "a" (12 rows; all others are 0 to 11), and is taken for a number, since column "b" has it among numbers like it`,
		}},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, "one.csv", filetest.Coded(c.columns...))
		filetest.Write(t, dir, "two.csv", filetest.Coded(c.columns...))
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
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
