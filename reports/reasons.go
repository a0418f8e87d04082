package reports

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// What has a sentence each.
const (
	mostAlone   = 8  // domains alone
	mostShared  = 12 // pools
	mostMembers = 6  // members of a pool in its sentence
)

// reasons has a sentence for each group. Where pools are many those with the
// largest totals come first, where domains alone are those that come closest to
// sharing, and the others are counted.
func (in *Input) reasons() []text {
	var pools, alone []*grouping.Group
	for i := range in.Groups.Groups {
		if g := &in.Groups.Groups[i]; len(g.Members) > 1 {
			pools = append(pools, g)
		} else {
			alone = append(alone, g)
		}
	}
	var out []text
	if len(pools) <= mostShared && len(alone) <= mostAlone {
		for i := range in.Groups.Groups {
			out = append(out, in.reason(&in.Groups.Groups[i]))
		}
		return out
	}
	slices.SortStableFunc(pools, func(a, b *grouping.Group) int { return cmp.Compare(b.Total, a.Total) })
	for _, g := range pools[:min(len(pools), mostShared)] {
		out = append(out, in.reason(g))
	}
	if more := len(pools) - mostShared; more > 0 {
		out = append(out, say("%s with smaller totals.", some(more, "more pool")))
	}
	return append(out, in.aloneReasons(alone)...)
}

func (in *Input) aloneReasons(alone []*grouping.Group) []text {
	var out []text
	var unmeasured []string
	var told []*grouping.Group
	worth := map[*grouping.Group]float64{}
	for _, g := range alone {
		name := g.Members[0].Domain
		best, ok := in.Groups.BestPartner(name)
		switch {
		case ok:
			worth[g] = in.Groups.Worth(best)
			told = append(told, g)
		case in.unpairedReason(name) == unpaired(name):
			unmeasured = append(unmeasured, name)
		default:
			told = append(told, g)
		}
	}
	slices.SortStableFunc(told, func(a, b *grouping.Group) int { return cmp.Compare(worth[b], worth[a]) })
	for _, g := range told[:min(len(told), mostAlone)] {
		out = append(out, in.aloneReason(g))
	}
	if more := len(told) - mostAlone; more > 0 {
		out = append(out, say("%s alone.", some(more, "more domain")))
	}
	switch {
	case len(unmeasured) > 1:
		out = append(out, say("%s alone: no pair with them was measured.", few(unmeasured)))
	case len(unmeasured) == 1:
		out = append(out, unpaired(unmeasured[0]))
	}
	return out
}

func (in *Input) reason(g *grouping.Group) text {
	out := in.measuredReason(g)
	if in.Groups.OutOfDoubt != nil && g.Firmness == grouping.Doubtful {
		out += " " + say("In doubt, see above.")
	}
	return out
}

func (in *Input) measuredReason(g *grouping.Group) text {
	if len(g.Members) == 1 {
		return in.aloneReason(g)
	}
	var out text
	if len(g.Members) > mostMembers {
		out = in.middle(g)
	} else {
		parts := make([]text, len(g.Members))
		for i, m := range g.Members {
			parts[i] = say("%s makes %s", m.Domain, in.gainWords(m.Domain).limited(m))
		}
		out = say("%s together: %s.", list(g.Names()), list(parts))
	}
	by := map[grouping.Verdict][]string{}
	for _, m := range g.Members {
		by[m.Verdict] = append(by[m.Verdict], m.Domain)
	}
	switch g.Verdict {
	case grouping.Apart:
		out += " " + say("Sharing harms %s: pooled only because the total or the bound on groups asks for it.", few(by[grouping.Apart]))
	case grouping.Undecided:
		if in.settled() {
			out += " " + say("Undecided for %s taken singly; settled on average.", few(by[grouping.Undecided]))
		} else {
			out += " " + say("Undecided for %s.", few(by[grouping.Undecided]))
		}
	}
	if g.Source == grouping.FromPairs {
		out += " " + say("An estimate from pairs: this pool was not trained.")
	}
	return out
}

// middle is a clause on the gains in a large pool by the median and the extremes.
func (in *Input) middle(g *grouping.Group) text {
	byGain := slices.Clone(g.Members)
	slices.SortStableFunc(byGain, func(a, b grouping.Member) int { return cmp.Compare(a.Gain, b.Gain) })
	gains := 0
	for _, m := range byGain {
		if m.Verdict == grouping.Share {
			gains++
		}
	}
	median, least, most := byGain[len(byGain)/2], byGain[0], byGain[len(byGain)-1]
	change := func(m grouping.Member) text { return in.gainWords(m.Domain).change(m.Gain) }
	out := say("%s together: %s in the median, between %s (%s) and %s (%s).", few(g.Names()), change(median), change(least), least.Domain, change(most), most.Domain)
	if g.Verdict != grouping.Share && gains > 0 {
		out += " " + say("%s with the whole of the limits.", wording.Some(gains, "domain gains", "domains gain"))
	}
	return out
}

// aloneReason says what the best partner of a domain that stays alone would
// bring.
func (in *Input) aloneReason(g *grouping.Group) text {
	name := g.Members[0].Domain
	if barred := in.barredReason(name); barred != "" {
		return barred
	}
	best, found := in.Groups.BestPartner(name)
	if !found {
		return in.unpairedReason(name)
	}
	own, partner := in.gainWords(name), in.gainWords(best.B.Domain)
	out := say("%s alone: with its best partner, %s, it would make %s, and %s %s.", name, best.B.Domain, own.limited(best.A), best.B.Domain, partner.limited(best.B))
	if g.Verdict == grouping.Undecided {
		if in.settled() {
			out += " " + say("Not settled by itself.")
		} else {
			out += " " + say("Not settled.")
		}
	}
	return out
}

// barredReason is said of a domain that rules allow no pair with; empty for others.
func (in *Input) barredReason(name string) text {
	for _, b := range in.Groups.Barred {
		if b.Domain == name {
			return say("%s alone: every pair with it is forbidden, by %s.", name, few(b.Rules))
		}
	}
	return ""
}

// unpaired is said of domains that no pair, and no pool, was measured with.
func unpaired(name string) text { return say("%s alone: no pair with it was measured.", name) }

// next says what to run before acting. Pools to confirm are named once each
// where they are few.
func (in *Input) next(g *grouping.Recommendation, f grouping.Firmness) []text {
	const most = 4
	r := in.Results
	var out, more []text
	for _, c := range g.Confirm {
		switch {
		case f == grouping.Clear && !c.Recommended: // nobody will act on the runner-up
		case len(out) < most:
			out = append(out, say("Confirm by a run: the pool of %s (%s).", few(c.Pool), wording.Written(c.Why)))
		default:
			more = append(more, joined(c.Pool, " + "))
		}
	}
	switch {
	case len(more) > mostPools:
		out = append(out, say("Confirm by runs: %d more pools, such as %s.", len(more), more[0]))
	case len(more) > 0:
		out = append(out, say("Confirm by runs, too: %s.", wording.Clauses(more)))
	}
	switch f {
	case grouping.Unknown:
		_, what := withoutLimits(r)
		out = append(out, what)
	case grouping.Open:
		out = append(out, cmp.Or(in.exhausted(), wording.Written(r.Narrowing())))
	}
	return out
}

// withoutLimits says why no gain has limits, and what gives them some: seeds, or
// where there are enough of these, other test samples.
func withoutLimits(r *analysis.Results) (evidence, next text) {
	for _, g := range r.Gains {
		if min(g.Seeds.Independent, g.Seeds.Arm) < 3 {
			continue
		}
		if r.Folds > 0 {
			return say("No gain has limits: the test samples of a domain are of one group in every fold."),
				say("Test samples of two groups or more in every fold give gains limits: at most half as many folds as there are groups.")
		}
		return say("No gain has limits: the test samples of a domain are of one group, or a single one."),
			say("Test samples of more groups, ten or better twenty, give gains limits; where groups are few, split: {folds: N} tests all of them in turns, best with half as many folds as groups or fewer.")
	}
	return say("No gain has limits; three seeds or more would give some."), say("Three seeds or more, preferably five, give gains limits.")
}

// settled reports whether the groups as a whole are settled and out of doubt, whatever is known of
// single gains.
func (in *Input) settled() bool {
	f := in.Groups.Measured()
	return in.Groups.Firmness != grouping.Doubtful && (f == grouping.Clear || f == grouping.Even)
}

// exhausted says what was found when no further runs would settle the question, where
// runs were chosen step by step; else it is empty.
func (in *Input) exhausted() text {
	if in.Decisions == nil || in.Decisions.End == nil || in.Decisions.End.Reason != decisions.NothingHelps {
		return ""
	}
	return say("%s. Where test samples are a part of the data, split: {folds: 5} and a plan of fixed seeds test all of them.", capital(in.Decisions.Exhausted(in.Decisions.End)))
}

// expectedLoss says that pools which look good as measured are expected to lose, by what
// all gains of the study have in common; empty where they are not.
func expectedLoss(g *grouping.Recommendation) text {
	if !g.Losing() {
		return ""
	}
	p := g.Promised
	return say("Pools of these groups are chosen as the best of many noisy ones. By what all gains of the study have in common they are expected to bring %s in all (from %s to %s), where every domain alone brings 0: measured, chance has favoured them.", signed(p.Total.Gain), signed(p.Total.Lo), signed(p.Total.Hi))
}
