package sources_test

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/sources"
)

// A study trained the model of all domains, and one without apples. What a model without
// bolts or screws would say is not known yet; bolts come first, since screws gain less
// in the pair than they do.
func ExampleAsk() {
	at := func(arm, domain string) analysis.Key {
		return analysis.Key{Arm: arm, Rung: "w1", Weighting: "equal", Domain: domain}
	}
	gain := func(arm, domain string, value float64) analysis.Gain {
		pool := []string{"bolts", "screws", "apples"}
		if names, ok := strings.CutPrefix(arm, "pool{"); ok {
			pool = strings.Split(strings.TrimSuffix(names, "}"), ",")
		}
		return analysis.Gain{Key: at(arm, domain), Pool: pool, Gain: effect.Gain{Relative: effect.Interval{Value: value, Lo: value - 0.05, Hi: value + 0.05}}}
	}
	brings := analysis.Brought{Key: at("joint", "screws"), Source: "apples", Without: "pool{bolts,screws}", Brings: effect.Interval{Value: -0.24, Lo: -0.31, Hi: -0.17}, P: 0.001, Discovery: true}
	r := &analysis.Results{
		Study: "parts", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "bolts"}, {Name: "screws"}, {Name: "apples"}},
		Gains: []analysis.Gain{
			gain("joint", "bolts", -0.02), gain("joint", "screws", -0.14), gain("joint", "apples", 0.01),
			gain("pool{bolts,screws}", "bolts", 0.21), gain("pool{bolts,screws}", "screws", 0.10),
		},
		LeftOut: &analysis.LeftOut{Effects: []analysis.SourceEffect{{Brought: brings, With: effect.Point(-0.14), Left: effect.Point(0.1)}}},
	}
	answer, err := sources.Ask(r, sources.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range answer.Effects {
		e := &answer.Effects[i]
		fmt.Printf("%s %s %s: %s\n", e.Source, sources.Judgement(&e.Brought), e.Domain, sources.Words(e))
	}
	for _, m := range answer.Missing {
		fmt.Printf("train %s, without %s\n", strings.Join(m.Pool, " + "), m.Source)
	}
	// Output:
	// apples harms screws: without apples, screws would gain +10.0 % instead of -14.0 %
	// train screws + apples, without bolts
	// train bolts + apples, without screws
}
