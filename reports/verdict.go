package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// Statement is the verdict of a study in plain words.
type Statement struct {
	Headline text              `json:"headline"`
	Firmness grouping.Firmness `json:"firmness"`
	// Evidence says in a sentence what the firmness rests on.
	Evidence text `json:"evidence"`
	// Reasons has one sentence per group.
	Reasons []text `json:"reasons"`
	// Next says what to run or to look at before acting; may be empty.
	Next []text `json:"next"`

	// doubt and measured are the parts of the headline that say why not to act and
	// what was measured, where that is in doubt.
	doubt, measured text
}

// Verdict is State as lines for a terminal, in the language of the input, with what
// StateCapacity says where there are several sizes.
func Verdict(in *Input) []string {
	texts := State(in).texts()
	if c := StateCapacity(in); c != nil {
		line := say("Capacity, %s to %s: %s", c.Smallest, c.Largest, c.Headline)
		if c.Turns != "" {
			line += " " + c.Turns
		}
		texts = append(texts, line)
	}
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = in.Language.Write(t)
	}
	return lines
}

// texts are the sentences of a statement, each for a line.
func (s Statement) texts() []text {
	out := []text{s.Headline, say("How sure: %s. %s", firmnessWord(s.Firmness), s.Evidence)}
	for _, r := range append(slices.Clone(s.Reasons), s.Next...) {
		out = append(out, "- "+r)
	}
	return out
}

// Lines returns the statement for a terminal, one sentence per line, in English.
func (s Statement) Lines() []string {
	var lines []string
	for _, t := range s.texts() {
		lines = append(lines, t.String())
	}
	return lines
}

// firmnessWord names how sure a recommendation is.
func firmnessWord(f grouping.Firmness) text {
	switch f {
	case grouping.Clear:
		return say("settled")
	case grouping.Even:
		return say("indifferent")
	case grouping.Likely:
		return say("likely")
	case grouping.Open:
		return say("open")
	case grouping.Doubtful:
		return say("doubtful")
	case grouping.Unknown:
		return say("unknown")
	}
	return wording.Name(string(f))
}

// State puts the verdict into sentences.
func State(in *Input) Statement {
	g := in.Groups
	if g == nil {
		return ungrouped(in.Results.Doubts)
	}
	of := g.OfRest()
	measured := of.Measured()
	on, beside := g.Bearing(g.Doubts)
	nothing := in.nothingToGain()
	s := Statement{Firmness: g.Firmness, Reasons: []text{}, Next: []text{}}
	loss := expectedLoss(g)
	losing := loss != "" && len(g.Lasting) == 0
	first := headline(of, measured, losing)
	if measured == grouping.Unknown {
		s.Evidence, _ = withoutLimits(in.Results)
	} else {
		s.Evidence = evidence(of, measured)
	}
	if nothing != nil {
		first, s.Evidence = nothing.headline, nothing.evidence
	}
	if p := in.Pools; p != nil && p.Impossible != nil && g.Firmness != grouping.Doubtful {
		first.unplanned = true
	}
	if g.OutOfDoubt != nil && nothing == nil {
		first.doubted = few(g.Doubted())
		s.Evidence = say("Of the %s domains out of doubt: %s", count(len(of.Domains)), uncapital(s.Evidence))
	}
	s.Headline = first.text()
	if first.doubted != "" {
		s.Headline += " " + say("Do not act on %s yet: %s.", first.doubted, briefly(on))
	}
	unsought, look := in.unsought()
	if unsought != "" && nothing == nil {
		s.Headline += " " + unsought
	}
	if s.Firmness == grouping.Doubtful {
		s.doubt, s.measured = doubtful(on), say("As measured: %s", uncapital(s.Headline))
		s.Headline = s.doubt + " " + s.measured
		s.Evidence = say("Beside that: %s", uncapital(s.Evidence))
	}
	for _, d := range on {
		s.Reasons = append(s.Reasons, asSentence(d.Text))
	}
	undecided := nothing == nil && measured != grouping.Clear && measured != grouping.Even
	if loss != "" && undecided {
		if s.measured == "" && losing {
			s.Headline += " " + say("But all gains together lead one to expect that these pools lose: do not share yet.")
		}
		s.Reasons = append(s.Reasons, loss)
	}
	add := func(t text) {
		if t != "" {
			s.Reasons = append(s.Reasons, t)
		}
	}
	if undecided {
		add(decided(of))
	}
	if nothing == nil {
		add(unheard(of))
	}
	s.Reasons = append(s.Reasons, in.reasons()...)
	add(in.harmfulMember())
	add(in.plannedOtherwise())
	add(in.worthInstead())
	for _, d := range beside {
		add(asSentence(d.Text))
	}
	if f := in.Remedies; f != nil && f.Study == in.Results.Study && f.Rung == g.Rung && f.Weighting == g.Weighting {
		s.Reasons = append(s.Reasons, written(f.Cures())...)
	}
	add(in.led())
	for _, d := range on {
		s.Next = append(s.Next, wording.Written(d.Next))
	}
	if nothing == nil {
		s.Next = append(s.Next, in.next(of, measured)...)
		if look != "" {
			s.Next = append(s.Next, look)
		}
	} else {
		s.Next = append(s.Next, say("More or harder test samples would show whether there is something to gain after all."))
	}
	return s
}

// ungrouped is the verdict where no groups were chosen, with what may be the
// reason.
func ungrouped(doubts []analysis.Doubt) Statement {
	s := Statement{
		Headline: say("No groups were chosen."),
		Firmness: grouping.Unknown,
		Evidence: say("The study has no gains of pools to choose from, or they were not grouped yet."),
		Reasons:  []text{}, Next: []text{},
	}
	if len(doubts) > 0 {
		s.Headline = say("No groups were chosen: %s.", briefly(doubts))
	}
	for _, d := range doubts {
		s.Reasons = append(s.Reasons, asSentence(d.Text))
		s.Next = append(s.Next, wording.Written(d.Next))
	}
	return s
}

// verdict is a headline: what it is called, and what to do.
type verdict struct {
	call, todo text
	// doubted are domains that it does not speak of.
	doubted text
	// unplanned says that no pools keep to what the study plans for.
	unplanned bool
}

// text is the headline as a sentence.
func (v verdict) text() text {
	switch {
	case v.unplanned && v.doubted != "":
		return say("%s, but for %s: %s, but no pools keep to what the study plans for.", v.call, v.doubted, v.todo)
	case v.unplanned:
		return say("%s: %s, but no pools keep to what the study plans for.", v.call, v.todo)
	case v.doubted != "":
		return say("%s, but for %s: %s.", v.call, v.doubted, v.todo)
	}
	return say("%s: %s.", v.call, v.todo)
}

// headline is the recommendation as an instruction, hedged as far as needed.
func headline(g *grouping.Recommendation, f grouping.Firmness, losing bool) verdict {
	if len(g.Domains) == 1 {
		return verdict{call: say("One domain alone"), todo: say("there is nothing to share")}
	}
	bound := func(t text) text { return t }
	if g.MaxGroups > 0 && g.MaxGroups < len(g.Domains) {
		bound = func(t text) text { return say("with at most %s, %s", some(g.MaxGroups, "model"), t) }
	}
	todo := bound(instruction(g))
	switch {
	case f == grouping.Clear && g.Second != nil && g.Second.Rests:
		return verdict{call: say("Settled by losses, not by errors alone"), todo: todo}
	case f == grouping.Clear:
		return verdict{call: say("Settled"), todo: todo}
	case f == grouping.Even:
		return verdict{call: say("Settled"), todo: say("it makes no difference which domains share. The cheapest is to %s", cheapest(g))}
	case f == grouping.Likely:
		return verdict{call: say("Probably"), todo: todo}
	case losing:
		return verdict{call: say("Best as measured, not settled"), todo: todo}
	case f == grouping.Open && len(g.Lasting) > 0:
		return verdict{call: say("Not settled as a whole; probably"), todo: bound(wording.Clauses(lasting(g)))}
	case f == grouping.Open && !g.Guess():
		return verdict{call: capital(bound(say("nothing is settled"))), todo: say("no grouping of these %s domains stands out", count(len(g.Domains)))}
	}
	return verdict{call: say("Best guess, not settled"), todo: todo}
}

// instruction says what to do with every domain.
func instruction(g *grouping.Recommendation) text {
	n := len(g.Domains)
	var parts []text
	var apart, alone, harmed []string
	for i := range g.Groups {
		names := g.Groups[i].Names()
		switch {
		case len(names) == n && n > 3:
			parts = append(parts, say("share one model among all %s domains", count(n)))
		case len(names) > 1:
			parts = append(parts, say("share %s", few(names)))
		case g.Groups[i].Verdict == grouping.Apart:
			apart = append(apart, names...)
		default:
			alone = append(alone, names...)
		}
	}
	if more := len(parts) - mostPools; more > 1 {
		parts = append(parts[:mostPools], say("share %s more pools", count(more)))
	}
	all := func(names []string) text {
		if len(names) == n && n > 2 {
			return say("all %s domains", count(n))
		}
		return few(names)
	}
	if len(apart) > 0 {
		parts = append(parts, say("keep %s apart", all(apart)))
	}
	if len(alone) > 0 {
		parts = append(parts, say("leave %s alone for now", all(alone)))
	}
	for _, group := range g.Groups {
		for _, m := range group.Members {
			if len(group.Members) > 1 && m.Verdict == grouping.Apart {
				harmed = append(harmed, m.Domain)
			}
		}
	}
	if len(harmed) > 0 {
		return say("%s, although that harms %s", wording.Clauses(parts), few(harmed))
	}
	return wording.Clauses(parts)
}

// evidence says how sure groups are whose gains have limits.
func evidence(g *grouping.Recommendation, f grouping.Firmness) text {
	of := say("these groups come out best in %s of redraws of the measured gains", percent(g.Stability.Share))
	if g.MaxGroups > 0 && g.MaxGroups < len(g.Domains) {
		of = say("of the choices with at most %s, these groups come out best in %s of redraws of the measured gains", some(g.MaxGroups, "model"), percent(g.Stability.Share))
	}
	switch f {
	case grouping.Clear, grouping.Even:
		return decided(g) + " " + wording.Sentence(of)
	case grouping.Likely:
		return say("%s, but not every single gain is beyond doubt.", capital(of))
	}
	other, ok := g.Rival()
	largest, share := partitionText(g.Names()), percent(g.Stability.Share)
	switch {
	case !ok:
		return wording.Sentence(of)
	case g.Guess():
		return say("%s; the next candidate is %s with %s.", capital(of), partitionText(other.Groups), percent(other.Share))
	case !g.StandsOut():
		return say("No grouping comes out best in more than %s of redraws of the measured gains; the one with the largest total, %s, in %s.", percent(max(other.Share, g.Stability.Share)), largest, share)
	}
	return say("The grouping %s comes out best in %s of redraws of the measured gains; the one with the largest total, %s, in %s.", partitionText(other.Groups), percent(other.Share), largest, share)
}
