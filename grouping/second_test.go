package grouping

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// secondWorld is a study of four domains with planted gains of every pair in errors
// and in losses, of which errors are measured with more noise. Errors of both
// measures have half of their noise in common, as the same samples and runs have.
type secondWorld struct {
	name         string
	errors       func(i, j int) float64
	losses       func(i, j int) float64
	noise, quiet float64
	decides      bool // losses should
}

func partners(in, out float64) func(i, j int) float64 {
	return func(i, j int) float64 {
		if i/2 == j/2 {
			return in
		}
		return out
	}
}

// secondWorlds are worlds where both measures mean the same, and where they do not.
func secondWorlds() []secondWorld {
	both := partners(0.15, -0.12)
	worse := partners(-0.08, -0.08) // sharing calibrates, and costs errors
	better := partners(0.2, 0.1)
	mixed := func(i, j int) float64 { // other partners by errors than by losses
		if i%2 == j%2 {
			return 0.15
		}
		return -0.12
	}
	return []secondWorld{
		{name: "both mean the same", errors: both, losses: both, noise: 0.14, quiet: 0.02, decides: true},
		{name: "both mean the same, less", errors: partners(0.1, -0.06), losses: partners(0.1, -0.06), noise: 0.1, quiet: 0.015, decides: true},
		{name: "losses fall, errors rise", errors: worse, losses: better, noise: 0.1, quiet: 0.02},
		{name: "losses fall among partners, errors rise", errors: worse, losses: partners(0.2, -0.1), noise: 0.1, quiet: 0.02},
		{name: "losses fall, errors stay", errors: partners(-0.03, -0.03), losses: partners(0.2, -0.1), noise: 0.1, quiet: 0.02},
		{name: "other partners", errors: mixed, losses: both, noise: 0.1, quiet: 0.02},
	}
}

// results draws a study's results.
func (w secondWorld) results(r *rand.Rand) *analysis.Results {
	out := &analysis.Results{Version: 2, Study: "s", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"}, ByLoss: &analysis.ByLoss{}}
	for i := range 4 {
		out.Domains = append(out.Domains, analysis.DomainInfo{Name: fmt.Sprint("d", i), Measure: measures.Correct})
	}
	add := func(list *[]analysis.Gain, i, j int, value, sd float64, metric string) {
		pool := []string{fmt.Sprint("d", min(i, j)), fmt.Sprint("d", max(i, j))}
		g := effect.Gain{Relative: effect.Interval{Value: value, Lo: value - 1.96*sd, Hi: value + 1.96*sd}, Metric: metric, Samples: 100, Seeds: effect.Pair[int]{Independent: 5, Arm: 5}}
		*list = append(*list, analysis.Gain{Key: analysis.Key{Arm: fmt.Sprint(pool), Rung: "w1", Weighting: "equal", Domain: fmt.Sprint("d", i)}, Pool: pool, Gain: g})
	}
	for i := range 4 {
		for j := range 4 {
			if i == j {
				continue
			}
			common, own, other := r.NormFloat64(), r.NormFloat64(), r.NormFloat64()
			const half = 0.7071
			add(&out.Gains, i, j, w.errors(i, j)+w.noise*half*(common+own), w.noise, measures.Of(measures.Correct).Metric.Name)
			add(&out.ByLoss.Gains, i, j, w.losses(i, j)+w.quiet*half*(common+other), w.quiet, measures.Of(measures.Loss).Metric.Name)
		}
	}
	return out
}

// regret is how much the truth in errors has better than a grouping, averaged over
// domains.
func (w secondWorld) regret(groups [][]string) float64 {
	value := func(groups [][]string) float64 {
		sum := 0.0
		for _, g := range groups {
			for _, a := range g {
				for _, b := range g {
					if a != b {
						sum += w.errors(int(a[1]-'0'), int(b[1]-'0')) / float64(len(g)-1)
					}
				}
			}
		}
		return sum / 4
	}
	best := 0.0
	for _, p := range [][][]string{
		{{"d0", "d1"}, {"d2", "d3"}}, {{"d0", "d2"}, {"d1", "d3"}}, {{"d0", "d3"}, {"d1", "d2"}},
		{{"d0", "d1"}}, {{"d0", "d2"}}, {{"d0", "d3"}}, {{"d1", "d2"}}, {{"d1", "d3"}}, {{"d2", "d3"}},
	} {
		best = max(best, value(p))
	}
	return best - value(groups)
}

// second counts, over studies, decisions settled by errors, by losses too, and how
// many of the latter were wrong about errors.
func (w secondWorld) second(t testing.TB, studies int) (alone, with, wrong float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 1))
	for s := range studies {
		results := w.results(r)
		got, err := RecommendResults(results, Options{Draws: 200, Seed: uint64(s)})
		if err != nil {
			t.Fatal(err)
		}
		settled := got.Stability.Decision.Kind != Unsettled
		rests := got.Second != nil && got.Second.Rests
		if settled {
			alone++
		}
		if settled || rests {
			with++
		}
		if rests {
			if got.RestsOn != measures.Loss {
				t.Errorf("the decision rests on losses, and the recommendation says %q", got.RestsOn)
			}
			if w.regret(got.Names()) > got.Stability.Decision.Tolerance {
				wrong++
			}
		}
	}
	n := float64(studies)
	return alone / n, with / n, wrong / n
}

// TestSecond: losses settle more where both measures mean the same, and next to
// nothing that is wrong about errors where they do not.
func TestSecond(t *testing.T) {
	t.Parallel()
	for _, w := range secondWorlds() {
		alone, with, wrong := w.second(t, 40)
		if wrong > 0.05 {
			t.Errorf("%s: %.3f of decisions that rest on losses are wrong about errors", w.name, wrong)
		}
		if w.decides && with < alone+0.1 {
			t.Errorf("%s: settled %.3f by errors and %.3f with losses", w.name, alone, with)
		}
	}
}

// BenchmarkSecond prints the table in testdata/second.md:
//
//	go test ./grouping -run='^$' -bench=Second -benchtime=1x
func BenchmarkSecond(b *testing.B) {
	fmt.Println("| study | noise of a gain in errors | in losses | settled by errors | settled with losses | wrong about errors |")
	fmt.Println("|---|---|---|---|---|---|")
	for range b.N {
		for _, w := range secondWorlds() {
			alone, with, wrong := w.second(b, 300)
			fmt.Printf("| %s | %.3g | %.3g | %.3f | %.3f | %.3f |\n", w.name, w.noise, w.quiet, alone, with, wrong)
		}
	}
}
