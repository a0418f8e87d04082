package reports

import (
	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/grouping/gaintable"
)

// Summary is the content of summary.json: the report's tables for programs.
// Numbers that are not known are null.
type Summary struct {
	Version   int                   `json:"version"` // 2
	Study     string                `json:"study"`
	Title     string                `json:"title"`
	Rung      string                `json:"rung"`
	Weighting string                `json:"weighting"`
	Verdict   Statement             `json:"verdict"`
	Runs      analysis.RunCounts    `json:"runs"`
	Domains   []analysis.DomainInfo `json:"domains"`
	Matrix    []analysis.Gain       `json:"matrix"` // all rungs and weightings
	Effects   []analysis.Effect     `json:"effects"`
	Placebo   []analysis.Effect     `json:"placebo"`
	Scores    []analysis.Score      `json:"scores"`
	// Baselines are simple models of single domains, with how the networks
	// compare.
	Baselines []analysis.Baseline `json:"baselines,omitempty"`
	// Capacity answers what size has to do with it; null for one rung.
	Capacity *CapacityStatement       `json:"capacity"`
	Groups   *grouping.Recommendation `json:"groups"`
	// LeftOut is what leaving single members out of pools showed.
	LeftOut *analysis.LeftOut `json:"left_out,omitempty"`
	// Pools are those that the study plans by its objective, budget, helpers and sites.
	Pools *gaintable.Plan `json:"pools,omitempty"`
	// Decisions say how runs were chosen, where they were chosen step by step.
	Decisions *decisions.Record `json:"decisions,omitempty"`
	Limits    []text            `json:"limits"` // what the numbers cannot say, warnings included
}

// Summarize gathers the tables that the report shows.
func Summarize(in *Input) *Summary {
	r := in.Results
	s := &Summary{
		Version: 2, Study: r.Study, Title: r.Title, Verdict: State(in), Runs: r.Runs,
		Domains: orEmpty(r.Domains), Matrix: []analysis.Gain{}, Effects: orEmpty(r.Effects), Placebo: orEmpty(r.Placebo),
		Scores: orEmpty(r.Scores), Baselines: r.Baselines, Groups: in.Groups, Pools: in.Pools, Decisions: in.Decisions,
		Capacity: StateCapacity(in), LeftOut: r.LeftOut,
	}
	s.Rung, s.Weighting = in.selection()
	for _, g := range r.Gains {
		if len(g.Pool) > 1 {
			s.Matrix = append(s.Matrix, g)
		}
	}
	l := newLimits(in)
	s.Limits = orEmpty(l.General)
	for _, w := range l.Warnings {
		s.Limits = append(s.Limits, w.Text)
	}
	return s
}

// orEmpty turns nil into an empty list, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
