package affinity

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
)

// TestCross works out distances of two domains that fit and a third whose models
// fit the first alone.
func TestCross(t *testing.T) {
	nan := math.NaN()
	loss := [][]float64{
		{0.1, 0.8, nan},
		{0.4, 0.2, nan},
		{0.3, nan, 0.1},
	}
	both, err := NewCross(loss, false)
	if err != nil {
		t.Fatal(err)
	}
	one, err := NewCross(loss, true)
	if err != nil {
		t.Fatal(err)
	}
	s := both.Score([]int{0, 1})
	want := -(math.Log(0.8/0.2) + math.Log(0.4/0.1)) / 2
	if !near(s[0].Value, want) || !near(s[1].Value, want) || !math.IsNaN(s[0].Deviation) {
		t.Errorf("both ways %v, want %g", s, want)
	}
	s = one.Score([]int{0, 1})
	if !near(s[0].Value, -math.Log(4)) || !near(s[1].Value, -math.Log(4)) {
		t.Errorf("one way %v", s)
	}
	s = one.Score([]int{0, 1, 2})
	if !near(s[0].Value, -(math.Log(4)+math.Log(3))/2) || !math.IsNaN(s[1].Value) || !math.IsNaN(s[2].Value) {
		t.Errorf("one way among three %v", s)
	}
	if s := both.Score([]int{0, 2}); !math.IsNaN(s[0].Value) {
		t.Errorf("both ways where one is not known: %v", s)
	}
	if one.Method().Pools != 0 || both.Method().Name == one.Method().Name {
		t.Errorf("methods %+v and %+v", both.Method(), one.Method())
	}
	for _, bad := range [][][]float64{{{1, 2}}, {{1, -1}, {1, 1}}, {{1, math.Inf(1)}, {1, 1}}} {
		if _, err := NewCross(bad, false); err == nil {
			t.Errorf("losses %v were taken", bad)
		}
	}
}

// TestCrossWithoutErrors does not divide by a loss of zero.
func TestCrossWithoutErrors(t *testing.T) {
	e, err := NewCross([][]float64{{0, 1}, {1, 0}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if s := e.Score([]int{0, 1}); !near(s[0].Value, math.Log(leastLoss)) {
		t.Errorf("score %v", s)
	}
}

// TestGradients averages over epochs: losses fall from 2 to 1 and gradients turn.
func TestGradients(t *testing.T) {
	g := NewGradients([]string{"a", "b", "c"})
	line := func(epoch int32, split, domain, other string, loss, cosine, norm, otherNorm float64) layout.HistoryRow {
		return layout.HistoryRow{Epoch: epoch, Split: split, Domain: domain, Other: other, Loss: loss, Cosine: cosine, Norm: norm, OtherNorm: otherNorm, Ahead: math.NaN(), OtherAhead: math.NaN()}
	}
	if g.Add([]layout.HistoryRow{line(1, layout.TrainSplit, "a", "", 2, 0, 0, 0)}) {
		t.Error("a history without gradients has some")
	}
	if !g.Add([]layout.HistoryRow{
		line(1, layout.TrainSplit, "a", "", 2, 0, 0, 0),
		line(1, layout.TrainSplit, "b", "", 4, 0, 0, 0),
		line(1, layout.GradientSplit, "a", "b", 0, 0.5, 3, 4),
		line(2, layout.TrainSplit, "a", "", 1, 0, 0, 0),
		line(2, layout.TrainSplit, "b", "", 2, 0, 0, 0),
		line(2, layout.GradientSplit, "a", "b", 0, -0.25, 2, 2),
		line(2, layout.GradientSplit, "a", "other", 0, 1, 1, 1),
	}) {
		t.Error("a history with gradients has none")
	}
	if s := g.Cosine().Score([]int{0, 1}); !near(s[0].Value, 0.125) || !near(s[1].Value, 0.125) {
		t.Errorf("cosine %v", s)
	}
	// g_a·g_b is 6, then -1; over the losses of a 3 and -1, of b 1.5 and -0.5.
	if s := g.LookAhead().Score([]int{0, 1}); !near(s[0].Value, 1) || !near(s[1].Value, 0.5) {
		t.Errorf("look-ahead %v", s)
	}
	recorded := line(1, layout.GradientSplit, "b", "c", 0, 0.5, 3, 4)
	recorded.Ahead, recorded.OtherAhead = 7, 8 // for c, for b
	g.Add([]layout.HistoryRow{recorded})
	if s := g.LookAhead().Score([]int{1, 2}); !near(s[0].Value, 8) || !near(s[1].Value, 7) {
		t.Errorf("look-ahead as recorded %v", s)
	}
	if s := g.Cosine().Score([]int{0, 2}); !math.IsNaN(s[0].Value) {
		t.Errorf("cosine of what was not measured: %v", s)
	}
	if m := g.Cosine().Method(); m.Pools != 1 {
		t.Errorf("method %+v", m)
	}
}

// TestPairMean is the mean of pair gains, and unknown where a pair is missing.
func TestPairMean(t *testing.T) {
	e := NewPairMean(4, []grouping.Pool{
		{Members: []int{0, 1}, Gain: []float64{0.1, 0.2}},
		{Members: []int{0, 2}, Gain: []float64{0.3, 0.4}},
		{Members: []int{1, 2}, Gain: []float64{0.5, 0.6}},
		{Members: []int{0, 3}, Gain: []float64{0.7, 0.8}},
		{Members: []int{0, 1, 3}, Gain: []float64{9, 9, 9}},
	})
	s := e.Score([]int{0, 1, 2})
	for k, want := range []float64{0.2, 0.35, 0.5} {
		if !near(s[k].Value, want) {
			t.Errorf("member %d: %g, want %g", k, s[k].Value, want)
		}
	}
	if s := e.Score([]int{0, 1, 3}); !near(s[0].Value, 0.4) || !math.IsNaN(s[1].Value) {
		t.Errorf("pool with a pair that was not measured: %v", s)
	}
	if m := e.Method(); m.Pools != 4 {
		t.Errorf("method %+v", m)
	}
}
