package analysis

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
)

// fewCarry doubts gains of the largest rung that a few samples decide.
func (a *analyzer) fewCarry() {
	var domains []string
	var first string
	for _, d := range a.Domains {
		for _, g := range a.results.Gains {
			if c := g.Carriers; g.Domain != d.Name || g.Rung != a.results.LargestRung() || c == nil || !c.Decisive {
				continue
			}
			if domains == nil {
				partners := slices.DeleteFunc(slices.Clone(g.Pool), func(name string) bool { return name == d.Name })
				value := func(v effect.Interval) string { return effect.Point(v.Value).Percent() }
				first = fmt.Sprintf("trained with %s it is %s, and %s without %s", someNames(partners), value(g.Relative), value(g.Carriers.Without), g.Carriers.Who())
			}
			domains = append(domains, d.Name)
			break
		}
	}
	if domains == nil {
		return
	}
	a.doubt(Doubt{
		Kind: FewCarry, Domains: domains,
		Brief: fmt.Sprintf("a few test samples decide gains of %s", briefly(domains, len(a.Domains))),
		Text:  fmt.Sprintf("the losses of a few test samples decide gains of %s (%s)", someNames(domains), firstOf(domains, first)),
		Next:  fmt.Sprintf("Look at the test samples of %s with the largest losses: errors in the data should go, and analysis.loss_cap bounds what one sample counts where they are right.", someNames(domains)),
	})
}
