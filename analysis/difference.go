package analysis

import (
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Difference is what one arm gains more than another on a domain, in units of relative
// gains, with limits that allow for the independent models, test samples and seeds that
// both gains share.
type Difference struct {
	By effect.Interval `json:"by"`
	// Freedom is that of Student's t; 0 stands for many, or none.
	Freedom float64 `json:"df,omitempty"`
	// P is how likely a difference as far from zero is where there is none, 1 where
	// there are no limits.
	P float64 `json:"p"`
	// Error is the standard error; NaN where it is not known.
	Error effect.Number `json:"error"`
}

// Difference holds the gain of one key against that of another of the same domain, rung
// and weighting. It is not known where a gain is not, and has no limits where their
// covariance is not known.
func (r *Results) Difference(with, left Key) Difference {
	d := Difference{By: effect.Unknown(), P: 1, Error: effect.Number(math.NaN())}
	a, b := r.Gain(with), r.Gain(left)
	if a == nil || b == nil || !a.Relative.Known() || !b.Relative.Known() {
		return d
	}
	v := r.differenceOf(with, left)
	d.settle(a.Relative.Value-b.Relative.Value, v, r.Level)
	return d
}

// MeanDifference is the mean of differences, whose errors may have anything in common:
// by Cauchy and Schwarz its standard error is at most the mean of theirs, which is
// taken, with the fewest degrees of freedom among them.
func MeanDifference(list []Difference, level float64) Difference {
	mean, deviation, freedom := 0.0, 0.0, math.Inf(1)
	for i := range list {
		d := &list[i]
		mean += d.By.Value / float64(len(list))
		deviation += float64(d.Error) / float64(len(list))
		if d.Freedom > 0 {
			freedom = min(freedom, d.Freedom)
		}
	}
	out := Difference{By: effect.Unknown(), P: 1, Error: effect.Number(math.NaN())}
	if len(list) > 0 && !math.IsNaN(mean) {
		out.settle(mean, effect.Variance{Value: deviation * deviation, Freedom: freedom}, level)
	}
	return out
}

// settle fills in a value with its limits.
func (d *Difference) settle(value float64, v effect.Variance, level float64) {
	if d.By, d.P = limited(value, v, level); !(v.Value > 0) {
		return
	}
	d.Error = effect.Number(math.Sqrt(v.Value))
	if !math.IsInf(v.Freedom, 0) {
		d.Freedom = v.Freedom
	}
}

// limited is a value with its limits, and how likely one as far from zero is where
// there is none. Where its variance is not known, or nothing was seen to vary, there are
// no limits, and the probability is 1.
func limited(value float64, v effect.Variance, level float64) (effect.Interval, float64) {
	if !(v.Value > 0) {
		return effect.Point(value), 1
	}
	return v.Interval(value, level), min(1, 2*v.Chance(math.Abs(value)))
}
