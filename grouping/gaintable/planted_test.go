package gaintable

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/solve"
)

// planted is a table of all pairs of n domains in clusters. Within a cluster domains
// gain about 0.1 from each other, one direction up to half more than the other;
// across they lose 0.05. A harmful domain costs everybody 0.1, and itself. Every gain
// is seen through noise. It returns the pools of the truth too.
func planted(r *rand.Rand, n, clusters int, noise float64, harmful bool) (*Table, map[solve.Set]bool) {
	t := &Table{}
	groups := make([]solve.Set, clusters+1)
	of := make([]int, n)
	for j := range n {
		t.Domains = append(t.Domains, fmt.Sprint("d", j))
		of[j] = j % clusters
		if harmful && j == n-1 {
			of[j] = clusters
		}
		groups[of[j]] = groups[of[j]].With(j)
		nan := []float64{math.NaN()}
		t.Pools = append(t.Pools, Pool{Train: solve.SetOf(j), Serves: []int{j}, Gain: []float64{0}, Lo: nan, Hi: nan, Cost: 1, Source: Assumed})
	}
	for i := range n {
		for j := range i {
			var gain [2]float64
			for k := range gain {
				switch {
				case of[i] == clusters || of[j] == clusters:
					gain[k] = -0.1
				case of[i] == of[j]:
					gain[k] = 0.1 * (0.75 + 0.5*r.Float64())
				default:
					gain[k] = -0.05
				}
				gain[k] += noise * r.NormFloat64()
			}
			nan := []float64{math.NaN(), math.NaN()}
			t.Pools = append(t.Pools, Pool{Train: solve.SetOf(i, j), Serves: []int{j, i}, Gain: gain[:], Lo: nan, Hi: nan, Cost: 1, Source: Listed})
		}
	}
	truth := map[solve.Set]bool{}
	for _, g := range groups {
		if !g.Empty() {
			truth[g] = true
		}
	}
	return t, truth
}

// found is the share of trials in which the planted groups are found.
func found(t *testing.T, trials, n, clusters int, noise float64, harmful bool) float64 {
	t.Helper()
	hits := 0
	for trial := range trials {
		r := rand.New(rand.NewPCG(uint64(trial), uint64(100*n+clusters)))
		table, truth := planted(r, n, clusters, noise, harmful)
		p, err := table.Choose(Options{Extrapolate: true, Draws: -1, MaxModels: len(truth)})
		if err != nil {
			t.Fatal(err)
		}
		hit := len(p.Pools) == len(truth)
		for _, pool := range p.Pools {
			at, err := table.indices(pool.Train)
			if err != nil {
				t.Fatal(err)
			}
			hit = hit && truth[solve.SetOf(at...)]
		}
		if hit {
			hits++
		}
	}
	return float64(hits) / float64(trials)
}

// TestPlanted finds planted groups, with the number of models bounded to the truth's.
// With -update it writes testdata/planted.md.
func TestPlanted(t *testing.T) {
	for _, n := range []int{2, 4, 7} {
		for _, harmful := range []bool{false, true} {
			clusters := min(2, n-1)
			if harmful && n == 2 {
				continue
			}
			if share := found(t, 10, n, clusters, 0, harmful); share != 1 {
				t.Errorf("%d domains, harmful %v, without noise: found in %v of trials", n, harmful, share)
			}
			if share := found(t, 20, n, clusters, 0.01, harmful); share < 0.95 {
				t.Errorf("%d domains, harmful %v, little noise: found in %v of trials", n, harmful, share)
			}
		}
	}
	if !*update {
		return
	}
	var b strings.Builder
	b.WriteString("# Planted groups that are found\n\nWritten by\n\n    go test ./grouping/gaintable -run Planted -update\n\n" +
		"Share of 50 trials in which the partition chosen from the gains of all pairs is the\nplanted one. Within a cluster domains gain 0.075 to 0.125 from each other, not equally\nin both directions; across they lose 0.05; a harmful domain costs everybody 0.1. Columns\nare the standard deviation of the noise on every gain. At most as many models as the\ntruth has are allowed. The planted partition is the best without noise; with noise the\nbest by the gains need not be it: every choice is proved optimal by its own gains.\n\n")
	noises := []float64{0, 0.02, 0.05, 0.1}
	b.WriteString("| domains | clusters | harmful domain |")
	for _, noise := range noises {
		fmt.Fprintf(&b, " %g |", noise)
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(noises)) + "\n")
	for _, n := range []int{2, 3, 4, 6, 8, 10, 12} {
		for _, clusters := range []int{2, 3, 4} {
			for _, harmful := range []bool{false, true} {
				if own := n; harmful && own-1 < clusters || own < clusters {
					continue
				}
				word := "no"
				if harmful {
					word = "yes"
				}
				fmt.Fprintf(&b, "| %d | %d | %s |", n, clusters, word)
				for _, noise := range noises {
					fmt.Fprintf(&b, " %.2f |", found(t, 50, n, clusters, noise, harmful))
				}
				b.WriteString("\n")
			}
		}
	}
	if err := os.WriteFile(filepath.Join("testdata", "planted.md"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
