package analysis

import (
	"maps"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/losses"
)

// tally gathers what the scores of one run on one domain need. Until figures is
// called it keeps a few bytes of every sample whose order matters.
type tally struct {
	// outputs is the number of targets or labels of the domain; 0 stands for
	// those of which a value is known.
	outputs int
	// many says that the domain has more than two classes, whatever the
	// samples at hand show.
	many bool

	n, loss float64
	// One class a sample: samples with known correctness, by class too, and
	// those that are right.
	classified, right float64
	classes           map[int32]*[2]float64
	two               ranking // by the probability of class 1
	// Several labels a sample: samples, and those with all labels right.
	labelled, exact float64
	labels          []ranking
	targets         []deviation

	done *figures
}

// figures are a run's scores on one domain. NaN is unknown.
type figures struct {
	loss, accuracy, balanced, exact, auc, precision, r2, mae float64
	// By target or label, where there are several.
	targets []targetFigures
	labels  []labelFigures
	// deviations are what figures of targets are made of.
	deviations []deviation
	// leftOut are the targets or labels that means over them leave out: all
	// known values are the same.
	leftOut []int
	// oneClass says that samples of two classes are all of one.
	oneClass bool
}

type targetFigures struct{ r2, mae float64 }

type labelFigures struct{ auc, precision float64 }

// add takes row i of a table.
func (t *tally) add(table *losses.Table, i int) {
	t.n++
	t.loss += float64(table.Loss[i])
	switch {
	case table.Regression(i):
		for k := range 1 + len(table.More) {
			o := outputOf(table, k)
			if y := float64(o.Target[i]); !math.IsNaN(y) {
				t.targets = grown(t.targets, k)
				t.targets[k].add(y, float64(valueAt(o.Prediction, i)))
			}
		}
	case table.Multilabel(i):
		for k := range 1 + len(table.More) {
			o := outputOf(table, k)
			if y := o.Target[i]; !math.IsNaN(float64(y)) {
				t.labels = grown(t.labels, k)
				t.labels[k].add(valueAt(o.Prediction, i), y > 0.5)
			}
		}
		if table.Correct != nil {
			t.labelled++
			if table.Correct[i] {
				t.exact++
			}
		}
	case table.Classification(i) && (table.Label == nil || table.Label[i] >= 0):
		t.addClass(table, i)
	} // else nothing is known of the sample's targets
}

func (t *tally) addClass(table *losses.Table, i int) {
	right := 0.0
	if table.Correct[i] {
		right = 1
	}
	t.classified++
	t.right += right
	if table.Label == nil {
		return
	}
	label := table.Label[i]
	if t.classes == nil {
		t.classes = map[int32]*[2]float64{}
	}
	c := t.classes[label]
	if c == nil {
		c = new([2]float64)
		t.classes[label] = c
	}
	c[0]++
	c[1] += right
	if t.many {
		return
	}
	if class := valueAt(table.Prediction, i); label > 1 || class < 0 || class > 1 {
		t.many, t.two = true, ranking{}
		return
	}
	t.two.add(table.PositiveScore(i), label == 1)
}

// outputOf is output k of a table that has targets, as in Table.Outputs.
func outputOf(table *losses.Table, k int) losses.Output {
	if k == 0 {
		return losses.Output{Prediction: table.Prediction, Target: table.Target}
	}
	return table.More[k-1]
}

// valueAt is NaN where a column is missing.
func valueAt(column []float32, i int) float32 {
	if column == nil {
		return float32(math.NaN())
	}
	return column[i]
}

func grown[T any](s []T, k int) []T {
	if len(s) <= k {
		s = append(s, make([]T, k+1-len(s))...)
	}
	return s
}

// figures computes the scores and lets go of the samples: nothing can be added
// afterwards.
func (t *tally) figures() *figures {
	if t.done != nil {
		return t.done
	}
	nan := math.NaN()
	f := &figures{loss: t.loss / t.n, accuracy: nan, balanced: nan, exact: nan, auc: nan, precision: nan, r2: nan, mae: nan}
	if t.classified > 0 {
		f.accuracy, f.balanced = t.right/t.classified, t.balancedAccuracy()
	}
	if len(t.two.samples) > 0 {
		var defined bool
		f.auc, f.precision, defined = t.two.areas()
		f.oneClass = !defined
	}
	if t.labelled > 0 {
		f.exact = t.exact / t.labelled
	}
	if len(t.labels) > 0 {
		t.rank(f)
	}
	if len(t.targets) > 0 {
		f.deviations = grown(t.targets, max(t.outputs, len(t.targets))-1)
		f.deviate(f.deviations)
	}
	t.two, t.labels, t.targets, t.classes = ranking{}, nil, nil, nil
	t.done = f
	return f
}

// rank fills in the figures of several labels.
func (t *tally) rank(f *figures) {
	var auc, precision average
	for k := range max(t.outputs, len(t.labels)) {
		t.labels = grown(t.labels, k)
		a, p, defined := t.labels[k].areas()
		f.labels = append(f.labels, labelFigures{a, p})
		if !defined {
			f.leftOut = append(f.leftOut, k)
			continue
		}
		auc.add(a)
		precision.add(p)
	}
	f.auc, f.precision = auc.mean(), precision.mean()
	if len(f.labels) == 1 {
		f.labels = nil
	}
}

// deviate fills in the figures of targets. Errors are held against the spread of the
// targets that all have: those of the same samples, or of all folds.
func (f *figures) deviate(all []deviation) {
	var r2, mae average
	f.targets, f.leftOut = nil, nil
	all = grown(all, len(f.deviations)-1)
	for k := range f.deviations {
		d := &f.deviations[k]
		r, varies := d.r2(&all[k])
		f.targets = append(f.targets, targetFigures{r, d.mae()})
		if varies {
			r2.add(r)
		} else {
			f.leftOut = append(f.leftOut, k)
		}
		if d.n > 0 {
			mae.add(d.mae())
		}
	}
	f.r2, f.mae = r2.mean(), mae.mean()
	if len(f.targets) == 1 {
		f.targets = nil
	}
}

// balancedAccuracy is the mean over classes of the share of their samples that
// are right.
func (t *tally) balancedAccuracy() float64 {
	var mean average
	for _, l := range slices.Sorted(maps.Keys(t.classes)) { // sums come out the same every time
		mean.add(t.classes[l][1] / t.classes[l][0])
	}
	return mean.mean()
}

// average is a running mean, NaN of nothing.
type average struct{ n, sum float64 }

func (a *average) add(x float64) {
	a.n++
	a.sum += x
}

func (a average) mean() float64 { return a.sum / a.n }

// deviation sums up known targets y and their predictions f.
type deviation struct {
	n                 float64
	origin            float64 // the first target, for the sake of rounding
	sum, square       float64 // of y - origin
	squareErr, absErr float64 // of f - y
}

func (d *deviation) add(y, f float64) {
	if d.n == 0 {
		d.origin = y
	}
	d.n++
	d.sum += y - d.origin
	d.square += (y - d.origin) * (y - d.origin)
	d.squareErr += (f - y) * (f - y)
	d.absErr += math.Abs(f - y)
}

// merge takes in what another deviation has summed up.
func (d *deviation) merge(o *deviation) {
	if d.n == 0 {
		d.origin = o.origin
	}
	shift := o.origin - d.origin
	d.square += o.square + 2*shift*o.sum + o.n*shift*shift
	d.sum += o.sum + o.n*shift
	d.n += o.n
	d.squareErr += o.squareErr
	d.absErr += o.absErr
}

// r2 is 1 - Σ(f-y)²/n over the variance of the targets that all has; NaN and false where
// these do not vary.
func (d *deviation) r2(all *deviation) (float64, bool) {
	total := (all.square - all.sum*all.sum/all.n) * (d.n / all.n)
	if !(total > 0) {
		return math.NaN(), false
	}
	return 1 - d.squareErr/total, true
}

// mae is the mean of |f-y|.
func (d *deviation) mae() float64 { return d.absErr / d.n }
