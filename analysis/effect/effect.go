package effect

import (
	"math"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Pair is a figure of the independent runs and one of the arm's.
type Pair[T any] struct {
	Independent T `json:"independent"`
	Arm         T `json:"arm"`
}

// Effect is what an arm did to one domain's test samples.
type Effect struct {
	Measure string `json:"measure"` // measures.Correct or measures.Loss
	Samples int    `json:"samples"`
	// Groups is the number of groups of samples that belong together; 0 where
	// samples count one by one.
	Groups   int          `json:"groups,omitempty"`
	Seeds    Pair[int]    `json:"seeds"` // numbers of runs
	Accuracy Pair[Number] `json:"accuracy"`
	Loss     Pair[Number] `json:"loss"` // mean over samples and runs
	// LossCap is what losses were cut to, where the effect rests on losses; 0
	// where they were not.
	LossCap      float64  `json:"loss_cap,omitempty"`
	Delta        Interval `json:"delta"` // rise of accuracy, or fall of the mean loss: positive is better
	Transfer     Side     `json:"transfer"`
	Interference Side     `json:"interference"`
	Changed      Number   `json:"changed"` // correctness: least share of samples whose probability changed
	// LossReduction is the change of the mean loss, independent minus arm:
	// positive means that the arm is better.
	LossReduction Interval `json:"loss_reduction"`
	NoEffect      Test     `json:"no_effect"`
	Calls         Calls    `json:"calls"`
	Warnings      []string `json:"warnings"`
}

// Relative is a change of the loss, such as a bound of transfer, as a fraction
// of the independent mean loss. NaN for effects on correctness, and where that
// mean is not above zero.
func (e *Effect) Relative(change float64) float64 {
	if e.Measure != measures.Loss || !(e.Loss.Independent > 0) {
		return math.NaN()
	}
	return change / float64(e.Loss.Independent)
}

// Side is one direction of the change from independent to arm: transfer or
// interference, as fractions of samples or, for losses, in their units (section
// "Statistics" of the package documentation).
type Side struct {
	// Estimate is indicative. For losses it is the cross-fitted figure, cut to
	// the bounds, and leans low.
	Estimate Number `json:"estimate"`
	BoundLo  Number `json:"bound_lo"`
	BoundHi  Number `json:"bound_hi"`
	// RelativeLo and RelativeHi are the bounds as fractions of the independent
	// mean loss, known for losses whose mean is above zero.
	RelativeLo Number `json:"relative_lo"`
	RelativeHi Number `json:"relative_hi"`
	// P is the probability of lower limits as far above zero as these where the
	// side is zero: what a statement about several sides is controlled by. NaN
	// where fewer than three runs of an arm say nothing about others. It is no
	// part of a placebo, which is a mean over splits.
	P        Number   `json:"p"`
	Crossfit Interval `json:"crossfit"`
	Raw      Interval `json:"raw"`
	Floor    Interval `json:"floor"`
	Excess   Interval `json:"excess"`
	// Normalised is the estimate relative to what could be gained or lost,
	// mean(1-p) or mean p; for losses, to the independent mean loss.
	Normalised Number `json:"normalised"`
}

// Test is a permutation test.
type Test struct {
	Statistic Number `json:"statistic"`
	P         Number `json:"p"`
	Smallest  Number `json:"smallest"` // the smallest p that this many runs can give
	Choices   int    `json:"choices"`  // label choices looked at
	Sampled   bool   `json:"sampled"`  // a random subset of all choices
}

// Bounds is the estimate between its bounds, as an interval.
func (s Side) Bounds() Interval {
	return Interval{float64(s.Estimate), float64(s.BoundLo), float64(s.BoundHi)}
}
