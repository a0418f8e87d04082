package drafting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/drafting"
)

// TestEquipment takes the names of two or three machines for an input, since rows of
// others cannot test; those of more keep rows together, and so do persons always.
func TestEquipment(t *testing.T) {
	for _, c := range []struct {
		column string
		values int
		groups bool
	}{{"machine", 3, false}, {"site", 2, false}, {"machine_id", 3, false}, {"machine", 4, true}, {"patient", 3, true}, {"lot", 3, true}} {
		dir := t.TempDir()
		for _, plant := range []string{"名古屋工場", "大阪工場"} {
			var b strings.Builder
			fmt.Fprintf(&b, "x,z,%s,y\n", c.column)
			for i := range 120 {
				fmt.Fprintf(&b, "%.2f,%.2f,m%d,%s\n", float64(i%13)*0.7, float64(i%7)*1.3, i%c.values, []string{"bad", "ok"}[i%5%2])
			}
			if err := os.WriteFile(filepath.Join(dir, plant+".csv"), []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d, err := drafting.Scan(dir, drafting.Config{Name: "plants", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, domain := range d.Study.Domains {
			names = append(names, domain.Name)
		}
		if want := []string{"名古屋工場", "大阪工場"}; !slices.Equal(names, want) {
			t.Errorf("domains %q, want %q", names, want)
		}
		columns := d.Defaults.Columns
		if got := columns.Group == c.column; got != c.groups || slices.Contains(columns.Categorical, c.column) == c.groups {
			t.Errorf("%d values of %q: group %q, categories %q: %q", c.values, c.column, columns.Group, columns.Categorical, d.Found)
		}
	}
}
