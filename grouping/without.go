package grouping

import (
	"errors"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
)

// RecommendWithout chooses groups of the other domains from a folder's results, as if
// one had not been there, and writes nothing. It fails as [RecommendFolder] does; with
// ErrNoGains where every pool that was trained has learned the domain.
func RecommendWithout(folder layout.Folder, domain string, o Options) (*Recommendation, error) {
	all, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, err
	}
	results := all.Without(domain)
	plan, err := folder.ReadPlan()
	switch {
	case errors.Is(err, layout.ErrNoPlan):
	case err != nil:
		return nil, err
	default:
		o = o.or(plan, results)
	}
	if err := o.govern(plan, results); err != nil {
		return nil, err
	}
	return RecommendResults(results, o)
}
