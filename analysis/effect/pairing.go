package effect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Pairing says how far chance moves the runs of one seed alike, where both arms
// have runs of the same seeds.
type Pairing struct {
	Seeds  int         `json:"seeds"`  // that both arms have
	Errors Correlation `json:"errors"` // of the runs' shares of wrong samples
	Losses Correlation `json:"losses"` // of the runs' mean losses
}

// Correlation is that of a figure of independent runs with the same figure of the
// arm's runs of the same seeds. Both numbers are unknown where fewer than three
// seeds are in common, where the figure is not known, or where it does not vary.
type Correlation struct {
	// Value is Pearson's correlation over seeds.
	Value Number `json:"value"`
	// Noise is the variance of the difference between two runs of one seed,
	// relative to that between two runs that have nothing in common: s²(b-a) /
	// (s²(a) + s²(b)). Where both arms vary alike it is 1 - Value.
	Noise Number `json:"noise"`
}

// Pairing measures how far chance moves the runs of one seed alike. It returns nil
// where the options do not say that seeds are shared, or no seed is.
func (c *Comparison) Pairing() *Pairing {
	if len(c.shared) == 0 || c.inFolds() { // folds differ more than seeds do
		return nil
	}
	return remember(c, "pairing", func() *Pairing {
		lossA, lossB := c.meanLosses()
		return &Pairing{
			Seeds:  len(c.shared),
			Errors: correlate(c.ofShared(c.a, c.a.errorRates()), c.ofShared(c.b, c.b.errorRates())),
			Losses: correlate(c.ofShared(c.a, lossA), c.ofShared(c.b, lossB)),
		}
	})
}

// ofShared keeps the figures of the runs whose seeds both sides have.
func (c *Comparison) ofShared(r *Runs, figures []float64) []float64 {
	var out []float64
	for k, x := range figures {
		if slices.Contains(c.shared, r.Seeds[k]) {
			out = append(out, x)
		}
	}
	return out
}

func correlate(a, b []float64) Correlation {
	const least = 3
	unknown := Correlation{NaN, NaN}
	if len(a) < least || len(b) < least {
		return unknown
	}
	varA, varB := stat.Variance(a, nil), stat.Variance(b, nil)
	if !(varA > 0 && varB > 0) {
		return unknown
	}
	covariance := stat.Covariance(a, b, nil)
	return Correlation{Number(covariance / math.Sqrt(varA*varB)), Number((varA + varB - 2*covariance) / (varA + varB))}
}

// Common keeps the runs of the seeds that both sides have.
func Common(a, b *Runs) (*Runs, *Runs) {
	seeds := sharedSeeds(a, b)
	return a.Only(seeds), b.Only(seeds)
}
