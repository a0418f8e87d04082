package gaintable

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/internal/published"
	"github.com/sharewise/sharewise/grouping/solve"
)

var update = flag.Bool("update", false, "write testdata/published.md again")

// standley are the networks of a file of Standley et al.: five tasks alone at half
// size, and the 31 subsets at full size, with the loss of each task in them. What
// is maximised is the sum of losses with the other sign.
func standley(t *testing.T, path string) []solve.Pool {
	t.Helper()
	var out []solve.Pool
	for k, row := range published.Numbers(t, path) {
		if k == 0 {
			for j, loss := range row {
				out = append(out, solve.Pool{Train: solve.SetOf(j), Gain: []float64{-loss}, Cost: 0.5})
			}
			continue
		}
		p := solve.Pool{Cost: 1}
		for j, loss := range row {
			if !math.IsNaN(loss) {
				p.Train = p.Train.With(j)
				p.Gain = append(p.Gain, -loss)
			}
		}
		out = append(out, p)
	}
	if len(out) != 36 {
		t.Fatalf("%s has %d networks instead of 36", path, len(out))
	}
	return out
}

// networks names a choice: tasks in lower case only help, and ½ is half size.
func networks(s *solve.Solution) string {
	var out []string
	for _, c := range s.Chosen {
		var b strings.Builder
		for j := range c.Train.All() {
			letter := "sdnke"[j : j+1]
			if c.Serves.Has(j) {
				letter = strings.ToUpper(letter)
			}
			b.WriteString(letter)
		}
		if c.Cost == 0.5 {
			b.WriteString("½")
		}
		out = append(out, b.String())
	}
	return strings.Join(out, " ")
}

// everything tries all sets of networks within a budget.
func everything(pools []solve.Pool, budget float64) float64 {
	best := math.Inf(-1)
	var top func(k int, left float64, gain [5]float64)
	top = func(k int, left float64, gain [5]float64) {
		sum := 0.0
		for _, g := range gain {
			sum += g
		}
		best = max(best, sum)
		for ; k < len(pools); k++ {
			if pools[k].Cost > left+1e-9 {
				continue
			}
			with := gain
			for i, j := range pools[k].Train.Members() {
				with[j] = max(with[j], pools[k].Gain[i])
			}
			top(k+1, left-pools[k].Cost, with)
		}
	}
	nothing := math.Inf(-1)
	top(0, budget, [5]float64{nothing, nothing, nothing, nothing, nothing})
	return best
}

// lossOf is the sum of losses that a choice has by other figures of the same
// networks, each task served where it was planned.
func lossOf(s *solve.Solution, pools []solve.Pool) float64 {
	sum := 0.0
	for _, c := range s.Chosen {
		for i, j := range pools[c.Pool].Train.Members() {
			if c.Serves.Has(j) {
				sum -= pools[c.Pool].Gain[i]
			}
		}
	}
	return sum
}

// members are the subsets of a table of MTG-Net with what each member gains in it.
func members(t *testing.T, x, y string) []solve.Pool {
	t.Helper()
	var out []solve.Pool
	values := published.Numbers(t, y)
	for k, row := range published.Numbers(t, x) {
		p := solve.Pool{Cost: 1}
		for j, in := range row {
			if in == 1 {
				p.Train = p.Train.With(j)
				p.Gain = append(p.Gain, values[k][j])
			}
		}
		if p.Train.Count() == 1 {
			p.Gain[0] = 0
		}
		out = append(out, p)
	}
	return out
}

func solved(t *testing.T, p *solve.Problem) *solve.Solution {
	t.Helper()
	s, err := solve.Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Optimal {
		t.Fatalf("not proved: %v of %v", s.Value, s.Bound)
	}
	return s
}

// TestPublished solves result tables of others and compares what comes of it with
// testdata/published.md.
func TestPublished(t *testing.T) {
	dir := published.Folder(t)
	var b strings.Builder
	b.WriteString(publishedHead)
	for _, file := range []struct{ name, path, test string }{
		{"Standley et al., smaller networks", "standley_results.txt", "standley_results_test.txt"},
		{"Standley et al., larger networks", "standley_results_large.txt", "standley_results_large_test.txt"},
	} {
		pools, fresh := standley(t, filepath.Join(dir, file.path)), standley(t, filepath.Join(dir, file.test))
		fmt.Fprintf(&b, "\n### %s (`%s`)\n\n", file.name, file.path)
		b.WriteString("| budget | best sum of losses | networks | as a partition | networks | chosen here, on the test set | best on the test set |\n|---|---|---|---|---|---|---|\n")
		for half := 2; half <= 10; half++ {
			budget := float64(half) / 2
			cover := solved(t, &solve.Problem{Domains: 5, Pools: pools, Helpers: true, Budget: budget})
			if want := everything(pools, budget); math.Abs(cover.Value-want) > 1e-12 {
				t.Errorf("%s, budget %v: %v, want %v", file.name, budget, cover.Value, want)
			}
			parts := solved(t, &solve.Problem{Domains: 5, Pools: pools, Budget: budget})
			best := solved(t, &solve.Problem{Domains: 5, Pools: fresh, Helpers: true, Budget: budget})
			fmt.Fprintf(&b, "| %g | %.5f | %s | %.5f | %s | %.5f | %.5f |\n",
				budget, -cover.Value, networks(cover), -parts.Value, networks(parts), lossOf(cover, fresh), -best.Value)
		}
	}
	for _, table := range []struct {
		name, x, y string
		estimates  [][2]string
	}{
		{"ETTm1, 7 tasks", "mtg_ETTm1_x.csv", "mtg_ETTm1_y.csv", [][2]string{{"HOA", "mtg_ETTm1_HOA.csv"}, {"TAG+HOA", "mtg_ETTm1_TAG_HOA.csv"}, {"gains on validation data", "mtg_ETTm1_val_y.csv"}}},
		{"Taskonomy, 5 tasks", "mtg_taskonomy_x.csv", "mtg_taskonomy.csv", [][2]string{{"HOA", "mtg_taskonomy_HOA.csv"}, {"TAG+HOA", "mtg_taskonomy_TAGHOA.csv"}}},
	} {
		x := filepath.Join(dir, table.x)
		truth := members(t, x, filepath.Join(dir, table.y))
		n := 0
		for _, p := range truth {
			n = max(n, p.Train.Last()+1)
		}
		fmt.Fprintf(&b, "\n### %s (`%s`)\n\n", table.name, table.y)
		b.WriteString("| models | kind | best mean gain | groups |")
		for _, e := range table.estimates {
			fmt.Fprintf(&b, " chosen by %s | regret |", e[0])
		}
		b.WriteString("\n|---|---|---|---|" + strings.Repeat("---|---|", len(table.estimates)) + "\n")
		for _, helpers := range []bool{false, true} {
			for most := 1; most <= n; most++ {
				p := &solve.Problem{Domains: n, Pools: truth, Helpers: helpers, MaxPools: most}
				best := solved(t, p)
				kind := "partition"
				if helpers {
					kind = "with helpers"
				}
				fmt.Fprintf(&b, "| at most %d | %s | %+.4f | %s |", most, kind, best.Value/float64(n), groupsOf(best))
				for _, e := range table.estimates {
					q := *p
					q.Pools = members(t, x, filepath.Join(dir, e[1]))
					chosen := solved(t, &q)
					reached := 0.0
					for _, c := range chosen.Chosen {
						for i, j := range truth[c.Pool].Train.Members() {
							if c.Serves.Has(j) {
								reached += truth[c.Pool].Gain[i]
							}
						}
					}
					if reached > best.Value+1e-9 {
						t.Errorf("%s: chosen by %s, %v is more than the best, %v", table.name, e[0], reached, best.Value)
					}
					fmt.Fprintf(&b, " %+.4f | %.4f |", reached/float64(n), (best.Value-reached)/float64(n))
				}
				b.WriteString("\n")
			}
		}
	}
	path := filepath.Join("testdata", "published.md")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("%s is not what comes of the tables; write it again with -update\n%s", path, b.String())
	}
}

// groupsOf names pools by the numbers of their tasks; those in parentheses help.
func groupsOf(s *solve.Solution) string {
	var out []string
	for _, c := range s.Chosen {
		var names []string
		for j := range c.Train.All() {
			name := strconv.Itoa(j + 1)
			if !c.Serves.Has(j) {
				name = "(" + name + ")"
			}
			names = append(names, name)
		}
		out = append(out, strings.Join(names, "+"))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

const publishedHead = `# Result tables of others, solved

Written by

    go test ./grouping/gaintable -run Published -update

from tables that the project does not contain; SHAREWISE_DATA names the folder that
holds them as ` + "`published/`" + `. Every figure is proved optimal by the solver; those of
Standley et al. are compared with trying all sets of networks in the test.

**Standley et al.**, Which Tasks Should Be Learned Together in Multi-task Learning?
(2020), github.com/tstandley/taskgrouping, ` + "`network_selection/`" + `: tab-separated, no
header, a column for each of five tasks, a row for each network, with a loss where a
task is in it. The first row is an exception: the losses of five networks, one for
each task alone at half size, which cost 0.5. All others cost 1. ` + "`_test`" + ` holds the
same networks on the test set. Letters S, D, N, K, E are the five columns in their
order; a lower case letter is a task that is trained to help and served elsewhere, ½ a
network of half size. "Chosen here, on the test set" serves by the test set's losses
what was chosen by the file's own.

**MTG-Net** (Song et al. 2022), github.com/ShawnKS/MTG-Net, ` + "`gain_collection/`" + `:
` + "`x`" + ` says by 0 and 1 which tasks a subset has, ` + "`y`" + ` what each of them gains in it, 0
outside. HOA and TAG+HOA, by the names of the files, hold estimates of the same gains
that were taken over as they are. A choice by estimates is worth what its pools really gain; its regret is what that falls behind the
best choice, as a mean gain over tasks. Numbers are columns; one in parentheses helps.
`
