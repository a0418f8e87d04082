package analysis

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// capLosses cuts the losses of domains that are measured by losses, where the
// options ask for it: at the given quantile of the losses of the independent
// models of the same rung, all runs together. The same cap holds for all arms,
// so that it favours none; gains and effects name it. Scores stay as they are.
func (a *analyzer) capLosses() {
	q := a.Options.LossCap
	if !(q > 0 && q < 1) {
		return
	}
	for _, d := range a.Domains {
		if d.Measure != measures.Loss {
			continue
		}
		for _, rung := range a.Rungs {
			of := func(e *evidence) bool { return e.Domain == d.Name && e.Rung == rung && e.runs.Loss != nil }
			var all []float64
			for _, e := range a.evidence {
				if of(e) && e.Arm == Independent {
					for _, l := range e.runs.Loss {
						for _, x := range l {
							all = append(all, float64(x))
						}
					}
				}
			}
			if all == nil {
				continue
			}
			slices.Sort(all)
			limit := stat.Quantile(q, stat.Empirical, all, nil)
			for _, e := range a.evidence {
				if of(e) {
					e.runs.CapLosses(float32(limit))
				}
			}
			a.warn("%s, rung %s: losses above %.4g, the %g%% quantile of the independent models', count as that much, since analysis.loss_cap says so", d.Name, rung, limit, 100*q)
		}
	}
}

// checkCap returns an error for a quantile that is none.
func checkCap(q float64) error {
	if q != 0 && !(q >= 0.5 && q <= 1) {
		return fmt.Errorf("loss cap %g: want a quantile from 0.5 to 1, for instance 0.99", q)
	}
	return nil
}
