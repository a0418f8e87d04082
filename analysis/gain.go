package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Names of what a Gain's absolute figure is measured in.
const (
	MetricError = "error" // share of samples that are wrong
	MetricMSE   = "mse"   // mean squared error, in the units of the losses
	MetricLoss  = "loss"  // mean of whatever loss the tables hold
	// MetricAUC is 1-AUC: the share of pairs of a positive and a negative sample
	// that are ranked in the wrong order.
	MetricAUC = "auc"
	// MetricBalanced is the mean over classes of the share of their samples that
	// are wrong.
	MetricBalanced = "balanced_error"
)

// metricOf is the metric of gains by measure.
var metricOf = map[string]string{
	MeasureCorrect: MetricError, MeasureLoss: MetricLoss, MeasureAUC: MetricAUC, MeasureBalanced: MetricBalanced,
}

// GainOf is the gain of the domain from the independent runs a to the pool's
// runs b: of its error where measure is MeasureCorrect, of its loss where it is
// MeasureLoss, of 1-AUC or of the balanced error (see class_errors.go). The
// pool is left to the caller. Where a side has one run the figures have no
// limits.
//
//	g = 1 - e_B/e_A
//
// The variance is that of the two-way jackknife: the ratio itself with each
// run left out, and its linearisation, gradient (e_B/e_A², -1/e_A) in
// (e_A, e_B), between samples.
//
// An error cannot fall by more than all of itself: where no loss is below zero,
// the limits of the relative gain are cut at 1.
//
// Losses are unbounded: where a few samples decide the gain, they are counted,
// and what it is without them stands beside it.
func GainOf(a, b *Runs, measure string, o Options) (*Gain, error) {
	g, err := gainOf(a, b, measure, o)
	if err != nil || measure != MeasureLoss || math.IsNaN(g.Relative.Value) {
		return g, err
	}
	g.LossCap = a.LossCap
	if g.Carriers = carriers(a, b, g, o); g.Carriers != nil {
		g.Warnings = append(g.Warnings, g.Carriers.warning())
	}
	return g, nil
}

func gainOf(a, b *Runs, measure string, o Options) (*Gain, error) {
	classification := measure == MeasureCorrect
	g := &Gain{Target: a.Domain, Samples: a.Len(), Runs: [2]int{a.K(), b.K()}, Metric: metricOf[measure], Warnings: []string{}}
	if err := gainable(a, b, measure); err != nil {
		return nil, err
	}
	errors := measure != MeasureLoss || nonnegative(a.Loss) && nonnegative(b.Loss)
	byClass := measure == MeasureAUC || measure == MeasureBalanced
	if byClass {
		a, b = a.linearised(measure), b.linearised(measure)
	}
	if min(a.K(), b.K()) < 2 {
		ea, eb := meanError(a, classification), meanError(b, classification)
		g.Absolute, g.Relative = Interval{ea - eb, math.NaN(), math.NaN()}, Interval{relative(ea, eb), math.NaN(), math.NaN()}
		g.Warnings = append(g.Warnings, "one run on a side: no interval")
		if math.IsNaN(g.Relative.Value) {
			g.Warnings = append(g.Warnings, nothingToReduce(measure))
		}
		return g, nil
	}
	c, err := newComparison(a, b, o)
	if err != nil {
		return nil, err
	}
	var j *jackknife
	if classification {
		j = momentsOf(c.clusters(), c.arrangement).jackknife
	} else {
		j = c.meanLosses()
	}
	if byClass {
		j.parts = classParts(a.Label, a, b)
	}
	g.Absolute, g.Relative = ratioGain(j, c.o.Level)
	switch rarest := rarestUnits(j.parts); {
	case rarest < 2:
		g.noLimits()
		g.Warnings = append(g.Warnings, "a class has one test sample, or one group of them: no interval")
	case rarest < fewGroups:
		g.Warnings = append(g.Warnings, fmt.Sprintf("a class has only %.0f test samples, or groups of them: the interval rests on an approximation for many", rarest))
	}
	if g.Relative.Hi > 1 && errors {
		g.Relative.Lo, g.Relative.Hi = min(g.Relative.Lo, 1), 1
	}
	if min(a.K(), b.K()) == 2 {
		g.Warnings = append(g.Warnings, "two runs on a side: the interval is conditional on these runs")
	}
	if math.IsNaN(g.Relative.Value) {
		g.Warnings = append(g.Warnings, nothingToReduce(measure))
	}
	return g, nil
}

// noLimits leaves the values alone.
func (g *Gain) noLimits() {
	for _, v := range []*Interval{&g.Absolute, &g.Relative} {
		v.Lo, v.Hi = math.NaN(), math.NaN()
	}
}

func nothingToReduce(measure string) string {
	switch measure {
	case MeasureCorrect, MeasureBalanced:
		return "the independent models make no error: there is nothing to reduce"
	case MeasureAUC:
		return "the independent models rank all samples in the right order: there is nothing to reduce"
	}
	return "the independent models' mean loss is not above zero: a relative reduction means nothing"
}

func gainable(a, b *Runs, measure string) error {
	if a.K() == 0 || b.K() == 0 || a.Len() == 0 || a.Len() != b.Len() {
		return fmt.Errorf("gain of %s: %w: %d samples in %d runs against %d in %d", a.Domain, ErrSamples, a.Len(), a.K(), b.Len(), b.K())
	}
	if err := known(a, b, measure); err != nil {
		return fmt.Errorf("gain of %w", err)
	}
	return nil
}

// known returns an error where runs lack what a measure rests on.
func known(a, b *Runs, measure string) error {
	switch measure {
	case MeasureCorrect:
		if a.Correct == nil || b.Correct == nil {
			return fmt.Errorf("%s: %w", a.Domain, ErrNoCorrect)
		}
	case MeasureLoss:
		if a.Loss == nil || b.Loss == nil {
			return fmt.Errorf("%s: %w", a.Domain, ErrNoLoss)
		}
	case MeasureAUC:
		if a.Score == nil || b.Score == nil {
			return fmt.Errorf("%s: %w", a.Domain, ErrNoScore)
		}
		if len(a.classSizes()) != 2 {
			return fmt.Errorf("%s: %w", a.Domain, ErrOneClass)
		}
	case MeasureBalanced:
		if a.Correct == nil || b.Correct == nil || a.Label == nil || b.Label == nil {
			return fmt.Errorf("%s: %w", a.Domain, ErrNoLabel)
		}
	default:
		return fmt.Errorf("%s: measure %q: want one of %s", a.Domain, measure, strings.Join(measures, ", "))
	}
	if (measure == MeasureAUC || measure == MeasureBalanced) && !slices.Equal(a.Label, b.Label) {
		return fmt.Errorf("%s: %w: both sides have a class for every sample, and some differ", a.Domain, ErrNoLabel)
	}
	return nil
}

// ratioGain reads the gain off a jackknife whose first two values are the mean
// losses of both arms; errors are losses of 0 and 1.
func ratioGain(j *jackknife, level float64) (absolute, rel Interval) {
	mean := j.mean()
	ea, eb := mean[vA], mean[vB]
	diff, gradient := make([]float64, j.dim), make([]float64, j.dim)
	diff[vA], diff[vB] = 1, -1
	gradient[vA], gradient[vB] = eb/ea/ea, -1/ea
	absolute = j.linear(diff).interval(ea-eb, level)
	value := relative(ea, eb)
	if math.IsNaN(value) {
		return absolute, unknown()
	}
	runs := make([]float64, len(j.deleted))
	for k := range runs {
		mean := j.meanWithout(k)
		if runs[k] = relative(mean[vA], mean[vB]); math.IsNaN(runs[k]) {
			// All errors of the domain come from one run: nothing can be said
			// about others.
			return absolute, Interval{value, math.NaN(), math.NaN()}
		}
	}
	return absolute, j.variance(gradient, value, runs).interval(value, level)
}

// nonnegative reports whether no loss is below zero.
func nonnegative(runs [][]float32) bool {
	for _, run := range runs {
		for _, l := range run {
			if l < 0 {
				return false
			}
		}
	}
	return true
}

// relative is the gain 1 - e_B/e_A, NaN where there was no error to reduce.
func relative(ea, eb float64) float64 {
	if !(ea > 0) {
		return math.NaN()
	}
	return 1 - eb/ea
}

// meanError is the mean error or loss over samples and runs.
func meanError(r *Runs, classification bool) float64 {
	sum := 0.0
	for k := range r.Seeds {
		sum += runError(r, k, classification)
	}
	return sum / float64(r.K())
}

// runError is the mean error or loss of run k.
func runError(r *Runs, k int, classification bool) float64 {
	sum := 0.0
	for i := range r.Len() {
		switch {
		case !classification:
			sum += float64(r.Loss[k][i])
		case r.Correct[i]>>k&1 == 0:
			sum++
		}
	}
	return sum / float64(r.Len())
}
