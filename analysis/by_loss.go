package analysis

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// ByLoss are the gains of a study in mean losses, where gains of its results count
// errors: losses vary less between runs, and may settle what errors leave open.
type ByLoss struct {
	Gains       []Gain           `json:"gains"`
	Covariances []GainCovariance `json:"covariances,omitempty"`
	Across      []AcrossDomains  `json:"across,omitempty"`
}

// InLosses are the results with gains in losses; nil where these are not known, or
// are the gains anyway.
func (r *Results) InLosses() *Results {
	if r.ByLoss == nil {
		return nil
	}
	out := *r
	out.Gains, out.Covariances, out.Across, out.ByLoss = r.ByLoss.Gains, r.ByLoss.Covariances, r.ByLoss.Across, nil
	return &out
}

// byLoss fills in gains in losses, where those of all domains are known and those
// of some domain count errors. Comparison i is that of gain i.
func (a *analyzer) byLoss(comparisons []*effect.Comparison) {
	errors := false
	for _, d := range a.Domains {
		switch d.Measure {
		case measures.Correct:
			errors = true
		case measures.Loss:
		default:
			return // ranks, or classes that count the same: losses mean something else
		}
	}
	if !errors || a.GainsOnly || len(comparisons) == 0 {
		return
	}
	in := *a
	in.Domains = slices.Clone(a.Domains)
	for i := range in.Domains {
		in.Domains[i].Measure = measures.Loss
	}
	in.results = &Results{Rungs: a.results.Rungs}
	for i, c := range comparisons {
		own := &a.results.Gains[i]
		g, err := c.Gain(measures.Loss)
		if err != nil {
			return // no losses
		}
		_, g.Metric = in.options(own.Domain)
		in.results.Gains = append(in.results.Gains, Gain{own.Key, own.Pool, *g})
	}
	in.together(comparisons)
	a.results.ByLoss = &ByLoss{in.results.Gains, in.results.Covariances, in.results.Across}
}
