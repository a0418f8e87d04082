package grouping

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
)

// NothingToReduce reports whether a gain is undefined because the target's
// independent models make no error at all.
func NothingToReduce(g analysis.Gain) bool {
	switch g.Metric {
	case analysis.MetricError, analysis.MetricAUC, analysis.MetricBalanced:
		return math.IsNaN(g.Relative.Value) && !math.IsNaN(g.Absolute.Value)
	}
	return false
}

// nothingToGain lists the domains whose own models make no error, where every
// pool has one of them; nil where some pool could be judged.
func nothingToGain(r *analysis.Results, s Selection) []string {
	faultless := map[string]bool{}
	for _, g := range r.Gains {
		if s.matches(g) && len(g.Pool) > 1 && NothingToReduce(g.Gain) {
			faultless[g.Target] = true
		}
	}
	for _, g := range r.Gains {
		if s.matches(g) && len(g.Pool) > 1 && !slices.ContainsFunc(g.Pool, func(name string) bool { return faultless[name] }) {
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
