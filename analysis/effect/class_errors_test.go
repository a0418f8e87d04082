package effect

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Ten samples, three of them positive, under one run repeated: what is left is
// the variance between samples, which DeLong's formula gives.
func TestClassErrorsByHand(t *testing.T) {
	label := []int32{1, 0, 0, 1, 0, 0, 1, 0, 0, 0}
	score := []float32{.9, .8, .1, .4, .4, .3, .7, .2, .75, .05}
	correct := make([]uint64, 10)
	for i, s := range score {
		if (s > .5) == (label[i] == 1) {
			correct[i] = 1
		}
	}
	r := &Runs{Domain: "d", Seeds: seeds(1, 1), Samples: 10, Label: label, Score: [][]float32{score}, Correct: correct}

	// Of the 21 pairs 4½ are in the wrong order: 0.4 is below .8 and .75 and ties
	// with .4, 0.7 is below .8 and .75.
	var wrong float64
	byPositive, byNegative := map[int]float64{}, map[int]float64{}
	for i := range label {
		for j := range label {
			if label[i] != 1 || label[j] != 0 {
				continue
			}
			x := 0.0
			if score[j] > score[i] {
				x = 1
			} else if score[j] == score[i] {
				x = .5
			}
			wrong += x
			byPositive[i] += x / 7
			byNegative[j] += x / 3
		}
	}
	if wrong != 4.5 {
		t.Fatalf("%g pairs in the wrong order", wrong)
	}
	variance := func(m map[int]float64) float64 {
		var v []float64
		for _, x := range m {
			v = append(v, x)
		}
		return stat.Variance(v, nil)
	}
	delong := variance(byPositive)/3 + variance(byNegative)/7
	check := func(measure string, want, v float64) {
		t.Helper()
		x := r.linearised(measure)
		j := newJackknife(1, nil)
		x.stream(j, func(i int, full []float64, _ [][]float64) { full[0] += float64(x.Loss[0][i]) })
		got := j.variance(figureOf(combination{1}))
		if math.Abs(j.mean()[0]-want) > 1e-6 || math.Abs(got.Value*9/10-v) > 1e-6 { // the jackknife's n/(n-1)
			t.Errorf("%s: error %v, variance %v, want %v, %v", measure, j.mean()[0], got.Value*9/10, want, v)
		}
	}
	check(measures.AUC, wrong/21, delong)
	// Balanced: one of three positive samples and two of seven others are wrong.
	check(measures.Balanced, (1./3+2./7)/2, (stat.Variance([]float64{1, 0, 0}, nil)/3+stat.Variance([]float64{1, 1, 0, 0, 0, 0, 0}, nil)/7)/4)

	auc, want := r.AUC(.95), 1-wrong/21
	if math.Abs(auc.Value-want) > 1e-6 || !(auc.Lo < .7) || !(auc.Hi > .85) {
		t.Errorf("AUC %+v, want %v with limits", auc, want)
	}
}

// TestAUCWithinBounds cuts limits of few samples at what an AUC can be.
func TestAUCWithinBounds(t *testing.T) {
	r := &Runs{
		Domain: "a", Seeds: []int64{1, 2, 3}, Samples: 8, Label: []int32{0, 0, 0, 0, 1, 1, 1, 1},
		Score: [][]float32{{1, 2, 3, 6, 5, 7, 8, 9}, {1, 2, 8, 3, 4, 7, 6, 9}, {6, 2, 3, 4, 5, 1, 8, 9}},
	}
	if auc := r.AUC(.95); !(auc.Lo < auc.Value && auc.Value < 1 && auc.Hi == 1) {
		t.Errorf("AUC %v", auc)
	}
}

// A gain follows its measure: an arm that finds the rare class at the price of
// more false alarms loses accuracy and gains in both others.
func TestGainByClass(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	n, k := 1000, 5
	label := make([]int32, n)
	for i := range 60 {
		label[i] = 1
	}
	runs := func(separation, cut float64) *Runs {
		out := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Label: label, Correct: make([]uint64, n)}
		for run := range k {
			score := make([]float32, n)
			for i := range score {
				x := rng.NormFloat64() + separation*float64(label[i])
				score[i] = float32(x)
				if (x > cut) == (label[i] == 1) {
					out.Correct[i] |= 1 << run
				}
			}
			out.Score = append(out.Score, score)
		}
		return out
	}
	a, b := runs(1.5, 2.5), runs(2.2, 1.1)
	for _, c := range []struct {
		measure, metric string
		gains           bool
	}{{measures.Correct, "error", false}, {measures.AUC, "auc", true}, {measures.Balanced, "balanced_error", true}} {
		g, err := gainOf(a, b, c.measure, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if g.Metric != c.metric || c.gains && !(g.Relative.Lo > 0) || !c.gains && !(g.Relative.Hi < 0) {
			t.Errorf("%s: metric %s, gain %+v", c.measure, g.Metric, g.Relative)
		}
		one, err := gainOf(a.pick([]int{0}), b.pick([]int{1}), c.measure, Options{})
		if err != nil || math.IsNaN(one.Relative.Value) || !math.IsNaN(one.Relative.Lo) {
			t.Errorf("%s of one run: %+v, %v", c.measure, one, err)
		}
		if _, err := compareRuns(a, b, Options{Measure: c.measure}); err != nil {
			t.Errorf("effect where %s is asked for: %v", c.measure, err)
		}
	}
	// One positive sample: a value, and no interval.
	for i := range 60 {
		label[i] = 0
	}
	label[7] = 1
	g, err := gainOf(a, b, measures.AUC, Options{})
	if err != nil || math.IsNaN(g.Relative.Value) || !math.IsNaN(g.Relative.Lo) || len(g.Warnings) == 0 {
		t.Errorf("one positive sample: %+v, %v", g, err)
	}
	label[7] = 0
	if _, err := gainOf(a, b, measures.AUC, Options{}); !errors.Is(err, ErrOneClass) {
		t.Errorf("one class: %v", err)
	}
	a.Score, a.Label = nil, nil
	if _, err := gainOf(a, b, measures.AUC, Options{}); !errors.Is(err, ErrNoScore) {
		t.Errorf("no scores: %v", err)
	}
	if _, err := gainOf(a, b, measures.Balanced, Options{}); !errors.Is(err, ErrNoLabel) {
		t.Errorf("no labels: %v", err)
	}
}

// Perfect ranks leave nothing to reduce.
func TestGainOfPerfectRanks(t *testing.T) {
	label, score := []int32{0, 0, 1, 1}, []float32{.1, .2, .8, .9}
	r := &Runs{Domain: "d", Seeds: seeds(1, 3), Samples: 4, Label: label, Score: [][]float32{score, score, score}}
	g, err := gainOf(r, r, measures.AUC, Options{})
	if err != nil || !math.IsNaN(g.Relative.Value) || g.Absolute.Value != 0 {
		t.Errorf("gain %+v, %v", g, err)
	}
}
