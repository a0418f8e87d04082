package effect

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// oneSample holds the losses of a sample as columns of runs.
func oneSample(x []float64) [][]float32 {
	runs := make([][]float32, len(x))
	for k, v := range x {
		runs[k] = []float32{float32(v)}
	}
	return runs
}

// skewedLosses draws losses that a float32 holds exactly; some are equal.
func skewedLosses(r *rand.Rand, k int) []float64 {
	x := make([]float64, k)
	for i := range x {
		x[i] = float64(float32(math.Exp(1.5 * r.NormFloat64())))
		if r.IntN(4) == 0 {
			x[i] = 0.5
		}
	}
	return x
}

func TestLossValuesFollowTheirDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 2))
	for range 1500 {
		ka, kb := 3+r.IntN(5), 3+r.IntN(5)
		a, b := &Runs{Seeds: seeds(1, ka)}, &Runs{Seeds: seeds(100, kb)}
		switch r.IntN(3) {
		case 0: // all shared
			kb, b.Seeds = ka, a.Seeds
		case 1: // some shared
			b.Seeds = seeds(1+r.IntN(ka), kb)
		}
		a.Loss, b.Loss = oneSample(skewedLosses(r, ka)), oneSample(skewedLosses(r, kb))
		c := &Comparison{a: a, b: b, shared: sharedSeeds(a, b)}
		c.arrangement, c.placeA, c.placeB = arrangementOf(a, b, c.shared)
		deletions, _, _ := c.arrangement.deletions(3)
		p := newLossPoint(c.arrangement, deletions)
		xa, xb := c.arranged()
		p.load(xa, xb, 0)
		for _, d := range append(p.deletions, deletion{-1, -1}) {
			var left [2]struct {
				loss  []float64
				seeds []int64
			}
			for side, from := range []struct {
				*Runs
				place []int
				gone  int
			}{{a, c.placeA, d.a}, {b, c.placeB, d.b}} {
				for k, s := range from.Seeds {
					if from.place[k] != from.gone {
						left[side].loss = append(left[side].loss, float64(from.Loss[k][0]))
						left[side].seeds = append(left[side].seeds, s)
					}
				}
			}
			got, want := p.at(d), naive(left[0].loss, left[1].loss, left[0].seeds, left[1].seeds)
			for i := range got {
				if math.Abs(got[i]-want[i]) > 1e-10*(1+math.Abs(want[i])) {
					t.Fatalf("losses %v, %v without %v: value %d is %v, want %v", left[0], left[1], d, i, got[i], want[i])
				}
			}
		}
	}
}

// Errors are losses of 0 and 1: every figure on losses is then that on
// correctness, with groups and shared seeds too.
func TestLossesOfZeroAndOneAreErrors(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	for _, c := range []struct {
		ka, kb         int
		groups, shared bool
	}{{2, 2, false, false}, {3, 3, false, false}, {5, 4, false, false}, {4, 4, true, false}, {5, 5, true, true}, {2, 5, false, false}, {6, 4, false, true}, {3, 3, false, true}} {
		a, b := randomRuns(r, 150, c.ka, c.kb)
		a.Loss, b.Loss = errorsAsLosses(a.Correct, c.ka), errorsAsLosses(b.Correct, c.kb)
		if c.groups {
			a.Group = make([]int32, a.Samples)
			for i := range a.Group {
				a.Group[i] = int32(r.IntN(20))
			}
			b.Group = a.Group
		}
		if c.shared {
			b.Seeds = seeds(1, c.kb)
		}
		x, err := compareRuns(a, b, Options{SharedSeeds: c.shared})
		if err != nil {
			t.Fatal(err)
		}
		y, err := compareRuns(a, b, Options{SharedSeeds: c.shared, Measure: measures.Loss})
		if err != nil {
			t.Fatal(err)
		}
		if x.Measure != measures.Correct || y.Measure != measures.Loss {
			t.Errorf("measures %s and %s", x.Measure, y.Measure)
		}
		same := func(what string, p, q float64) {
			t.Helper()
			if math.Abs(p-q) > 1e-12 && !(math.IsNaN(p) && math.IsNaN(q)) {
				t.Errorf("%+v: %s is %v on correctness, %v on losses", c, what, p, q)
			}
		}
		for k, v := range x.intervals() {
			w := y.intervals()[k]
			same("interval", v.Value, w.Value)
			same("lower limit", v.Lo, w.Lo)
			same("upper limit", v.Hi, w.Hi)
		}
		alike := func(what string, p, q Number) { t.Helper(); same(what, float64(p), float64(q)) }
		alike("loss alone", 1-x.Accuracy.Independent, y.Loss.Independent)
		alike("loss of the arm", 1-x.Accuracy.Arm, y.Loss.Arm)
		alike("upper bound of T", x.Transfer.BoundHi, y.Transfer.BoundHi)
		alike("upper bound of I", x.Interference.BoundHi, y.Interference.BoundHi)
		alike("S", x.NoEffect.Statistic, y.NoEffect.Statistic)
		alike("p", x.NoEffect.P, y.NoEffect.P)
		alike("least p", x.NoEffect.Smallest, y.NoEffect.Smallest)
		if y.Transfer.BoundLo > x.Transfer.BoundLo+1e-12 {
			t.Errorf("%+v: without the excess the lower bound rises from %v to %v", c, x.Transfer.BoundLo, y.Transfer.BoundLo)
		}
		if c.ka == c.kb && !c.shared {
			if x.Calls.Tested != y.Calls.Tested || x.Calls.Minimum != y.Calls.Minimum || x.Calls.Needed != y.Calls.Needed || x.Calls.Helped != y.Calls.Helped || x.Calls.Note != y.Calls.Note {
				t.Errorf("%+v: calls %+v on correctness, %+v on losses", c, x.Calls, y.Calls)
			}
		}
	}
}

// Losses in other units give the same effect in these units.
func TestLossUnits(t *testing.T) {
	a, b := lossRuns(rand.New(rand.NewPCG(23, 1)), lossWorlds[2], 200, 4, 4)
	scaled := func(r *Runs) *Runs {
		out := *r
		out.Loss = nil
		for _, l := range r.Loss {
			l = slices.Clone(l)
			for i := range l {
				l[i] *= 1024
			}
			out.Loss = append(out.Loss, l)
		}
		return &out
	}
	x, err := compareRuns(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	y, err := compareRuns(scaled(a), scaled(b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range [][2]Side{{x.Transfer, y.Transfer}, {x.Interference, y.Interference}} {
		if !near(1024*s[0].Bounds().Lo, s[1].Bounds().Lo) || !near(1024*s[0].Bounds().Hi, s[1].Bounds().Hi) || !near(1024*s[0].Crossfit.Lo, s[1].Crossfit.Lo) || !near(float64(s[0].Normalised), float64(s[1].Normalised)) {
			t.Errorf("in units of one %+v, of 1/1024 %+v", s[0], s[1])
		}
	}
	if x.NoEffect.P != y.NoEffect.P || x.Calls.Note != y.Calls.Note {
		t.Errorf("p %v and %v, calls %q and %q", x.NoEffect.P, y.NoEffect.P, x.Calls.Note, y.Calls.Note)
	}
}

func TestLossesRefuse(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(24, 1)), 50, 3, 3)
	if _, err := compareRuns(a, b, Options{Measure: measures.Loss}); !errors.Is(err, ErrNoLoss) {
		t.Errorf("no losses: %v", err)
	}
	if _, err := compareRuns(a, b, Options{Measure: "both"}); err == nil {
		t.Error("measure both accepted")
	}
	a.Loss, b.Loss = errorsAsLosses(a.Correct, 3), errorsAsLosses(b.Correct, 3)
	b.Correct = nil
	if _, err := compareRuns(a, b, Options{}); !errors.Is(err, ErrNoCorrect) {
		t.Errorf("correctness on one side: %v", err)
	}
	one := a.pick([]int{0})
	if _, err := compareRuns(one, b, Options{Measure: measures.Loss}); !errors.Is(err, ErrOneRun) {
		t.Errorf("one run: %v", err)
	}
	b.Seeds, one = a.Seeds[:2], a.pick([]int{0, 1})
	e, err := compareRuns(one, b.pick([]int{0, 1}), Options{Measure: measures.Loss, SharedSeeds: true})
	if err != nil || len(e.Warnings) == 0 || !strings.HasPrefix(e.Warnings[0], "intervals and bounds are conditional on these runs") {
		t.Errorf("two shared seeds: %+v, %v", e, err)
	}
}

// Identical runs on both sides: nothing moves, and nothing is claimed.
func TestLossesWithoutNoise(t *testing.T) {
	a := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 40, Loss: make([][]float32, 3)}
	for k := range a.Loss {
		a.Loss[k] = make([]float32, 40)
		for i := range a.Loss[k] {
			a.Loss[k][i] = float32(i)
		}
	}
	b := *a
	b.Seeds = seeds(10, 3)
	e, err := compareRuns(a, &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Side{e.Transfer, e.Interference} {
		// Forty samples would miss what changes fewer than about four of them.
		missed := -math.Log(.025) * 39 / 40
		if s.Estimate != 0 || s.BoundLo != 0 || math.Abs(float64(s.BoundHi)-missed) > 1e-6 || s.Raw.Value != 0 {
			t.Errorf("side %+v, want limits of %v", s, missed)
		}
	}
	if e.NoEffect.P != 1 || e.Calls.Called || e.Calls.Tested != 0 {
		t.Errorf("test %+v, calls %+v", e.NoEffect, e.Calls)
	}
}

// A few samples with most of the seed noise are named; many that are alike are
// not.
func TestUnevenLosses(t *testing.T) {
	for _, c := range []struct {
		sd   float64
		warn bool
	}{{0, false}, {0.5, false}, {2, true}} {
		w := lossFamilies[0].with(0, 0.02)
		w.theta = logNormal(c.sd)
		a, b := lossRuns(rand.New(rand.NewPCG(26, 1)), w, 500, 4, 4)
		e, err := compareRuns(a, b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(e.Warnings, "\n"), "losses are uneven"); got != c.warn {
			t.Errorf("spread %v: warnings %q", c.sd, e.Warnings)
		}
	}
}

func TestPlaceboOfLosses(t *testing.T) {
	a, _ := lossRuns(rand.New(rand.NewPCG(25, 1)), lossWorlds[0], 300, 4, 4)
	e, err := Placebo(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Measure != measures.Loss || !e.Transfer.BoundHi.Known() || e.Transfer.Raw.Value < e.Transfer.Floor.Value/2 || e.Delta.Lo > 0 || e.Delta.Hi < 0 {
		t.Errorf("placebo %+v", e)
	}
	// The mean of all splits has no direction: every split has its mirror image.
	if math.Abs(e.Transfer.Excess.Value) > 0.2*e.Transfer.Floor.Value {
		t.Errorf("excess %v, floor %v", e.Transfer.Excess.Value, e.Transfer.Floor.Value)
	}
}
