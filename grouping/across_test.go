package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/sharewise/sharewise/grouping/solve"
)

// movedTogether is what simulated studies say with and without covariances of gains
// of different domains.
type movedTogether struct {
	holds  [2]float64 // share of limits of the joint pool's total that hold it
	regret [2]float64 // share of studies whose true regret is at most the stated one
	across [2]float64 // mean correlations found, of a pool and of a seed
}

// moveTogether plants runs that move gains of several domains at once: a share
// across of the chance of a run is common to all domains it serves, and of
// independent runs to those of one seed.
func moveTogether(t *testing.T, studies, seeds int, correlation, across float64) (out movedTogether) {
	const n, samples = 4, 250
	for study := range studies {
		s := simulateAcross(rand.New(rand.NewPCG(31, uint64(study))), relations[study%2], n, seeds, samples, correlation, across)
		all := []set{solve.AllOf(n)}
		g := newGains(s.problem)
		weight := g.weights(all)
		best, err := Best(s.problem)
		if err != nil {
			t.Fatal(err)
		}
		truth := make([]float64, len(g.cell))
		for k, pool := range s.problem.Pools {
			for i, j := range pool.Members {
				truth[g.start[k]+i] = s.truth(j, g.sets[k])
			}
		}
		regret := (g.total(solveExactly(newScorer(g, truth)), truth) - g.total(mustSets(t, s.problem, best), truth)) / n
		for known := range 2 {
			if known == 1 {
				s.together()
			}
			errors, err := newErrorModel(g)
			if err != nil {
				t.Fatal(err)
			}
			half := quantile(0.975, errors.freedom(weight)) * math.Sqrt(errors.variance(weight))
			if math.Abs(g.total(all, g.cell)-g.total(all, truth)) <= half {
				out.holds[known] += 1 / float64(studies)
			}
			stability, err := Resample(s.problem, best, 200, 1)
			if err != nil {
				t.Fatal(err)
			}
			if regret <= stability.Decision.Regret+1e-9 {
				out.regret[known] += 1 / float64(studies)
			}
		}
		out.across[0] += s.across.Pool / float64(studies)
		out.across[1] += s.across.Seed / float64(studies)
	}
	return out
}

// TestTotalsMoveTogether checks that limits of totals hold the truth where runs move
// domains together, which they do less often as if domains were independent.
// SHAREWISE_SIMULATE=across prints the table in testdata/across.md.
func TestTotalsMoveTogether(t *testing.T) {
	t.Parallel() // takes seconds
	if os.Getenv("SHAREWISE_SIMULATE") == "across" {
		fmt.Println("| K | of a seed | of domains | correlation in a pool | between pools | total as if apart | total | regret as if apart | regret |")
		fmt.Println("|---|---|---|---|---|---|---|---|---|")
		for _, seeds := range []int{3, 5, 10} {
			for _, c := range [][2]float64{{0, 0}, {0, 0.8}, {0.7, 0}, {0.7, 0.4}, {0.7, 0.8}} {
				m := moveTogether(t, 300, seeds, c[0], c[1])
				fmt.Printf("| %d | %.1f | %.1f | %.2f | %.2f | %.3f | %.3f | %.3f | %.3f |\n", seeds, c[0], c[1], m.across[0], m.across[1], m.holds[0], m.holds[1], m.regret[0], m.regret[1])
			}
		}
		return
	}
	var apart, together float64
	for _, correlation := range []float64{0, 0.7} {
		m := moveTogether(t, 50, 5, correlation, 0.8)
		t.Logf("correlation of a seed %v: %+v", correlation, m)
		apart, together = apart+m.holds[0]/2, together+m.holds[1]/2
		if m.regret[1] < 0.9 {
			t.Errorf("correlation of a seed %v: stated regrets hold in %.2f", correlation, m.regret[1])
		}
	}
	if together < 0.9 || together <= apart {
		t.Errorf("limits of the total hold it in %.3f, and in %.3f as if domains were independent", together, apart)
	}
}

// TestAcrossWithin keeps the variances of the pools that are left where some
// domains are looked at alone.
func TestAcrossWithin(t *testing.T) {
	p := &Problem{
		Domains: []string{"a", "b", "c"},
		Pools:   []Pool{{Members: []int{0, 1}, Gain: []float64{0.1, 0.2}}, {Members: []int{0, 2}, Gain: []float64{0.3, 0.4}}, {Members: []int{1, 2}, Gain: []float64{0.5, 0.6}}},
		Across:  &Across{Pool: 0.5, Seeds: 3, Runs: [][]float64{{1, 2}, {3, 4}, {5, 6}}},
	}
	q := p.within([]string{"a", "c"})
	if err := q.Validate(); err != nil || len(q.Across.Runs) != 1 || q.Across.Runs[0][1] != 4 || len(p.Across.Runs) != 3 {
		t.Errorf("%+v, %v", q.Across, err)
	}
}
