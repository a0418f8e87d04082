package drafting_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
)

// TestSuitFolds takes as many folds as leave two groups of every domain in each, and
// one split where there are too few.
func TestSuitFolds(t *testing.T) {
	for groups, want := range map[int][2]int{0: {5, 5}, 12: {5, 5}, 8: {4, 4}, 6: {3, 6}, 4: {2, 4}, 3: {0, 5}} {
		dir := t.TempDir()
		random := rand.New(rand.NewPCG(1, uint64(groups)))
		var b strings.Builder
		b.WriteString("x,z,lot,plant,y\n")
		for i := range 240 {
			lot := fmt.Sprintf("m%d", i/2%max(1, groups))
			if groups == 0 {
				lot = ""
			}
			fmt.Fprintf(&b, "%.3f,%.3f,%s,%s,%s\n", random.NormFloat64(), random.NormFloat64(), lot, []string{"a", "b"}[i%2], []string{"bad", "ok"}[random.IntN(2)])
		}
		text := b.String()
		if groups == 0 {
			text = strings.ReplaceAll(strings.Replace(text, "lot,", "", 1), ",,", ",")
		}
		file := filepath.Join(dir, "rows.csv")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := drafting.Scan(file, drafting.Config{Name: "rows", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, domains, err := drafting.Settle(t.Context(), d, dir)
		if err != nil {
			t.Fatal(err)
		}
		if groups > 0 && domains[0].Test.Group(0) == "" {
			t.Fatalf("%d groups: the column is not taken for groups: %q", groups, d.Found)
		}
		if err := drafting.SuitFolds(t.Context(), d, dir, domains); err != nil {
			t.Fatal(err)
		}
		if got := [2]int{d.Defaults.Split.Folds, d.Study.Seeds}; got != want {
			t.Errorf("%d groups: %d folds and %d seeds, want %v: %q", groups, got[0], got[1], want, d.Found)
		}
		said := slices.ContainsFunc(d.Found, func(f string) bool { return strings.Contains(f, "split.folds") })
		if said != (want[0] > 0) {
			t.Errorf("%d groups: said %q", groups, d.Found)
		}
		s, err := d.Complete(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dataset.OpenFolds(t.Context(), s); err != nil {
			t.Error(err)
		}
	}
}
