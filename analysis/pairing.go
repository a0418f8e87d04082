package analysis

import (
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Pairing sums up how far chance moves the runs of one seed alike, over the
// comparisons of a study.
type Pairing struct {
	// Cells is the number of comparisons whose sides have three seeds or more in
	// common.
	Cells int `json:"cells"`
	// Freedom is the number of seeds in common beyond two, over all of these.
	Freedom int `json:"freedom"`
	// Errors and Losses are the means over these; null where nothing is known.
	Errors effect.Correlation `json:"errors"`
	Losses effect.Correlation `json:"losses"`
}

// correlated is the correlation from which on the runs of one seed alone say more
// about a difference than all runs do. With K runs of an arm and K0 independent
// ones, all of equal variance s² and of correlation ρ where they are of one seed,
// the difference of the means has the variance s²(1/K + (1-2ρ)/K0), which grows
// with K0 beyond K as soon as ρ > ½; that over the K seeds in common is
// 2s²(1-ρ)/K.
const correlated = 0.5

// pairing measures the correlation of the runs of one seed, where the study says
// that they have random streams in common.
func (a *analyzer) pairing() error {
	if !a.Options.SharedSeeds {
		return nil
	}
	var errors, losses []effect.Correlation
	p := &Pairing{}
	for _, e := range a.evidence {
		if e.Arm == Independent {
			continue
		}
		base := a.alone(e.Key)
		if base == nil {
			continue
		}
		c, err := effect.Compare(base.runs, e.runs, a.Options.Options)
		if err != nil {
			return err
		}
		if cell := c.Pairing(); cell != nil && cell.Seeds >= 3 {
			p.Cells++
			p.Freedom += cell.Seeds - 2
			errors, losses = append(errors, cell.Errors), append(losses, cell.Losses)
		}
	}
	p.Errors, p.Losses = meanCorrelation(errors), meanCorrelation(losses)
	a.results.Pairing = p
	return nil
}

// Decisive reports whether gains by a measure rest on the runs of seeds that both
// sides have, and on no others: unless these are known to correlate by less than a
// half, by more than about a standard error of the mean of so few seeds.
func (p *Pairing) Decisive(measure string) bool {
	if p == nil {
		return false
	}
	together := p.Errors.Value
	if measure == measures.Loss {
		together = p.Losses.Value
	}
	return !(float64(together)+1/math.Sqrt(float64(p.Freedom)) < correlated)
}

// meanCorrelation is the mean of those that are known.
func meanCorrelation(list []effect.Correlation) effect.Correlation {
	var sum effect.Correlation
	n := effect.Number(0)
	for _, c := range list {
		if c.Value.Known() {
			sum.Value, sum.Noise, n = sum.Value+c.Value, sum.Noise+c.Noise, n+1
		}
	}
	return effect.Correlation{Value: sum.Value / n, Noise: sum.Noise / n} // NaN of none
}

// compare compares an arm with its independent runs. Where the runs of one seed
// move together, it keeps those whose seeds both sides have: the others would add
// more noise of their own than they average away. They count all the same for
// scores, for the placebo and for what has its own limits.
func (a *analyzer) compare(base, e *evidence, o effect.Options) (*effect.Comparison, error) {
	x, y := base.runs, e.runs
	if a.results.Pairing.Decisive(o.Measure) {
		const least = 3 // seeds, unless a side has fewer in all
		cx, cy := effect.Common(x, y)
		if cx.K() >= min(least, x.K(), y.K()) {
			x, y = cx, cy
		}
	}
	return effect.Compare(x, y, o)
}
