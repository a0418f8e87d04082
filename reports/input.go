package reports

import (
	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/mixtures"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/imbalance"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/grouping/verification"
	"github.com/sharewise/sharewise/reports/language"
)

// Input is all that a report is made from. Only Results is needed; sections
// without data are left out.
type Input struct {
	// Language is that of the report; empty is English.
	Language  language.Language
	Results   *analysis.Results
	Groups    *grouping.Recommendation
	Views     *grouping.Views // of Groups
	History   []HistoryRow
	Exemplars []exemplars.Exemplar
	// Pools are those that the study plans by its objective, budget, helpers and
	// sites; nil where it plans none.
	Pools *gaintable.Plan
	// Economics is what groupings are worth in money; nil where nobody asked.
	Economics *appraisal.Appraisal
	// Promises is what recommendations promised and delivered; nil where none was
	// verified.
	Promises *verification.History
	// Decisions say how runs were chosen, where they were chosen step by step.
	Decisions *decisions.Record
	// Subgroups are gains in parts of the test samples, nil without.
	Subgroups *analysis.Subgroups
	// Affinity are cheap estimates with their audits, nil without.
	Affinity *affinity.File
	// Similar says how alike domains are, nil without.
	Similar *layout.Similarities
	// Merged are merged models beside trained pools, nil without.
	Merged *merging.File
	// Suspects are samples that may do harm, nil without.
	Suspects *suspects.File
	// Influence is what gradients say of sources, nil without.
	Influence *influence.File
	// Imbalance is what numbers of training samples have to do with sharing, nil without.
	Imbalance *imbalance.File
	// Contest compares ways of weighting, nil without.
	Contest *contest.File
	// Mixtures are laws of other shares of the domains, nil without.
	Mixtures *mixtures.File
	// Remedies are what may help where sharing harms, nil without.
	Remedies *remedies.File
}

// HistoryRow is one domain's loss after one epoch of one run.
type HistoryRow struct {
	Arm, Rung, Weighting string
	Seed                 int64
	Epoch                int // 1 is the first
	Domain               string
	Split                string  // train or val
	Loss                 float64 // mean over samples
	Weight               float64 // the weight that the domain's loss had
}

// selection returns the rung and weighting that the report is about: those of
// the recommendation, or the largest rung and the first weighting.
func (in *Input) selection() (rung, weighting string) {
	if in.Groups != nil {
		return in.Groups.Rung, in.Groups.Weighting
	}
	if n := len(in.Results.Rungs); n > 0 {
		rung = in.Results.Rungs[n-1]
	}
	if len(in.Results.Weightings) > 0 {
		weighting = in.Results.Weightings[0]
	}
	return rung, weighting
}
