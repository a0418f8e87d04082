package reports

import (
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
)

// everything is a study whose report has every section.
func everything(t testing.TB) *Input {
	in := fullFixture(t)
	in.Affinity, in.Subgroups, in.Promises, in.Decisions, in.Economics = fixtureAffinity(in), fixtureSubgroups(in), fixturePromises(), fixtureDecisions(), worth()
	in.Pools = plannedOf(t, in, gaintable.Options{MaxModels: 2}, policy.Rule{Name: "owners", Because: "parts of contract 7", Same: "owner"})
	views, err := grouping.ViewResults(in.Results, in.Groups, 1)
	if err != nil {
		t.Fatal(err)
	}
	in.Views = views
	in.Results.Conflict = []analysis.Conflict{{Arm: "joint", Rung: "w1", Weighting: "equal", A: "bolts", B: "screws", Cosine: effect.Interval{Value: -0.3, Lo: -0.4, Hi: -0.2}, Opposed: effect.Point(0.25), LogRatio: effect.Point(0.1)}}
	in.Groups.Governance = &grouping.Governance{
		Rules:     []grouping.RuleEffect{{Name: "owners of parts", Rule: "domains share a model only where they have the same owner", Because: "contract of parts", Pools: 1}},
		Forbidden: []grouping.ForbiddenPool{{Pool: []string{"bolts", "apples"}, Because: []policy.Refusal{{Rule: "owners of parts", Domains: []string{"bolts", "apples"}, Reason: "bolts (owner works) and apples (owner orchard) do not have the same owner"}}}},
	}
	return in
}
