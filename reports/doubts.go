package reports

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// mostDoubts is how many doubts are named in the first sentence.
const mostDoubts = 2

// bearing returns the doubts that bear on a recommendation, and the others. A
// domain whose models learned nothing says nothing about sharing, and nothing
// against sharing by others: that doubt bears on pools with the domain, or on a
// recommendation without pools. All other doubts are about all that was
// measured of their domains.
func bearing(doubts []analysis.Doubt, g *grouping.Recommendation) (on, beside []analysis.Doubt) {
	var pooled []string
	for i := range g.Groups {
		if names := g.Groups[i].Names(); len(names) > 1 {
			pooled = append(pooled, names...)
		}
	}
	for _, d := range doubts {
		concerns := slices.ContainsFunc(d.Domains, func(name string) bool { return slices.Contains(pooled, name) })
		if d.Kind == analysis.NoSkill && len(pooled) > 0 && !concerns {
			beside = append(beside, d)
		} else {
			on = append(on, d)
		}
	}
	return on, beside
}

// doubtful puts the doubts before a headline.
func doubtful(doubts []analysis.Doubt, text string) string {
	var clauses []string
	for _, d := range doubts[:min(len(doubts), mostDoubts)] {
		clauses = append(clauses, d.Text)
	}
	warning := "Do not act on this yet: " + strings.Join(clauses, "; ")
	if more := len(doubts) - mostDoubts; more > 0 {
		warning += "; and " + plural(more, "more reason", "more reasons")
	}
	return warning + ". " + text
}
