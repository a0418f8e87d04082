package analysis

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/losses"
	"gonum.org/v1/gonum/stat"
)

// tally sums up what the scores of one run on one domain need.
type tally struct {
	n       float64
	loss    float64
	correct float64
	known   bool // correctness is known
	// By class: samples and those that are right.
	classes map[int32]*[2]float64
	// Regression, with target y and prediction f, around the first target for
	// the sake of rounding.
	targets           float64
	origin            float64
	sum, square       float64 // of y - origin
	squareErr, absErr float64 // of f - y
	hasError          bool
}

// add takes row i of a table.
func (t *tally) add(table *losses.Table, i int) {
	t.n++
	t.loss += float64(table.Loss[i])
	if table.Regression(i) {
		y := float64(table.Target[i])
		if math.IsNaN(y) {
			return // only further targets of this sample are known
		}
		if t.targets == 0 {
			t.origin = y
		}
		t.targets++
		t.sum += y - t.origin
		t.square += (y - t.origin) * (y - t.origin)
		if table.Prediction != nil {
			t.hasError = true
			e := float64(table.Prediction[i]) - y
			t.squareErr += e * e
			t.absErr += math.Abs(e)
		}
		return
	}
	if table.Correct == nil {
		return
	}
	t.known = true
	right := 0.0
	if table.Correct[i] {
		right = 1
	}
	t.correct += right
	if table.Label == nil || table.Multilabel(i) {
		return
	}
	if t.classes == nil {
		t.classes = map[int32]*[2]float64{}
	}
	c := t.classes[table.Label[i]]
	if c == nil {
		c = new([2]float64)
		t.classes[table.Label[i]] = c
	}
	c[0]++
	c[1] += right
}

func (t *tally) accuracy() (float64, bool) { return t.correct / t.n, t.known }

// balancedAccuracy is the mean over classes of the share of their samples that
// are right.
func (t *tally) balancedAccuracy() (float64, bool) {
	labels := make([]int32, 0, len(t.classes))
	for l := range t.classes {
		labels = append(labels, l)
	}
	slices.Sort(labels) // sums come out the same every time
	sum := 0.0
	for _, l := range labels {
		sum += t.classes[l][1] / t.classes[l][0]
	}
	return sum / float64(len(labels)), len(labels) > 0
}

// r2 is 1 - Σ(f-y)²/Σ(y-ȳ)², unknown where the targets are all the same.
func (t *tally) r2() (float64, bool) {
	total := t.square - t.sum*t.sum/t.targets
	return 1 - t.squareErr/total, t.hasError && total > 0
}

func (t *tally) mae() (float64, bool) { return t.absErr / t.targets, t.hasError }

func (t *tally) meanLoss() (float64, bool) { return t.loss / t.n, true }

// ScoreRuns is the quality that tables of one domain show, one table per run.
func ScoreRuns(runs []*losses.Table, level float64) Score {
	tallies := make([]*tally, len(runs))
	for k, t := range runs {
		tallies[k] = &tally{}
		for i := range t.Len() {
			tallies[k].add(t, i)
		}
	}
	return scoreOf(tallies, level)
}

// scoreOf is the mean of the runs' figures with limits from their spread.
func scoreOf(runs []*tally, level float64) Score {
	s := Score{Seeds: len(runs), Loss: unknown()}
	over := func(f func(*tally) (float64, bool)) *Interval {
		var v []float64
		for _, t := range runs {
			x, ok := f(t)
			if !ok {
				return nil
			}
			v = append(v, x)
		}
		out := overRuns(v, level)
		return &out
	}
	if l := over((*tally).meanLoss); l != nil {
		s.Loss = *l
	}
	s.Accuracy, s.BalancedAccuracy = over((*tally).accuracy), over((*tally).balancedAccuracy)
	s.R2, s.MAE = over((*tally).r2), over((*tally).mae)
	return s
}

// overRuns is the mean of values of K runs with limits by Student's t with
// K-1 degrees of freedom; none for one run.
func overRuns(v []float64, level float64) Interval {
	mean := stat.Mean(v, nil)
	if len(v) < 2 {
		return Interval{mean, math.NaN(), math.NaN()}
	}
	k := float64(len(v))
	return variance{stat.Variance(v, nil) / k, k - 1}.interval(mean, level)
}
