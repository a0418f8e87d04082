package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

func TestAnswer(t *testing.T) {
	v := func(lo, value, hi float64) effect.Interval { return effect.Interval{Value: value, Lo: lo, Hi: hi} }
	for _, c := range []struct {
		name         string
		small, large effect.Interval
		want         Answer
	}{
		{"harmed, then helped", v(-.2, -.1, -.05), v(.05, .1, .2), Yes},
		{"rises, small open", v(-.1, -.05, .01), v(.05, .1, .15), InPart},
		{"rises, large open", v(-.2, -.15, -.1), v(-.02, .05, .1), InPart},
		{"helped already", v(.05, .1, .15), v(.3, .35, .4), No},
		{"harmed still", v(-.5, -.4, -.3), v(-.2, -.1, -.05), No},
		{"falls", v(-.02, .1, .2), v(-.3, -.2, .01), No},
		{"nothing known", v(-.1, 0, .1), v(-.05, .05, .15), NotSettled},
		{"helped at the largest, small open", v(-.3, .02, .3), v(.05, .1, .2), NotSettled},
		{"no limits", v(math.NaN(), -.1, math.NaN()), v(math.NaN(), .2, math.NaN()), NotSettled},
	} {
		if got := answerOf(direction(c.small), direction(c.large), direction(changeBetween(c.small, c.large))); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// Limits of a difference: √(3² + 4²) on both sides.
	if got := changeBetween(v(-3, 0, 4), v(6, 10, 13)); got != v(10-math.Hypot(4, 4), 10, 10+math.Hypot(3, 3)) {
		t.Errorf("change %v", got)
	}
}

// ladder is a study of several domains and sizes with an arm of all domains,
// measured by squared errors: a sample, a run and chance add up to an error.
// Sharing multiplies the errors of domain d at size k by factor(d, k).
func ladder(t testing.TB, random *rand.Rand, domains, sizes, samples, runs int, factor func(d, k int) float64) *analysis.Results {
	t.Helper()
	r := &analysis.Results{Level: 0.95, Weightings: []string{"equal"}}
	var pool, measured, rungs []string
	var comparisons []*effect.Comparison
	for d := range domains {
		pool = append(pool, fmt.Sprintf("d%d", d))
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: pool[d]})
	}
	for k := range sizes {
		rung := fmt.Sprintf("w%d", k)
		r.Rungs = append(r.Rungs, rung)
		for d, name := range pool {
			sample := make([]float64, samples)
			for i := range sample {
				sample[i] = random.NormFloat64()
			}
			arm := func(factor float64) *effect.Runs {
				out := &effect.Runs{Domain: name, Samples: samples}
				for seed := range runs {
					run := 0.2 * random.NormFloat64()
					row := make([]float32, samples)
					for i, x := range sample {
						e := factor * (x + run + 0.5*random.NormFloat64())
						row[i] = float32(e * e)
					}
					out.Seeds, out.Loss = append(out.Seeds, int64(seed+1)), append(out.Loss, row)
				}
				return out
			}
			c, err := effect.Compare(arm(1), arm(factor(d, k)), effect.Options{Choices: 1})
			if err != nil {
				t.Fatal(err)
			}
			comparisons, measured, rungs = append(comparisons, c), append(measured, name), append(rungs, rung)
		}
	}
	effect.Moderate(comparisons)
	for i, c := range comparisons {
		e, err := c.Effect()
		if err != nil {
			t.Fatal(err)
		}
		g, err := c.Gain(measures.Loss)
		if err != nil {
			t.Fatal(err)
		}
		key := analysis.Key{Arm: "joint", Rung: rungs[i], Weighting: "equal", Domain: measured[i]}
		r.Effects = append(r.Effects, analysis.Effect{Key: key, Effect: *e})
		r.Gains = append(r.Gains, analysis.Gain{Key: key, Pool: pool, Gain: *g})
	}
	return r
}

// TestSurelyIsControlled checks that where sharing does nothing at all, at most 5 %
// of studies say of any domain at any size that samples are surely harmed or
// helped, although lower bounds above zero, each by itself sound, are in more of
// them.
func TestSurelyIsControlled(t *testing.T) {
	t.Parallel() // takes seconds
	nothing := func(int, int) float64 { return 1 }
	answered := 0 // plain intervals that leave out zero
	for _, runs := range []int{3, 5} {
		studies := 240 / (runs + 1)
		said, above, directed := 0, 0, 0
		for s := range studies {
			r := ladder(t, rand.New(rand.NewPCG(uint64(runs), uint64(s))), 4, 3, 40, runs, nothing)
			c := AnswerCapacity(r, "equal", nil)
			if c.Looked != 24 {
				t.Fatalf("%d sides were looked at, want two of 4 domains at 3 sizes", c.Looked)
			}
			if slices.ContainsFunc(c.Domains, func(d DomainCapacity) bool { return len(d.Harmed)+len(d.Helped) > 0 }) {
				said++
			}
			if slices.ContainsFunc(c.Domains, func(d DomainCapacity) bool {
				return d.AtSmallest != Unclear || d.AtLargest != Unclear || d.Trend != Unclear
			}) {
				directed++
			}
			if slices.ContainsFunc(c.Domains, func(d DomainCapacity) bool {
				return direction(d.Small) != Unclear || direction(d.Large) != Unclear || direction(d.Change) != Unclear
			}) {
				answered++
			}
			if slices.ContainsFunc(r.Effects, func(e analysis.Effect) bool { return e.Transfer.BoundLo > 0 || e.Interference.BoundLo > 0 }) {
				above++
			}
		}
		if float64(said) > 0.05*float64(studies) {
			t.Errorf("%d runs: said in %d of %d null studies, want at most 5 %%", runs, said, studies)
		}
		if above < studies/40 {
			t.Errorf("%d runs: only %d of %d null studies have a bound above zero, so that nothing was controlled", runs, above, studies)
		}
		if float64(directed) > 0.1*float64(studies) {
			t.Errorf("%d runs: a gain is called harmed, helped, rising or falling in %d of %d null studies", runs, directed, studies)
		}
		t.Logf("%d runs: said in %d of %d null studies; some bound is above zero in %d", runs, said, studies, above)
	}
	if answered < 15 {
		t.Errorf("only %d null studies have an interval without zero, so that nothing was controlled", answered)
	}
}

// TestSurelyIsSaid checks that large effects are called sure, at their sizes only.
func TestSurelyIsSaid(t *testing.T) {
	r := ladder(t, rand.New(rand.NewPCG(1, 1)), 2, 2, 300, 5, func(d, k int) float64 {
		return [][]float64{{2, 0.5}, {1, 1}}[d][k]
	})
	c := AnswerCapacity(r, "equal", nil)
	if a := c.Domains[0]; a.Answer != Yes || !slices.Equal(a.Harmed, []string{"w0"}) || !slices.Equal(a.Helped, []string{"w1"}) {
		t.Errorf("harmed, then helped: %+v", a)
	}
	if b := c.Domains[1]; len(b.Harmed)+len(b.Helped) > 0 {
		t.Errorf("nothing done: %+v", b)
	}
}
