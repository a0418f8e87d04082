package grouping

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// NothingToReduce reports whether a gain is undefined because the target's
// independent models make no error at all.
func NothingToReduce(g effect.Gain) bool {
	return measures.MetricNamed(g.Metric).Faultless != "" && !g.Relative.Known() && g.Absolute.Known()
}

// nothingToGain lists the domains whose own models make no error, where every
// pool has one of them; nil where some pool could be judged.
func nothingToGain(r *analysis.Results, s Selection) []string {
	faultless := map[string]bool{}
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if NothingToReduce(g.Gain) {
			faultless[g.Domain] = true
		}
	}
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if !slices.ContainsFunc(g.Pool, func(name string) bool { return faultless[name] }) {
			return nil
		}
	}
	var names []string
	for _, d := range r.Domains {
		if faultless[d.Name] {
			names = append(names, d.Name)
		}
	}
	return names
}
