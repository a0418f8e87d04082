package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// fixtureSubgroups are subgroups of the first domain of a report: one surely harmed, one surely
// helped.
func fixtureSubgroups(in *Input) *analysis.Subgroups {
	rung, weighting := in.selection()
	domain := in.Results.Domains[0].Name
	group := func(by, name string, change float64, found bool) analysis.Subgroup {
		g := analysis.Subgroup{Key: analysis.Key{Arm: "joint", Rung: rung, Weighting: weighting, Domain: domain}, By: by, Name: name, Samples: 50, Share: 0.25, Part: effect.Number(0.25 * change)}
		g.Gain.Absolute, g.Gain.Metric, g.Gain.Discovery = effect.Interval{Value: change, Lo: change - 0.05, Hi: change + 0.05}, "error", found
		return g
	}
	return &analysis.Subgroups{Version: 1, Study: in.Results.Study, Rung: rung, Weighting: weighting, Subgroups: []analysis.Subgroup{
		group("class", "<b>scratch</b>", -0.2, true), group("class", "dent", 0.01, false), group("shift", "night", 0.12, true),
	}}
}

// TestSubgroups shows what was told from zero first of all, and nothing of another study.
func TestSubgroups(t *testing.T) {
	in := fixture(t)
	domain := in.Results.Domains[0].Name
	in.Subgroups = fixtureSubgroups(in)
	page := render(t, in)
	for _, want := range []string{"Where help and harm sit", "Surely harmed: class &lt;b&gt;scratch&lt;/b&gt; of " + domain, "Surely helped: shift night of " + domain, minus + "20"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<b>scratch</b>") {
		t.Error("a name became markup")
	}
	for _, g := range []int{0, 2} {
		in.Subgroups.Subgroups[g].Gain.Discovery = false
	}
	if page = render(t, in); !strings.Contains(page, "No part of the samples can be told from no change") {
		t.Error("the page does not say that nothing was found")
	}
	in.Subgroups.Study = "another"
	if page = render(t, in); strings.Contains(page, "Where help and harm sit") {
		t.Error("the page shows subgroups of another study")
	}
}
