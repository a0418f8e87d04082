package reports

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping"
)

// director is the first page, for whoever decides and pays: what sharing brings,
// risks and costs, what to do next in order, when to stop, what of a checklist is
// done, and what can be said in the meeting. Every figure comes from the study; what
// it has not measured is said to be unknown.
type director struct {
	Numbers   []headFigure
	Next      []todo
	Stop      []text
	Checklist []checkRow
	Phrases   []text
}

// headFigure is one of the three numbers.
type headFigure struct{ Label, Figure, Note text }

// todo is a step with the command that does it, which may be empty.
type todo struct {
	Text    text
	Command string
}

// checkRow is a line of the checklist.
type checkRow struct {
	Topic   text
	Done    bool
	Why     text
	Command string // that would do it, where it is open
}

// newDirector sums up what the other sections of the page say.
func newDirector(in *Input, p *page) *director {
	d := &director{Numbers: []headFigure{in.brings(), in.risks(), in.costs()}, Checklist: in.checklist(p)}
	d.Stop = in.stopRule()
	d.next(in, p.Verdict.Statement)
	d.phrases(in, p)
	return d
}

// pools are the recommended groups of two domains and more, the one with the largest
// total first.
func (in *Input) pools() []*grouping.Group {
	var out []*grouping.Group
	if in.Groups == nil {
		return nil
	}
	for i := range in.Groups.Groups {
		if g := &in.Groups.Groups[i]; len(g.Members) > 1 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *grouping.Group) int {
		if a.Total > b.Total {
			return -1
		}
		if a.Total < b.Total {
			return 1
		}
		return 0
	})
	return out
}

// meanGain is the measured gain of the recommended groups, averaged over all domains,
// of which those alone gain nothing.
func (in *Input) meanGain() float64 {
	sum := 0.0
	for _, g := range in.pools() {
		for _, m := range g.Members {
			sum += m.Gain
		}
	}
	return sum / float64(len(in.Groups.Domains))
}

// promisedMean is meanGain as it is expected with fresh seeds; false where that is
// not known.
func (in *Input) promisedMean() (float64, bool) {
	p := in.Groups.Promised
	if p == nil || p.Why != "" {
		return 0, false
	}
	sum := 0.0
	for _, g := range p.Groups {
		if len(g.Members) < 2 {
			continue
		}
		for _, m := range g.Members {
			sum += m.Gain.Gain
		}
	}
	mean := sum / float64(len(in.Groups.Domains))
	return mean, finite(mean)
}

// brings is the first number.
func (in *Input) brings() headFigure {
	f := headFigure{Label: say("What sharing brings"), Figure: noData}
	switch {
	case in.Groups == nil:
		f.Note = say("Not measured: no groups were chosen.")
		return f
	case len(in.pools()) == 0:
		f.Figure, f.Note = text(percent(0)), say("The recommendation shares nothing, so that nothing changes.")
		return f
	}
	mean := in.meanGain()
	f.Figure = text(signed(mean))
	f.Note = say("As measured, on average over all %s domains: %s.", count(len(in.Groups.Domains)), gainWordsOf(in.Results).than(mean))
	if promised, ok := in.promisedMean(); ok {
		f.Note += " " + say("Chosen as the best of many, it is likely to be less: %s is expected with fresh seeds.", signed(promised))
	}
	return f
}

// risks is the second number: the worst that limits allow for a domain that shares.
func (in *Input) risks() headFigure {
	f := headFigure{Label: say("What it risks"), Figure: noData}
	pools := in.pools()
	switch {
	case in.Groups == nil:
		f.Note = say("Not measured: no groups were chosen.")
		return f
	case len(pools) == 0:
		f.Figure, f.Note = text(percent(0)), say("Nothing is shared, so that nothing can be harmed.")
		return f
	}
	worst, name := math.Inf(1), ""
	for _, g := range pools {
		for _, m := range g.Members {
			if !finite(m.Lo) {
				f.Note = say("Not known: gains have no limits yet.")
				return f
			}
			if m.Lo < worst {
				worst, name = m.Lo, m.Domain
			}
		}
	}
	if worst >= 0 {
		f.Figure, f.Note = text(percent(0)), say("Within their limits, no domain that shares loses; the least sure of a gain is %s.", name)
	} else {
		f.Figure, f.Note = text(signed(worst)), say("The worst that limits allow: %s for %s.", in.gainWords(name).than(worst), name)
	}
	if note := in.interferes(); note != "" {
		f.Note += " " + note
	}
	return f
}

// interferes says in which recommended pool most answers may be lost to interference.
func (in *Input) interferes() text {
	rung, weighting := in.selection()
	most, name := 0.0, ""
	for _, g := range in.pools() {
		for _, m := range g.Members {
			e := in.Results.Effect(analysis.Key{Arm: in.armOf(g.Names()), Rung: rung, Weighting: weighting, Domain: m.Domain})
			if e == nil || e.Measure == measures.Loss || !e.Interference.BoundHi.Known() {
				continue
			}
			if hi := float64(e.Interference.BoundHi); hi > most {
				most, name = hi, m.Domain
			}
		}
	}
	if name == "" {
		return ""
	}
	return say("Interference: of every 100 answers for %s, up to %s that a model of its own gets right may turn wrong.", name, fixed(100*most, 1))
}

// costs is the third number: money where it was worked out, else models.
func (in *Input) costs() headFigure {
	f := headFigure{Label: say("What it costs"), Figure: noData}
	if in.Groups == nil {
		f.Note = say("Not measured: no groups were chosen.")
		return f
	}
	if o := in.recommendedOption(); o != nil {
		currency := in.Economics.Prices.Currency
		apart := &in.Economics.Options[0]
		f.Figure = say("%s %s", signedAmount(o.Costs.Once-apart.Costs.Once), currency)
		f.Note = say("At the start, against a model for each domain; running it changes by %s %s a month.", signedAmount(o.Costs.Monthly-apart.Costs.Monthly), currency)
		return f
	}
	f.Figure = some(len(in.Groups.Groups), "model")
	f.Note = say("To run and keep up to date, instead of %d. What that is worth in money was not worked out: no prices were given.", len(in.Groups.Domains))
	return f
}

// stopRule says when enough was measured.
func (in *Input) stopRule() []text {
	var out []text
	g := in.Groups
	switch {
	case g == nil || g.Stability == nil || g.Stability.Decision == nil:
		out = append(out, say("No rule can be kept yet: gains need limits first, by three seeds or more."))
	case g.Firmness == grouping.Doubtful:
		out = append(out, say("Stop spending on sharing until the doubts above are cleared: more of the same trainings would not clear them."))
	case in.settled():
		out = append(out, say("Stop measuring: with 95%% probability no other grouping is better by more than %s on average, which does not matter. Measure again when data, products or prices change.", percent(g.Stability.Decision.Tolerance)))
	default:
		d := g.Stability.Decision
		out = append(out, say("Go on until, with 95%% probability, no other grouping is better by more than %s on average over the domains; so far that can be said of %s.", percent(d.Tolerance), percent(d.Regret)))
		if in.exhausted() != "" {
			out = append(out, say("More trainings of the same kind will not get there; more test samples would."))
		}
	}
	if a := in.Economics; a != nil && len(a.Options) > 1 && finite(a.Perfect) {
		out = append(out, say("No further study that costs more than %s %s is worth it.", amount(a.Perfect), a.Prices.Currency))
	}
	return out
}

// next is what to do, in order.
func (d *director) next(in *Input, s Statement) {
	for _, t := range s.Next {
		d.Next = append(d.Next, todo{Text: t})
	}
	if g := in.Groups; g != nil && g.Firmness != grouping.Doubtful {
		pools := in.pools()
		switch {
		case len(pools) == 0 && in.settled():
			d.Next = append(d.Next, todo{Text: say("Keep the models of their own; nothing needs to be introduced.")})
		case len(pools) == 0 || g.Firmness == grouping.Open || g.Firmness == grouping.Unknown:
			d.Next = append(d.Next, todo{Text: say("Until that is settled, leave the domains as they are.")})
		default:
			d.Next = append(d.Next,
				todo{Text: say("Begin in one place (staged investment): put the shared model for %s into use, and keep their own models until it has proved itself.", few(pools[0].Names()))},
				todo{Text: say("Hold what was promised against fresh trainings before the next step."), Command: "sharewise promise OUT"})
			if len(pools) > 1 {
				d.Next = append(d.Next, todo{Text: say("Then go on with the other shared models: %s.", some(len(pools)-1, "more pool"))})
			}
		}
	}
	const most = 2
	open := 0
	for _, c := range d.Checklist {
		if !c.Done && c.Command != "" && open < most {
			open++
			d.Next = append(d.Next, todo{Text: say("Open in the checklist: %s.", c.Topic), Command: c.Command})
		}
	}
}

// phrases are sentences for the meeting.
func (d *director) phrases(in *Input, p *page) {
	add := func(t text) { d.Phrases = append(d.Phrases, t) }
	add(say("We compared a model for each of %s with models that they share, in %s.", some(len(in.Results.Domains), "domain"), some(in.Results.Runs.Done, "training run")))
	tests := 0
	for _, x := range in.Results.Domains {
		tests += x.Test
	}
	if tests > 0 && !slices.ContainsFunc(in.Results.Doubts, func(x analysis.Doubt) bool { return x.Kind == analysis.Leaked }) {
		add(say("They were judged on %s that no training had seen.", some(tests, "test sample")))
	}
	add(p.Verdict.Headline)
	if in.Groups == nil {
		return
	}
	pools := in.pools()
	if len(pools) > 0 {
		mean := in.meanGain()
		if promised, ok := in.promisedMean(); ok {
			add(say("As measured, the recommendation means %s on average over all domains; of fresh trainings we expect %s.", gainWordsOf(in.Results).than(mean), signed(promised)))
		} else {
			add(say("As measured, the recommendation means %s on average over all domains.", gainWordsOf(in.Results).than(mean)))
		}
		if risk := d.Numbers[1]; risk.Figure != noData {
			add(say("The risk: %s", risk.Note))
		} else {
			add(say("How much a domain could lose we do not know yet."))
		}
	}
	if g := in.Groups; g.Stability != nil {
		add(say("Would it come out the same again? In %s of redraws of the measured gains these groups are the best.", percent(g.Stability.Share)))
	}
	if p.Money != nil {
		add(say("In money: %s", p.Money.Headline))
	} else {
		add(say("What it is worth in money we have not worked out yet."))
	}
	for _, t := range d.Stop {
		add(say("Our rule: %s", t))
	}
}
