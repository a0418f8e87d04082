package effect

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
)

// RunErrors says what single runs add to the error of a relative gain.
type RunErrors struct {
	Seeds []int64
	// Errors are those of the runs about their mean, in standard deviations of one
	// run as all comparisons of the study tell it.
	Errors []float64
	// Variance is what runs add to the variance of the gain.
	Variance float64
	// Paired says that runs of one seed are paired, so that Errors are those of
	// differences; they are the arm's alone otherwise.
	Paired bool
}

// RunErrors returns those of the gain by a measure; false where limits leave out how
// runs vary.
func (c *Comparison) RunErrors(measure string) (RunErrors, bool) {
	if c.inFolds() || c.enoughRuns() != nil || c.lacking(measure) != nil {
		return RunErrors{}, false
	}
	j := c.momentsOn(c.errorsIn(measure)).jackknife
	form := relativeGain.in(j)
	if !j.told() || math.IsNaN(form[vA]) || math.IsInf(form[vA], 0) {
		return RunErrors{}, false
	}
	out := RunErrors{Paired: j.paired()}
	for g, s := range j.posteriors(relativeGain) {
		if out.Paired || j.strata[g].arm {
			_, own := j.spread(g, form)
			out.Variance += own * s.cautious()
		}
	}
	b := c.b
	if out.Paired {
		b = b.Only(c.shared)
		out.Errors = scaled(runErrors(c.a.Only(c.shared), measure), form[vA])
	} else {
		out.Errors = make([]float64, b.K())
	}
	out.Seeds = b.Seeds
	for k, e := range runErrors(b, measure) {
		out.Errors[k] += form[vB] * e
	}
	mean, sd := sum(out.Errors)/float64(len(out.Errors)), math.Sqrt(out.Variance*float64(len(out.Errors)))
	if !(sd > 0) || len(out.Errors) < 2 {
		return RunErrors{}, false
	}
	for k := range out.Errors {
		out.Errors[k] = (out.Errors[k] - mean) / sd
	}
	return out, true
}

// runErrors are the errors of single runs by a measure.
func runErrors(r *Runs, measure string) []float64 {
	switch measure {
	case measures.Correct:
		return r.errorRates()
	case measures.Loss:
		return r.meanLosses()
	}
	return r.linearised(measure).meanLosses()
}

// Across is how far runs move the gains of different domains alike: correlations of
// what runs add to the errors of gains.
type Across struct {
	// Pool is that of two members of one pool, which the same runs serve.
	Pool float64 `json:"pool"`
	// Seed is that of gains of different domains in different pools, where a
	// seed's streams are shared by all arms; 0 where they are not.
	Seed float64 `json:"seed"`
	// Seeds is the number of seeds that they are known from.
	Seeds int `json:"seeds"`
}

// What few runs tell of a correlation counts together with a prior of so many
// degrees of freedom: members of a pool are taken to move alike a little, gains of
// different pools are not.
const (
	acrossPrior  = 4
	poolPrior    = 0.3
	mostAlike    = 0.9
	fewestShared = 2
)

// AcrossDomains estimates these correlations from the errors of runs of gains, with
// the domain and the pool of each. A pair of gains of K seeds in common tells
//
//	Σ_k x_k y_k / (K-1)
//
// which has the correlation for its mean, because errors are in units that all
// comparisons of the study tell together; its few degrees of freedom are made up for
// by taking the mean over all pairs. A correlation below zero counts as none: it
// would make totals surer.
func AcrossDomains(list []RunErrors, domains, pools []string) Across {
	var pool, seed float64
	poolFreedom, seedFreedom := float64(acrossPrior), float64(acrossPrior)
	out := Across{}
	for i, x := range list {
		for k, y := range list[:i] {
			samePool := pools[i] == pools[k]
			if domains[i] == domains[k] || !samePool && !(x.Paired && y.Paired) {
				continue
			}
			product, common := x.with(y)
			if common < fewestShared {
				continue
			}
			out.Seeds = max(out.Seeds, common)
			if samePool {
				pool, poolFreedom = pool+product, poolFreedom+float64(common-1)
			} else {
				seed, seedFreedom = seed+product, seedFreedom+float64(common-1)
			}
		}
	}
	out.Pool = min(mostAlike, max(0, (pool+poolPrior*acrossPrior)/poolFreedom))
	out.Seed = min(out.Pool, max(0, seed/seedFreedom))
	return out
}

// with is the sum of products of the errors of the seeds in common, about their
// means over these, and the number of seeds.
func (e RunErrors) with(o RunErrors) (product float64, common int) {
	var x, y float64
	for k, s := range e.Seeds {
		if l := slices.Index(o.Seeds, s); l >= 0 {
			product += e.Errors[k] * o.Errors[l]
			x, y = x+e.Errors[k], y+o.Errors[l]
			common++
		}
	}
	return product - x*y/float64(max(1, common)), common
}
