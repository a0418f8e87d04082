package effect

import "math"

// Effect is what an arm did to one domain's test samples.
type Effect struct {
	Domain  string `json:"domain"`
	Measure string `json:"measure"` // MeasureCorrect or MeasureLoss
	Samples int    `json:"samples"`
	// Groups is the number of groups of samples that belong together; 0 where
	// samples count one by one.
	Groups    int     `json:"groups,omitempty"`
	SeedsA    int     `json:"seeds_a"` // independent runs
	SeedsB    int     `json:"seeds_b"` // runs of the arm
	AccuracyA float64 `json:"accuracy_a"`
	AccuracyB float64 `json:"accuracy_b"`
	LossA     float64 `json:"loss_a"` // mean loss of the independent runs
	LossB     float64 `json:"loss_b"` // mean loss of the arm's runs
	// LossCap is what losses were cut to, where the effect rests on losses; 0
	// where they were not.
	LossCap      float64  `json:"loss_cap,omitempty"`
	Delta        Interval `json:"delta"` // rise of accuracy, or fall of the mean loss: positive is better
	Transfer     Side     `json:"transfer"`
	Interference Side     `json:"interference"`
	Changed      float64  `json:"changed"` // correctness: least share of samples whose probability changed
	// Loss is the change of the mean loss, independent minus arm: positive
	// means that the arm is better.
	Loss     Interval `json:"loss"`
	NoEffect Test     `json:"no_effect"`
	Calls    Calls    `json:"calls"`
	Warnings []string `json:"warnings"`
}

// Relative is a change of the loss, such as a bound of transfer, as a fraction
// of the independent mean loss. NaN for effects on correctness, and where that
// mean is not above zero.
func (e *Effect) Relative(change float64) float64 {
	if e.Measure != MeasureLoss || !(e.LossA > 0) {
		return math.NaN()
	}
	return change / e.LossA
}

// Side is one direction of the change from independent to arm: transfer or
// interference, as fractions of samples or, for losses, in their units (section
// "Measures" of the package documentation).
type Side struct {
	// Estimate is indicative. For losses it is the cross-fitted figure, cut to
	// the bounds, and leans low.
	Estimate float64 `json:"estimate"`
	BoundLo  float64 `json:"bound_lo"`
	BoundHi  float64 `json:"bound_hi"`
	// P is the probability of lower limits as far above zero as these where the
	// side is zero: what a statement about several sides is controlled by. NaN
	// where fewer than three runs of an arm say nothing about others. It is no
	// part of a placebo, which is a mean over splits.
	P        float64  `json:"p"`
	Crossfit Interval `json:"crossfit"`
	Raw      Interval `json:"raw"`
	Floor    Interval `json:"floor"`
	Excess   Interval `json:"excess"`
	// Normalised is the estimate relative to what could be gained or lost,
	// mean(1-p) or mean p; for losses, to the independent mean loss.
	Normalised float64 `json:"normalised"`
}

// Test is a permutation test.
type Test struct {
	Statistic float64 `json:"statistic"`
	P         float64 `json:"p"`
	Smallest  float64 `json:"smallest"` // the smallest p that this many runs can give
	Choices   int     `json:"choices"`  // label choices looked at
	Sampled   bool    `json:"sampled"`  // a random subset of all choices
}
