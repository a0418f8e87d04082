package clusters

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var simulate = flag.Bool("simulate", false, "count views with clusters in many tables without any, and write testdata/null.md")

// nullCounts counts the views that have clusters in tables of n domains without
// any: with errors that are known and partly shared by rows; and with effects of
// rows, of which nothing is known.
func nullCounts(t *testing.T, n, trials int) map[string]int {
	t.Helper()
	random := rand.New(rand.NewPCG(11, uint64(n)))
	counts := map[string]int{}
	for trial := range trials {
		for _, known := range []bool{true, false} {
			c := Config{Seed: uint64(trial)}
			table := noisy(n, 0.05, 0.08)
			if known {
				c.Errors = table
			}
			v, err := Look(numbered(n), table(random), c)
			if err != nil {
				t.Fatal(err)
			}
			for _, view := range v.Views {
				if view.Clusters {
					counts[string(v.Null)+" "+view.Method]++
				}
			}
			if v.Found() > 0 {
				counts[string(v.Null)+" any"]++
			}
			if v.Found() > len(v.Views)/2 {
				counts[string(v.Null)+" most"]++
			}
		}
	}
	return counts
}

// TestNull looks at few tables; those of testdata/null.md are more.
func TestNull(t *testing.T) {
	const trials = 24
	for n := 4; n <= 5; n++ {
		for what, count := range nullCounts(t, n, trials) {
			// More than 5 of 24 has a probability of 1 in 1 000 at 5 %.
			if count > 5 && !strings.HasSuffix(what, " any") {
				t.Errorf("%d domains, %s: clusters in %d of %d tables without any", n, what, count, trials)
			}
		}
	}
}

func TestSimulateNull(t *testing.T) {
	if !*simulate {
		t.Skip("-simulate counts more")
	}
	const trials = 400
	var b strings.Builder
	b.WriteString("# Clusters where there are none\n\nShare of 400 tables without clusters in which a view has some, at a level of 5 %: under *errors* the errors of gains are known, and partly\nshared by all gains of a domain; under *rotation* they are not, and domains differ in what they gain from all alike. *Any* and *most* count the six\nviews of a table. `go test ./grouping/clusters -run SimulateNull -simulate` writes this again.\n\n")
	columns := []string{"average", "complete", "single", "ward", "spectral", "relaxation", "any", "most"}
	b.WriteString("| domains | null | " + strings.Join(columns, " | ") + " |\n|---|---" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, n := range []int{4, 6} {
		counts := nullCounts(t, n, trials)
		for _, null := range []Null{ErrorsNull, RotationNull} {
			fmt.Fprintf(&b, "| %d | %s |", n, null)
			for _, column := range columns {
				fmt.Fprintf(&b, " %.3f |", float64(counts[string(null)+" "+column])/trials)
			}
			b.WriteString("\n")
		}
	}
	if err := os.WriteFile("testdata/null.md", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
