package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// outcome is what the recommendation means for each domain: a card per group
// and a chart of gains.
type outcome struct {
	Cards  []groupCard
	Gains  *rangeChart
	Models text // how many models instead of how many
}

// mostCardNames is how many domains of a pool a card names.
const mostCardNames = 12

type groupCard struct {
	Title   text
	Names   []string
	More    int    // names left out, which the gains below the cards have
	Verdict text   // as the reader sees it
	Tone    string // share, apart, undecided
	Source  text
	// Apart says that the names share nothing: domains alone, where they are
	// many.
	Apart bool
}

func newOutcome(in *Input) *outcome {
	g := in.Groups
	if g == nil {
		return nil
	}
	o := &outcome{Models: say("%s instead of %d", some(len(g.Groups), "model"), len(g.Domains))}
	if len(g.Groups) == len(g.Domains) {
		o.Models = say("%s, one per domain", some(len(g.Domains), "model"))
	}
	var items []rangeItem
	singles := 0
	for i := range g.Groups {
		if g.Groups[i].Source == grouping.Single {
			singles++
		}
	}
	for i := range g.Groups {
		group := &g.Groups[i]
		c := card(group, in.settled())
		if group.Source == grouping.Single && !slices.ContainsFunc(in.Results.Gains, func(x analysis.Gain) bool { return x.Domain == group.Members[0].Domain }) {
			// Nothing says that it is better alone, as where rules forbid every pool.
			c.Verdict, c.Tone = say("no pool with it was trained"), "undecided"
			if in.barred(group.Members[0].Domain) {
				c.Verdict = say("the rules forbid every pair with it")
			}
		}
		if g.OutOfDoubt != nil && group.Firmness == grouping.Doubtful {
			c.Verdict, c.Tone = say("in doubt: do not act on this yet"), "undecided"
		}
		o.add(c, singles > mostAlone && group.Source == grouping.Single)
		for _, m := range group.Members {
			if group.Source == grouping.Single {
				continue
			}
			items = append(items, rangeItem{
				label: wording.Name(m.Domain),
				note:  in.beforeAfter(m.Domain, group.Names()),
				value: effect.Interval{Value: m.Gain, Lo: m.Lo, Hi: m.Hi},
				mark:  verdictWord(m.Verdict, true, in.settled()),
			})
		}
	}
	o.Gains = newRangeChart(items, say("gain from sharing: %s", gainMeaning(in.Results)), signed)
	return o
}

// add adds a card, or, for one of many domains alone, its name to the card of
// those with the same verdict.
func (o *outcome) add(c groupCard, joins bool) {
	if joins {
		for i := range o.Cards {
			if o.Cards[i].Apart && o.Cards[i].Verdict == c.Verdict {
				o.Cards[i].Names = append(o.Cards[i].Names, c.Names...)
				return
			}
		}
		c.Title, c.Apart = say("A model each for"), true
	}
	o.Cards = append(o.Cards, c)
}

func card(g *grouping.Group, settled bool) groupCard {
	c := groupCard{Names: g.Names(), Verdict: verdictWord(g.Verdict, len(g.Members) > 1, settled)}
	switch {
	case len(g.Members) == 1:
		c.Title = say("Its own model")
	default:
		c.Title = say("One model for %s domains", count(len(g.Members)))
		if more := len(c.Names) - mostCardNames; more > 1 {
			c.Names, c.More = c.Names[:mostCardNames], more
		}
	}
	switch g.Verdict {
	case grouping.Share:
		c.Tone = "share"
	case grouping.Apart:
		c.Tone = "apart"
	default:
		c.Tone = "undecided"
	}
	if g.Source == grouping.FromPairs {
		c.Source = say("estimated from pairs, not trained yet")
	}
	return c
}

// verdictWord is the word of the verdict for a domain that shares, or for one alone.
// Where groups are settled as a whole, single gains need not be.
func verdictWord(v grouping.Verdict, shares, settled bool) text {
	switch {
	case v == grouping.Share:
		return say("sharing pays")
	case v == grouping.Apart && shares:
		return say("harmed: better alone")
	case v == grouping.Apart:
		return say("better alone")
	case shares && settled:
		return say("settled on average, not singly")
	case shares:
		return say("gain not settled")
	case settled:
		return say("no partner surely pays")
	}
	return say("no partner helps; not settled")
}

func gainMeaning(r *analysis.Results) text {
	return say("+10%% is a tenth %s than alone", gainWordsOf(r).reduction())
}

// beforeAfter is the quality of a domain alone and in a pool.
func (in *Input) beforeAfter(domain string, pool []string) text {
	rung, weighting := in.selection()
	at := analysis.Key{Arm: in.armOf(pool), Rung: rung, Weighting: weighting, Domain: domain}
	after := in.Results.Score(at)
	at.Arm = analysis.Independent
	before := in.Results.Score(at)
	if before == nil || after == nil {
		return ""
	}
	known := in.metricsOf(before)
	if len(known) == 0 || !after.Metric(known[0].key).Known() {
		return ""
	}
	m := known[0]
	if m.key == "accuracy" { // few wrong answers say more than many right ones
		return say("wrong: %s alone, %s shared", precise(1-before.Accuracy.Value), precise(1-after.Accuracy.Value))
	}
	return say("%s %s alone, %s shared", m.name, m.write(before.Metric(m.key).Value), m.write(after.Metric(m.key).Value))
}

// armOf finds the arm that trained a pool, empty where none did.
func (in *Input) armOf(pool []string) string {
	for _, g := range in.Results.Gains {
		if slices.Equal(g.Pool, pool) {
			return g.Arm
		}
	}
	return ""
}

// recommendedArm is the arm of the pool that is recommended for a domain; empty where that
// is a model of its own, or the pool was not trained.
func (in *Input) recommendedArm(domain string) string {
	if in.Groups == nil {
		return ""
	}
	for _, g := range in.Groups.Names() {
		if len(g) > 1 && slices.Contains(g, domain) {
			return in.armOf(g)
		}
	}
	return ""
}
