package gaintable

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/solve"
)

// pairsOf is a table of all pairs of n domains in five clusters, with noise.
func pairsOf(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	b.WriteString("pool,target,gain\n")
	for i := range n {
		for j := range i {
			for _, target := range []int{i, j} {
				gain := -0.02 + 0.03*r.NormFloat64()
				if i%5 == j%5 {
					gain += 0.1
				}
				fmt.Fprintf(&b, "d%d+d%d,d%d,%.4f\n", i, j, target, gain)
			}
		}
	}
	return b.String()
}

// TestLarge plans for many domains from pairs.
func TestLarge(t *testing.T) {
	table := readTable(t, pairsOf(40))
	budget := 5.0
	for name, o := range map[string]Options{
		"models":  {MaxModels: 5, Extrapolate: true},
		"budget":  {Budget: &budget, Extrapolate: true},
		"rules":   {MaxModels: 8, Extrapolate: true, Constraints: solve.Constraints{MustLink: [][]string{{"d0", "d5"}}, CannotLink: [][]string{{"d1", "d6"}}}},
		"helpers": {MaxModels: 25, Helpers: true, Extrapolate: true},
		"pairs":   {MaxModels: 25},
	} {
		p, err := table.Choose(o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		served := 0
		for _, pool := range p.Pools {
			served += len(pool.Serves)
		}
		if served != 40 || p.Objective < 0.02 || p.Bound < p.Objective || o.MaxModels > 0 && p.Models > o.MaxModels {
			t.Errorf("%s: %d served by %d models, %v of %v", name, served, p.Models, p.Objective, p.Bound)
		}
		if name == "models" && (p.Models != 5 || p.Objective < 0.075 || p.Pools[0].Source != Extrapolated) {
			t.Errorf("%s: clusters are missed: %d models, %v of %v", name, p.Models, p.Objective, p.Bound)
		}
	}
}

// BenchmarkPairs is the gap and the time of partitions from pairs.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{50, 100, 500} {
		table, err := readText("t.csv", strings.NewReader(pairsOf(n)), Reading{})
		if err != nil {
			b.Fatal(err)
		}
		for _, most := range []int{0, 5} {
			for _, helpers := range []bool{false, true} {
				if helpers && most > 0 {
					continue
				}
				b.Run(fmt.Sprintf("domains=%d/most=%d/helpers=%v", n, most, helpers), func(b *testing.B) {
					for b.Loop() {
						p, err := table.Choose(Options{MaxModels: most, Helpers: helpers, Extrapolate: !helpers})
						if err != nil {
							b.Fatal(err)
						}
						b.ReportMetric(float64(p.Objective), "gain")
						b.ReportMetric(float64(100*p.Gap/p.Bound), "gap%")
					}
				})
			}
		}
	}
}
