package reports

import (
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// lasting is a sentence on the pools that can be acted on although the whole is open.
func lasting(g *grouping.Recommendation) []text {
	var out []text
	for _, names := range g.Lasting[:min(len(g.Lasting), mostPools)] {
		out = append(out, say("share %s", few(names)))
	}
	if more := len(g.Lasting) - mostPools; more > 0 {
		out = append(out, say("share %s", some(more, "more pool")))
	}
	return out
}

// Certificate says how much better another grouping could be than the
// recommended one, by the same gains; empty where that is not known.
func Certificate(g *grouping.Recommendation) string { return certificate(g).String() }

func certificate(g *grouping.Recommendation) text {
	switch {
	case g == nil || len(g.Domains) < 2:
		return ""
	case g.Chosen == grouping.ByModels:
		out := say("The recommended grouping has a total gain of %s over all domains, and no more than %s can be had by these gains, which is a difference that does not matter.", signed(g.Total), signed(g.Bound))
		if guess, ok := g.Alternative(grouping.BestGuess); ok {
			out += " " + say("The best guess, %s, has %s and takes %s instead of %s.", partitionText(guess.Groups), signed(guess.Total), some(len(guess.Groups), "model"), count(len(g.Groups)))
		}
		return out
	case g.Optimal:
		return say("The recommended grouping has a total gain of %s over all domains; it is proved that no other has more, by these gains.", signed(g.Total))
	case g.Bound > g.Total:
		return say("The recommended grouping has a total gain of %s over all domains; another may have more by these gains, but at most %s.", signed(g.Total), signed(g.Bound))
	}
	return ""
}

// decided words how much better another grouping could be; empty where draws tell
// nothing. A grouping of pools whose gains are neither measured nor estimated is
// none that anything is said about.
func decided(g *grouping.Recommendation) text {
	if g.Stability == nil || g.Stability.Decision == nil || len(g.Domains) < 2 {
		return ""
	}
	d := g.Stability.Decision
	n, shown := len(g.Domains), percent(d.Regret)
	trained, more := len(g.Pairs) < n*(n-1)/2, strings.Trim(shown, "0.%") != ""
	bound := say("no other grouping is better")
	switch {
	case trained && more:
		bound = say("no other grouping of the pools that were trained is better by more than %s, averaged over the domains", shown)
	case trained:
		bound = say("no other grouping of the pools that were trained is better")
	case more:
		bound = say("no other grouping is better by more than %s, averaged over the domains", shown)
	}
	if s := g.Second; s != nil && s.Rests {
		return say("Settled by losses, which vary less than errors: with 95%% probability no other grouping has less mean loss by more than %s, averaged over the domains; up to %s does not matter. Gains in errors agree (correlation %.2f) and are noisier: by them alone all that can be said is %s.",
			percent(s.Regret), percent(d.Tolerance), float64(s.Correlation), percent(d.Regret))
	}
	switch d.Kind {
	case grouping.Settled:
		return say("With 95%% probability %s; up to %s does not matter.", bound, percent(d.Tolerance))
	case grouping.Indifferent:
		return say("With 95%% probability none of the groupings that were considered, all alone among them, is worse than another by more than %s, averaged over the domains.", percent(d.Tolerance))
	}
	out := say("All that can be said with 95%% probability is that %s; %s would be settled.", bound, percent(d.Tolerance))
	if len(d.Doubtful) > 0 {
		first := d.Doubtful[0]
		out += " " + say("What is not known of the gain of %s in the pool of %s adds most to that.", first.Domain, few(first.Pool))
	}
	return out
}

// unheard says why losses that would settle a decision are not relied on; empty where
// they are, or would not.
func unheard(g *grouping.Recommendation) text {
	if s := g.Second; s != nil && !s.Rests && s.Kind == grouping.Settled {
		return say("Losses would settle it, and are not relied on: %s.", wording.Written(s.Why))
	}
	return ""
}

// cheapest is the recommended grouping, where costs decide, as an instruction.
func cheapest(g *grouping.Recommendation) text {
	var parts []text
	var alone []string
	for _, names := range g.Names() {
		if len(names) == 1 {
			alone = append(alone, names...)
			continue
		}
		parts = append(parts, say("share %s", few(names)))
	}
	if len(alone) > 0 {
		parts = append(parts, say("leave %s alone", few(alone)))
	}
	return wording.Clauses(parts)
}

// Lengths of lists in sentences.
const (
	mostNames = 8 // domains
	mostPools = 6
)

// few lists names; of many, the first.
func few(names []string) text {
	if len(names) <= mostNames {
		return list(names)
	}
	const first = 3
	return say("%d domains (%s and %d others)", len(names), joined(names[:first], ", "), len(names)-first)
}

// partitionText writes a partition as a + b | c. Of many domains it counts what
// it cannot name.
func partitionText(groups [][]string) text {
	domains, alone := 0, 0
	for _, g := range groups {
		domains += len(g)
		if len(g) == 1 {
			alone++
		}
	}
	var parts []text
	if domains <= 2*mostNames {
		for _, g := range groups {
			parts = append(parts, joined(g, " + "))
		}
		return joined(parts, " | ")
	}
	more := 0
	for _, g := range groups {
		switch {
		case len(g) == 1:
		case len(parts) == mostPools:
			more++
		case len(g) > 4:
			parts = append(parts, say("%s + %s + %d others", g[0], g[1], len(g)-2))
		default:
			parts = append(parts, joined(g, " + "))
		}
	}
	if more > 0 {
		parts = append(parts, some(more, "more pool"))
	}
	if alone > 0 {
		parts = append(parts, say("%s alone", count(alone)))
	}
	return joined(parts, " | ")
}
