package reports

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/remedies"
)

// TestRemedies shows what was tried against harm, with its verdict, and says so in the
// verdict of the study; before a trial it shows what may help.
func TestRemedies(t *testing.T) {
	in := fixture(t)
	rung, weighting := in.selection()
	name := in.Results.Domains[0].Name
	before := effect.Interval{Value: -0.12, Lo: -0.18, Hi: -0.06}
	f := &remedies.File{
		Study: in.Results.Study, Rung: rung, Weighting: weighting, Level: 0.95, Verdict: []string{"With adapters by domain, bolts no longer loses in the shared model: gain −12.0% before, +2.0% after."},
		Harms: []remedies.Harm{{Key: analysis.Key{Arm: "joint", Rung: rung, Weighting: weighting, Domain: name}, Gain: before, Established: true}},
		Remedies: []remedies.Remedy{
			{Name: "adapters by domain", Kind: remedies.Adapters, Arm: "joint", Harmed: []string{name}, Cost: 1, Reason: "all layers are shared, so that bolts can differ from the others by its head alone", Expected: "helps where inputs differ in level or scale"},
			{Name: "width 2", Kind: remedies.Capacity, Arm: "joint", Harmed: []string{name}, Cost: 3.8, Reason: "w1 is the largest size of the study", Expected: "a larger model has room for what differs; sharing may gain as it grows, or not"},
		},
	}
	in.Remedies = f
	page := func() string {
		var out bytes.Buffer
		if err := HTML(&out, in); err != nil {
			t.Fatal(err)
		}
		return html.UnescapeString(out.String())
	}
	for _, want := range []string{"What helps against it", "Adapters by domain, for " + name, "all layers are shared, so that bolts can differ from the others by its head alone", "--try trains them"} {
		if got := page(); !strings.Contains(got, want) {
			t.Errorf("proposals lack %q", want)
		}
	}
	f.Trial = &remedies.Trial{Arm: "joint", Seeds: 5, Trained: 5, Seconds: 80, Tests: 1}
	f.Remedies[0].Outcome = &remedies.Outcome{Verdict: remedies.Helps, Domains: []remedies.Change{{
		Domain: name, Before: before, After: effect.Interval{Value: 0.02, Lo: -0.03, Hi: 0.07}, Against: effect.Interval{Value: 0.125, Lo: 0.06, Hi: 0.19}, Adjusted: 0.01, Verdict: remedies.Helps,
	}}, Others: []remedies.Change{{Domain: in.Results.Domains[1].Name, Against: effect.Interval{Value: -0.2, Lo: -0.3, Hi: -0.1}, Verdict: remedies.Harms}}}
	f.Remedies[1].Outcome = &remedies.Outcome{Verdict: remedies.OverBudget}
	got := page()
	for _, want := range []string{"With adapters by domain, bolts no longer loses in the shared model: gain −12.0% before, +2.0% after.", "3.8× a training", "not tried: over budget", "With adapters by domain, " + name + " no longer loses in the shared model", "that costs " + in.Results.Domains[1].Name, "among all 1 statements"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	f.Weighting = "another"
	if newRemedies(in) != nil || strings.Contains(page(), "no longer loses") {
		t.Error("remedies at another weighting are shown")
	}
}
