package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// TestOrigins shows whose company harms, at the report's capacity only, and leaves what
// is not settled without emphasis.
func TestOrigins(t *testing.T) {
	in := fixture(t)
	if newOrigins(in) != nil {
		t.Error("a section without anything measured")
	}
	rung, weighting := in.selection()
	brought := func(rung, domain, source string, value float64, found bool) analysis.Brought {
		return analysis.Brought{Key: analysis.Key{Arm: "joint", Rung: rung, Weighting: weighting, Domain: domain}, Source: source, Without: "pool{bolts,screws,rivets}", Brings: effect.Interval{Value: value, Lo: value - 0.1, Hi: value + 0.1}, Discovery: found}
	}
	in.Results.LeftOut = &analysis.LeftOut{
		Sums: []analysis.SourceSum{{Brought: brought(rung, "", "apples", -0.2, true), Domains: 3, Own: effect.Point(0.04)}},
		Effects: []analysis.SourceEffect{
			{Brought: brought(rung, "rivets", "apples", -0.2, true), With: effect.Point(-0.1), Left: effect.Point(0.1)},
			{Brought: brought(rung, "screws", "apples", -0.15, false), With: effect.Point(0.05), Left: effect.Point(0.2)},
			{Brought: brought("other", "bolts", "apples", -0.2, true)},
		},
	}
	o := newOrigins(in)
	if o == nil || !strings.HasPrefix(o.Lead.String(), "On average, the others lose by the company of apples.") {
		t.Fatalf("origins %+v", o)
	}
	if rows := o.Effects.Rows; len(rows) != 2 || !rows[0].Strong || rows[1].Strong || rows[0].Note.String() != "all together: without apples, rivets would gain "+signed(0.1)+" instead of "+signed(-0.1) {
		t.Errorf("rows %+v", rows)
	}
	if rows := o.Sums.Rows; len(rows) != 1 || rows[0].Mark.String() != "harms" || rows[0].Note.String() != "all together; gains "+signed(0.04)+" itself" {
		t.Errorf("sums %+v", rows)
	}
	var page strings.Builder
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), `id="sources"`) || !strings.Contains(page.String(), `href="#sources"`) {
		t.Error("the page lacks the section")
	}
	pool := in.Groups.Groups[0].Names()
	for i := range in.Results.Gains {
		if g := &in.Results.Gains[i]; slices.Equal(g.Pool, pool) {
			in.Results.LeftOut.Sums[0].Arm = g.Arm
		}
	}
	if text := in.harmfulMember(); len(pool) > 1 && !strings.Contains(text.String(), "The company of apples costs the others in") {
		t.Errorf("reason %q of pool %v", text, pool)
	}
	in.Results.LeftOut.Sums[0].Discovery = false
	if text := in.harmfulMember(); text != "" {
		t.Errorf("reason %q of what may be chance", text)
	}
	in.Results.LeftOut.Sums = nil
	if o := newOrigins(in); !strings.HasPrefix(o.Lead.String(), "No domain harms all others") {
		t.Errorf("lead %s", o.Lead)
	}
}
