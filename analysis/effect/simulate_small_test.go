package effect

import (
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// TestCoverage is the reduced simulation of comparisons by themselves;
// BenchmarkCoverage prints the full table. With 200 repetitions a true 95 % reads
// between 91 and 98 %. Few runs that hardly move samples in common cannot be told
// from such that do, so that intervals of one comparison may hold the truth too
// often; TestStudyCoverage bounds what comparisons of a study may.
func TestCoverage(t *testing.T) {
	const repetitions = 200
	for _, c := range []struct {
		effect int
		run    float64
		k, kb  int
		shared bool
	}{
		{0, 0, 5, 5, false}, {0, 0.026, 3, 3, false}, {1, 0.0065, 5, 3, false}, {1, 0.026, 5, 5, false},
		{2, 0.026, 3, 3, false}, {2, 0.0065, 10, 10, false}, {0, 0.026, 5, 5, true}, {2, 0.0065, 5, 5, true},
		{0, 0.026, 6, 4, true}, {2, 0.026, 5, 3, true},
	} {
		e := effects[c.effect]
		w := world{e.name, c.run, e.change}
		got := simulate(w, 400, c.k, c.kb, repetitions, c.shared, 3)
		t.Logf("%-7s %6.4f  %-3d %-3d |%s", e.name, c.run, c.k, c.kb, got)
		for _, x := range []struct {
			what   string
			share  float64
			lo, hi float64
		}{
			{"interval of Δ", got.delta, .91, 1}, {"interval of E_T", got.excess, .91, 1},
			{"interval of F", got.floor, .91, 1}, {"interval of R_T", got.raw, .91, 1},
			{"bounds of T", got.boundsT, .95, 1}, {"bounds of I", got.boundsI, .95, 1},
			{"cross-fitted limit above T", got.crossfit, 0, .045},
		} {
			if x.share < x.lo || x.share > x.hi+1e-9 {
				t.Errorf("%s, run sd %g, K %d and %d, shared %v: %s %.3f, want %.2f to %.2f", e.name, c.run, c.k, c.kb, c.shared, x.what, x.share, x.lo, x.hi)
			}
		}
		if e.name == "null" && got.rejected > 0.09 {
			t.Errorf("run sd %g, K %d: no-effect test rejects in %.3f", c.run, c.k, got.rejected)
		}
	}
}

// With two runs nothing is promised beyond these runs: intervals are
// conditional, and the warning says so.
func TestTwoRunsAreConditional(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(1, 9)), 200, 2, 4)
	m := momentsOf(clusters(a.Correct, b.Correct, nil), arrangement{a: 3, b: 15})
	c := combDelta
	if v := m.variance(figureOf(c)); v.Value != m.betweenSamples(c[:]) {
		t.Errorf("variance %v, want that between samples, %v", v.Value, m.betweenSamples(c[:]))
	}
}

// simulateGain is the coverage of gain intervals, on errors and on losses.
func simulateGain(w world, n, k, repetitions int, shared bool) (onErrors, onLosses, onDelta float64) {
	delta, _, _, _ := w.truth()
	pBar := w.meanP()
	want := 1 - (1-pBar-delta)/(1-pBar)
	for rep := range repetitions {
		r := rand.New(rand.NewPCG(17, uint64(rep)))
		x, y := w.draw(r, n, k, k, shared)
		a := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: x, Loss: errorsAsLosses(x, k)}
		b := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Correct: y, Loss: errorsAsLosses(y, k)}
		o := Options{SharedSeeds: shared}
		for _, on := range []struct {
			measure string
			to      *float64
		}{{measures.Correct, &onErrors}, {measures.Loss, &onLosses}} {
			g, err := gainOf(a, b, on.measure, o)
			if err != nil {
				panic(err)
			}
			if g.Relative.Lo <= want && want <= g.Relative.Hi {
				*on.to += 1 / float64(repetitions)
			}
			if on.measure == measures.Correct && g.Absolute.Lo <= delta && delta <= g.Absolute.Hi {
				onDelta += 1 / float64(repetitions)
			}
		}
	}
	return onErrors, onLosses, onDelta
}

// errorsAsLosses makes losses that are 1 where a run was wrong.
func errorsAsLosses(correct []uint64, k int) [][]float32 {
	loss := make([][]float32, k)
	for run := range loss {
		loss[run] = make([]float32, len(correct))
		for i, c := range correct {
			if c>>run&1 == 0 {
				loss[run][i] = 1
			}
		}
	}
	return loss
}

func TestGainCoverage(t *testing.T) {
	for _, c := range []struct {
		effect, k int
		run       float64
		shared    bool
	}{{0, 3, 0.026, false}, {2, 5, 0.0065, false}, {2, 5, 0.026, true}} {
		e := effects[c.effect]
		w := world{e.name, c.run, e.change}
		x, y, z := simulateGain(w, 300, c.k, 300, c.shared)
		t.Logf("%s, run sd %g, K %d, shared %v: coverage of gain %.3f on errors, %.3f on losses, %.3f absolute", e.name, c.run, c.k, c.shared, x, y, z)
		if min(x, y, z) < .91 || max(x, y, z) > .995 {
			t.Errorf("coverage out of range")
		}
	}
}
