package effect

import (
	"errors"
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// foldRuns has four samples in two folds, tested by seeds 1 and 2, and where there
// are more seeds by 3 and 4 again.
func foldRuns(correct [][]int) *Runs {
	r := &Runs{Domain: "a", Samples: 4, Tested: make([]uint64, 4), Correct: make([]uint64, 4)}
	for k, row := range correct {
		r.Seeds = append(r.Seeds, int64(k+1))
		loss := make([]float32, 4)
		for at, right := range row {
			i := 2*(k%2) + at
			r.Tested[i] |= 1 << k
			r.Correct[i] |= uint64(right) << k
			loss[i] = 1 - float32(right)
		}
		r.Loss = append(r.Loss, loss)
	}
	return r
}

// TestFoldErrors follows the definitions by hand.
func TestFoldErrors(t *testing.T) {
	a, b := foldRuns([][]int{{0, 1}, {0, 0}, {0, 0}, {1, 0}}), foldRuns([][]int{{1, 1}, {0, 1}, {0, 1}, {1, 1}})
	c, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Errors by sample: 1, ½, ½, 1 and ½, 0, ½, 0.
	if e := a.ErrorRate(); e != 0.75 {
		t.Errorf("error alone %v, want 0.75", e)
	}
	g, err := c.Gain(measures.Correct)
	if err != nil {
		t.Fatal(err)
	}
	if g.Absolute.Value != 0.5 || math.Abs(g.Relative.Value-2.0/3) > 1e-12 || g.Folds != 2 || g.Samples != 4 {
		t.Errorf("gain %+v", g)
	}
	// Differences ½, ½ | 0, 1: V_s = 4/2 · (0 + ½)/16.
	j := c.momentsOn(onErrors + measures.Correct).jackknife
	if v, samples := j.spread(0, []float64{1, -1}); v != 0 || math.Abs(samples-1.0/16) > 1e-12 {
		t.Errorf("v %v, V_s %v; want 0, 1/16", v, samples)
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	// In passes: 0 1 0 0 and 0 0 1 0 against 1 1 0 1 and 0 1 1 1.
	if e.Delta.Value != 0.5 || e.Seeds.Arm != 4 || !e.Transfer.Floor.Known() {
		t.Errorf("effect %+v", e)
	}
	plain, err := NewRuns("a", [][]bool{{false, true, false, false}, {false, false, true, false}})
	if err != nil {
		t.Fatal(err)
	}
	arm, err := NewRuns("a", [][]bool{{true, true, false, true}, {false, true, true, true}})
	if err != nil {
		t.Fatal(err)
	}
	want, err := Compare(plain, arm, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := want.Effect()
	if err != nil {
		t.Fatal(err)
	}
	if e.Transfer.Excess.Value != w.Transfer.Excess.Value || e.Interference.Raw.Value != w.Interference.Raw.Value {
		t.Errorf("transfer %+v in folds, %+v in passes", e.Transfer, w.Transfer)
	}
}

// TestTestedOnce: what needs two runs of a sample is unknown, the change is not.
func TestTestedOnce(t *testing.T) {
	a, b := foldRuns([][]int{{0, 1}, {0, 0}}), foldRuns([][]int{{1, 1}, {0, 1}})
	c, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	if e.Delta.Value != 0.5 || e.Transfer.BoundHi.Known() || e.Interference.Floor.Known() || e.NoEffect.P.Known() || len(e.Warnings) != 1 {
		t.Errorf("effect %+v", e)
	}
}

// TestOneFold: one fold has no limits.
func TestOneFold(t *testing.T) {
	a, b := foldRuns([][]int{{0, 1}}), foldRuns([][]int{{1, 1}})
	c, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Gain(measures.Correct)
	if err != nil || g.Absolute.Limited() || g.Absolute.Value != 0.5 || g.Folds != 1 {
		t.Errorf("gain %+v, %v", g, err)
	}
	if _, err := c.Effect(); !errors.Is(err, ErrOneRun) {
		t.Errorf("effect: %v", err)
	}
	same := foldRuns([][]int{{0, 1}, {0, 0}})
	same.Tested = nil
	if _, err := Compare(a, same, Options{}); !errors.Is(err, ErrSamples) {
		t.Errorf("folds against one set of samples: %v", err)
	}
}

// TestFoldAUC ranks samples among those of their fold: scores of two models do not
// compare.
func TestFoldAUC(t *testing.T) {
	r := &Runs{Domain: "a", Seeds: []int64{1, 2}, Samples: 8, Label: []int32{0, 1, 0, 1, 0, 1, 0, 1}, Correct: make([]uint64, 8),
		Tested: []uint64{1, 1, 1, 1, 2, 2, 2, 2}, Score: [][]float32{{0.1, 0.2, 0.1, 0.2, 0, 0, 0, 0}, {0, 0, 0, 0, 0.8, 0.9, 0.95, 0.9}}}
	r.Loss = [][]float32{make([]float32, 8), make([]float32, 8)}
	// 1 in the first fold, ½ in the second.
	if auc := r.AUC(0.95); math.Abs(auc.Value-0.75) > 1e-6 || auc.Lo >= auc.Value {
		t.Errorf("AUC %+v", auc)
	}
}
