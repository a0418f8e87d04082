package effect

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

func nearInterval(a, b Interval) bool {
	return near(a.Value, b.Value) && near(a.Lo, b.Lo) && near(a.Hi, b.Hi)
}

// Errors are losses of 0 and 1: both ways of computing a gain must agree, with
// groups and shared seeds too.
func TestGainOfErrorsAndLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		ka, kb         int
		groups, shared bool
	}{{3, 3, false, false}, {5, 4, false, false}, {4, 4, true, false}, {5, 5, true, true}, {2, 5, false, false}, {6, 4, true, true}} {
		a, b := randomRuns(r, 90, c.ka, c.kb)
		a.Loss, b.Loss = errorsAsLosses(a.Correct, c.ka), errorsAsLosses(b.Correct, c.kb)
		if c.groups {
			a.Group = make([]int32, 90)
			for i := range a.Group {
				a.Group[i] = int32(r.IntN(12))
			}
			b.Group = a.Group
		}
		if c.shared {
			b.Seeds = seeds(1, c.kb)
		}
		o := Options{SharedSeeds: c.shared}
		x, err := gainOf(a, b, measures.Correct, o)
		if err != nil {
			t.Fatal(err)
		}
		y, err := gainOf(a, b, measures.Loss, o)
		if err != nil {
			t.Fatal(err)
		}
		if !nearInterval(x.Relative, y.Relative) || !nearInterval(x.Absolute, y.Absolute) {
			t.Errorf("%+v: on errors %v %v, on losses %v %v", c, x.Relative, x.Absolute, y.Relative, y.Absolute)
		}
		e, err := compareRuns(a, b, o)
		if err != nil {
			t.Fatal(err)
		}
		if !nearInterval(e.Delta, x.Absolute) || !nearInterval(e.LossReduction, x.Absolute) {
			t.Errorf("%+v: delta %v, loss %v, absolute gain %v", c, e.Delta, e.LossReduction, x.Absolute)
		}
	}
}

func TestGainKnownAnswer(t *testing.T) {
	a := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 2, Loss: [][]float32{{1, 3}, {1, 3}, {1, 3}}}
	b := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 2, Loss: [][]float32{{1, 2}, {1, 2}, {1, 2}}}
	g, err := gainOf(a, b, measures.Loss, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// e_A = 2, e_B = 1.5. The linearised values of the two samples are
	// (0.75·1 - 1)/2 and (0.75·3 - 2)/2, ±1/8, of variance 1/32; runs do not
	// differ, so V = 1/64, with one degree of freedom for two samples, of t 12.706.
	// The lower limit is 1 - 0.75 exp(h), h = 12.706/8/0.75, in a straight line
	// beyond 2. The upper one, 1 - 0.75 exp(-h), leaves out that two samples may miss
	// a fall of the loss: one change by 1 was seen, and the largest loss is 3, so that
	// a change unseen counts (1 + 3)/2; it is cut at 1.
	h := 12.7062 / 8 / 0.75
	want := Interval{0.25, 1 - 0.75*math.Exp(2)*(h-1), 1}
	if math.Abs(g.Relative.Value-want.Value)+math.Abs(g.Relative.Lo-want.Lo)+math.Abs(g.Relative.Hi-want.Hi) > 1e-4 || g.Absolute.Value != 0.5 || g.Metric != "loss" {
		t.Errorf("gain %+v, want %v", g, want)
	}
}

// Losses below zero can fall by more than all of their mean: nothing is cut.
func TestGainOfNegativeLosses(t *testing.T) {
	a := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 2, Loss: [][]float32{{1, 3}, {1, 3}, {1, 3}}}
	b := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 2, Loss: [][]float32{{-1, 2}, {-1, 2}, {-1, 2}}}
	g, err := gainOf(a, b, measures.Loss, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if g.Relative.Hi <= 1 {
		t.Errorf("gain %v", g.Relative)
	}
}

func TestGainEdges(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(2, 2)), 50, 1, 3)
	g, err := gainOf(a, b, measures.Correct, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(g.Relative.Value) || !math.IsNaN(g.Relative.Lo) || len(g.Warnings) != 1 {
		t.Errorf("one run: %+v", g)
	}
	perfect, _ := NewRuns("d", [][]bool{{true, true}, {true, true}, {true, true}})
	if g, err = gainOf(perfect, perfect, measures.Correct, Options{}); err != nil || !math.IsNaN(g.Relative.Value) || g.Absolute.Value != 0 {
		t.Errorf("nothing to reduce: %+v, %v", g, err)
	}
	if _, err := gainOf(a, b, measures.Loss, Options{}); err == nil {
		t.Error("a gain of losses without losses")
	}
}

func TestPlacebo(t *testing.T) {
	a, _ := randomRuns(rand.New(rand.NewPCG(3, 3)), 300, 4, 2)
	p, err := Placebo(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// By hand: the three splits of four runs.
	var raw, floor, lo, hi float64
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range [][2][]int{{{0, 1}, {2, 3}}, {{0, 2}, {1, 3}}, {{0, 3}, {1, 2}}} {
		e, err := compareRuns(a.pick(s[0]), a.pick(s[1]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		raw += e.Transfer.Raw.Value / 3
		floor += e.Transfer.Floor.Value / 3
		lo, hi = min(lo, e.Transfer.Raw.Value), max(hi, e.Transfer.Raw.Value)
	}
	if got := p.Transfer.Raw; !nearInterval(got, Interval{raw, lo, hi}) {
		t.Errorf("raw %v, want %v", got, Interval{raw, lo, hi})
	}
	if !near(p.Transfer.Floor.Value, floor) || p.Seeds.Independent != 2 || p.Seeds.Arm != 2 {
		t.Errorf("floor %v, want %v", p.Transfer.Floor.Value, floor)
	}
	three, _ := randomRuns(rand.New(rand.NewPCG(3, 3)), 30, 3, 2)
	if _, err := Placebo(three, Options{}); !errors.Is(err, ErrOneRun) {
		t.Errorf("three runs: %v", err)
	}
}

func TestSplits(t *testing.T) {
	for k, want := range map[int]int{4: 3, 5: 10, 6: 10, 7: 35, 8: 35} {
		splits, all := splitsOf(k, 1)
		seen := map[string]bool{}
		for _, s := range splits {
			if len(s[0])+len(s[1]) != k || len(s[0]) != k/2 {
				t.Errorf("k %d: split %v", k, s)
			}
			seen[key(s[0])] = true
			if k%2 == 0 && seen[key(s[1])] {
				t.Errorf("k %d: %v is the mirror of another split", k, s)
			}
		}
		if len(seen) != want || !all {
			t.Errorf("k %d: %d splits, want %d", k, len(seen), want)
		}
	}
	if splits, all := splitsOf(12, 1); all || len(splits) != maxSplits {
		t.Errorf("k 12: %d splits, all %v", len(splits), all)
	}
}

func key(runs []int) string {
	s := ""
	for _, r := range runs {
		s += string(rune('a' + r))
	}
	return s
}
