package analysis

import (
	"fmt"
	"math"
	"slices"
)

// Shares from which on seeds, or test samples, are said to be what mostly widens
// limits.
const mostly = 2.0 / 3

// SampleShare is the part of the variance of relative gains that comes from the
// choice of test samples, the median over the gains of the largest rung whose runs
// tell it; NaN where none does. The rest comes from runs, and more seeds average it
// away.
func (r *Results) SampleShare() float64 {
	var shares []float64
	for _, c := range r.Covariances {
		if c.Rung != r.LargestRung() || c.RunVariance == nil {
			continue
		}
		for k := range c.Arms {
			if v := c.Matrix[k][k]; v > 0 && c.RunVariance[k] > 0 {
				shares = append(shares, max(0, 1-c.RunVariance[k]/v))
			}
		}
	}
	if len(shares) == 0 {
		return math.NaN()
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// Narrowing says what would narrow the limits of gains more, further seeds or
// further test samples.
func (r *Results) Narrowing() string {
	if r.Folds > 0 {
		seeds := 0
		for _, g := range r.Gains {
			seeds = max(seeds, g.Seeds.Arm)
		}
		if seeds < r.Folds {
			return fmt.Sprintf("Limits are widened most by samples that are not tested yet: %d seeds test each of the %d folds.", r.Folds, r.Folds)
		}
		return fmt.Sprintf("Every sample is tested, so that only more samples would narrow the limits much; %d seeds would test each once more.", (seeds/r.Folds+1)*r.Folds)
	}
	share := r.SampleShare()
	percent := func(x float64) string { return fmt.Sprintf("%.0f%%", 100*x) }
	switch {
	case math.IsNaN(share):
		return "More seeds would narrow the limits; more test samples would too."
	case share >= mostly:
		return fmt.Sprintf("More test samples would narrow the limits, more seeds hardly: %s of what gains are uncertain by is the choice of test samples. Where they are a part of the data, split: {folds: 5} tests all of them by as many trainings.", percent(share))
	case share <= 1-mostly:
		return fmt.Sprintf("More seeds would narrow the limits, more test samples hardly: %s of what gains are uncertain by is how runs vary.", percent(1-share))
	}
	return fmt.Sprintf("More seeds would narrow the limits, and so would more test samples: %s of what gains are uncertain by is how runs vary, the rest is the choice of test samples.", percent(1-share))
}
