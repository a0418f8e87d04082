package effect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Where nothing or little was seen to change, the spread between samples is
// zero or near it and says nothing about changes that a test set of this size
// would miss: of 50 samples that show no harm, 3 % of all samples may be harmed
// and none of them among these (probability .97⁵⁰ = .22). Limits therefore never
// leave out what the samples would have missed, see upperSum.

// fewChanges is the number of samples (groups) that changed below which limits
// allow for unseen ones. Where more changed, the spread between samples tells.
const fewChanges = 20

// watched sums up the values of a combination over samples, or groups of
// samples, those above and those below zero by themselves.
type watched struct {
	combination []float64
	// up and down are the sums of values above zero, and of -values below;
	// squareUp and squareDown those of their squares.
	up, down, squareUp, squareDown float64
	count                          float64 // of values other than zero
	// nonnegative values cannot be below zero.
	nonnegative bool
}

func (w *watched) add(times, value float64) {
	if value != 0 {
		w.count += times
	}
	switch {
	case value > 0:
		w.up += times * value
		w.squareUp += times * value * value
	case value < 0:
		w.down -= times * value
		w.squareDown += times * value * value
	}
}

// watch tells the values of combinations apart from now on.
func (j *jackknife) watch(list ...combination) {
	for _, c := range list {
		nonnegative := c == combRawT || c == combRawI || c == combFloor
		j.watched = append(j.watched, watched{combination: append([]float64{}, c[:j.dim]...), nonnegative: nonnegative})
	}
}

// upperSum is the upper limit of the expectation of a sum of rare changes: y is
// the sum that was seen, square that of squares, and largest what one more
// change may weigh. A rare change is a Poisson event with a weight, for whose
// weighted sum Fay and Feuer (1997, Confidence intervals for directly
// standardized rates: a method based on the gamma distribution) take the
// quantile of a gamma distribution with mean y + largest and variance square +
// largest². Where nothing was seen it is -log(1-confidence) times the largest
// weight: 3.7 samples at a confidence of 97.5 %, the rule of three; for changes
// of one weight it is the limit of Clopper and Pearson for rare events.
func upperSum(y, square, largest, confidence float64) float64 {
	mean, variance := y+largest, square+largest*largest
	if !(mean > 0) || !(variance > 0) {
		return y
	}
	shape := mean * mean / variance
	if shape > 1e6 {
		return mean + distuv.UnitNormal.Quantile(confidence)*math.Sqrt(variance)
	}
	return distuv.Gamma{Alpha: shape, Beta: mean / variance}.Quantile(confidence)
}

// change is what a change that no sample (group) showed is taken to weigh: the
// mean of those that were seen, weighted by themselves, together with one of the
// largest kind. Many small changes, as runs make them, so count as small, and
// where nothing changed all of a sample (group) may.
func (j *jackknife) change(w *watched) float64 {
	largest := j.most * j.square / j.samples
	if w.count == 0 {
		return largest
	}
	usual := (w.squareUp + w.squareDown) / (w.up + w.down)
	return (w.count*usual + largest) / (w.count + 1)
}

// unseen is the upper limit of the mean of a side of Δ, the first of what is
// watched, of which no sample showed anything.
func (j *jackknife) unseen(confidence float64) float64 {
	return upperSum(0, 0, j.change(&j.watched[0]), confidence) / j.samples
}

// limits is the two-sided interval of a figure: by Student's t, for a ratio of errors
// on the scale of logarithms, and wide enough for the changes that the samples may
// have missed.
func (j *jackknife) limits(f figure, level float64) Interval {
	return j.limitsBy(f, level, f.gain && j.onLogs())
}

// limitsBy is that interval, on the scale of logarithms or not.
func (j *jackknife) limitsBy(f figure, level float64, logs bool) Interval {
	c, scale := f.in(j), 1.0
	value := dot(c, j.mean())
	if f.gain {
		ea := j.mean()[vA]
		value, scale = relative(ea, j.mean()[vB], j.floor), 1/max(ea, j.floor)
		f, c = relativeGain, combDelta[:j.dim]
	}
	out := j.variance(f).Interval(value, level)
	if logs {
		out = ratioInterval(j.variance(f), value, level)
	}
	for i := range j.watched {
		w := &j.watched[i]
		if !slices.Equal(w.combination, c) || !out.Limited() || w.count >= fewChanges {
			continue
		}
		confidence, largest := (1+level)/2, j.change(w)
		above := upperSum(w.up, w.squareUp, largest, confidence) - w.up
		below := upperSum(w.down, w.squareDown, largest, confidence) - w.down
		out.Hi = max(out.Hi, value+scale*above/j.samples)
		if w.nonnegative {
			out.Lo = max(out.Lo, 0)
		} else {
			out.Lo = min(out.Lo, value-scale*below/j.samples)
		}
	}
	return out
}
