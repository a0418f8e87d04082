package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/appraisal"
)

// recommendedOption is the recommendation as an option with its costs; nil where
// nobody asked what it is worth.
func (in *Input) recommendedOption() *appraisal.Option {
	a := in.Economics
	if a == nil || len(a.Options) < 2 {
		return nil
	}
	want := partitionText(sortedGroups(in.Groups.Names()))
	for i := range a.Options {
		if o := &a.Options[i]; o.Rung == in.Groups.Rung && partitionText(sortedGroups(o.Groups)) == want {
			return o
		}
	}
	return nil
}

// checklist says of each question that sharing raises whether the study has
// answered it, by the sections of the page.
func (in *Input) checklist(p *page) []checkRow {
	return []checkRow{in.checkImbalance(p.Unequal), in.checkSimilarity(p.Estimates), in.checkCapacity(), in.checkWeighting(p.Compared), in.checkPolicy(), checkMoney(p.Money)}
}

func (in *Input) checkImbalance(u *unequal) checkRow {
	c := checkRow{Topic: say("Unequal amounts of data"), Command: "sharewise imbalance OUT"}
	if u != nil {
		c.Done, c.Why = true, u.Lead
		return c
	}
	least, most := 0, 0
	for _, d := range in.Results.Domains {
		if d.Train > 0 && (least == 0 || d.Train < least) {
			least = d.Train
		}
		most = max(most, d.Train)
	}
	switch {
	case least == 0:
		c.Why = say("How many training samples the domains have is not known here.")
	case most == least:
		c.Done, c.Why = true, say("All domains have the same number of training samples, %d.", most)
	default:
		c.Why = say("The largest domain has %s times the training samples of the smallest; whether that matters was not measured.", fmt.Sprintf("%.3g", float64(most)/float64(least)))
	}
	return c
}

func (in *Input) checkSimilarity(e *estimates) checkRow {
	c := checkRow{Topic: say("Similarity of the domains"), Command: "sharewise similarity OUT"}
	n := len(in.Results.Domains)
	all := n * (n - 1) / 2
	pairs := map[string]bool{}
	for _, g := range in.selectedGains() {
		if len(g.Pool) == 2 && g.Relative.Known() {
			pairs[g.Arm] = true
		}
	}
	switch {
	case n < 2:
		c.Done, c.Why = true, say("There is one domain.")
	case len(pairs) >= all:
		c.Done, c.Why = true, say("Measured directly: every pair of domains was trained together, %d of %d.", len(pairs), all)
	case e != nil:
		c.Done, c.Why = true, say("Pairs trained together: %d of %d; the others were estimated, and the estimates audited.", len(pairs), all)
	default:
		c.Why = say("Pairs trained together: %d of %d; how alike the others are was not looked at.", len(pairs), all)
	}
	return c
}

func (in *Input) checkCapacity() checkRow {
	c := checkRow{Topic: say("Capacity of the model"), Command: "model: {widths: [0.5, 1, 2]}"}
	if s := StateCapacity(in); s != nil {
		c.Done, c.Why = true, s.Headline
		return c
	}
	if len(in.Results.Rungs) > 1 {
		c.Why = say("Several sizes were trained, and not enough of each to say what size has to do with it.")
		return c
	}
	c.Why = say("The study has one size: whether a larger model would interfere less was not measured.")
	return c
}

func (in *Input) checkWeighting(contest *compared) checkRow {
	c := checkRow{Topic: say("Loss weights"), Command: "sharewise weightings study.yaml -o OUT"}
	_, weighting := in.selection()
	switch {
	case contest != nil && len(contest.Verdict) > 0:
		c.Done, c.Why = true, contest.Verdict[0]
	case len(in.Results.Weightings) > 1:
		c.Why = say("Ways of weighting that were trained: %s. They were not compared at equal tuning.", list(in.Results.Weightings))
	case weighting != "":
		c.Why = say("Trained with one way of weighting, %s; whether another does better was not measured.", weighting)
	default:
		c.Why = say("Whether weights would help was not measured.")
	}
	return c
}

func (in *Input) checkPolicy() checkRow {
	c := checkRow{Topic: say("Rules for the data"), Command: "policy: rules.yaml"}
	if in.Groups == nil || in.Groups.Governance == nil {
		c.Why = say("No rules were given: whether these data may share a model, by contract and by law, has to be answered by those who know.")
		return c
	}
	g := in.Groups.Governance
	c.Done, c.Why = true, say("Kept: %s, which forbid %s.", some(len(g.Rules), "rule"), some(len(g.Forbidden), "pool"))
	return c
}

func checkMoney(m *money) checkRow {
	c := checkRow{Topic: say("Money"), Command: "sharewise value OUT"}
	if m != nil {
		c.Done, c.Why = true, m.Headline
		return c
	}
	c.Why = say("No prices were given, so that it is not known whether it pays.")
	return c
}
