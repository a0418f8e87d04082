package reports

import (
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/verification"
)

// promises are what recommendations promised and delivered: the latest, and those
// before.
type promises struct {
	Latest promiseRecord
	Before []promiseRecord
}

type promiseRecord struct {
	Headline, How text
	Rows          []promiseRow
	Notes         []text
}

type promiseRow struct {
	Name, Promised, Delivered, Difference, Verdict text
	Sum                                            bool // of a pool, or of all
}

func newPromises(h *verification.History) *promises {
	if h == nil || len(h.Records) == 0 {
		return nil
	}
	n := len(h.Records) - 1
	p := &promises{Latest: newPromiseRecord(&h.Records[n])}
	for _, r := range slices.Backward(h.Records[:n]) {
		p.Before = append(p.Before, newPromiseRecord(&r))
	}
	return p
}

func newPromiseRecord(r *verification.Record) promiseRecord {
	out := promiseRecord{Headline: promiseHeadline(r), How: promiseHow(r)}
	for _, w := range r.Warnings {
		out.Notes = append(out.Notes, asSentence(w))
	}
	add := func(name text, c verification.Comparison, sum bool) {
		out.Rows = append(out.Rows, promiseRow{name, shrunkText(c.Promised), shrunkText(c.Delivered), shrunkText(c.Difference), promiseWord(c.Verdict), sum})
	}
	for _, g := range r.Groups {
		var names []string
		for _, m := range g.Members {
			add(wording.Name(m.Domain), m.Comparison, false)
			names = append(names, m.Domain)
		}
		add(say("all of %s, by value", few(names)), g.Total, true)
	}
	if len(r.Groups) > 1 {
		add(say("all groups, by value"), r.Total, true)
	}
	return out
}

// promiseWord says whether a promise was held.
func promiseWord(v verification.Verdict) text {
	switch v {
	case verification.Held:
		return say("held")
	case verification.Broken:
		return say("broken")
	case verification.Unclear:
		return say("not decided")
	}
	return wording.Name(string(v))
}

func shrunkText(s grouping.Shrunk) text {
	return withLimits(effect.Interval{Value: s.Gain, Lo: s.Lo, Hi: s.Hi}, signed)
}

func promiseHeadline(r *verification.Record) text {
	var pools []text
	members, held := 0, 0
	var broken []string
	for _, g := range r.Groups {
		var names []string
		for _, m := range g.Members {
			names = append(names, m.Domain)
			members++
			switch m.Verdict {
			case verification.Held:
				held++
			case verification.Broken:
				broken = append(broken, m.Domain)
			}
		}
		pools = append(pools, few(names))
	}
	what := say("The promise")
	if len(pools) <= mostPools {
		what = say("The promise of sharing %s", wording.Clauses(pools))
	}
	promised, delivered := signed(r.Total.Promised.Gain), signed(r.Total.Delivered.Gain)
	var out text
	switch r.Verdict {
	case verification.Held:
		out = say("%s was held; %s was promised in all, %s was delivered.", what, promised, delivered)
	case verification.Broken:
		out = say("%s was broken; %s was promised in all, %s was delivered.", what, promised, delivered)
	default:
		out = say("%s is not decided: it may have been held or broken; %s was promised in all, %s was delivered.", what, promised, delivered)
	}
	if r.Verdict != verification.Held && r.Total.Delivered.Lo > 0 {
		out += " " + say("What was delivered is surely a gain all the same.")
	}
	if len(broken) > 0 {
		return out + " " + say("It was broken to %s.", few(broken))
	}
	return out + " " + say("It was held to %d of %s.", held, some(members, "domain"))
}

func promiseHow(r *verification.Record) text {
	seeds := make([]string, len(r.Seeds))
	for i, s := range r.Seeds {
		seeds[i] = strconv.Itoa(s)
	}
	out := say("The pools and their domains' own models were trained with fresh seeds (%s) and tested on %s.", list(seeds), wording.Written(r.Test))
	if !r.Fresh {
		out += " " + say("Seeds alone are fresh: a choice that suits these test samples by chance is not found out.")
	}
	out += " " + say("Held means that surely no more than %s is missing in all, which does not matter; a shortfall of less than %s would not have been called broken.", percent(r.Total.Margin), percent(r.Total.Noticeable))
	if r.Verdict == verification.Unclear {
		out += " " + say("Up to %s may be missing: more fresh seeds ('--seeds'), and where that is not enough more test samples, would tell.", percent(-r.Total.Difference.Lo))
	}
	return out
}

// PromiseLines tell a verification to a terminal.
func PromiseLines(r *verification.Record) []string {
	p := newPromiseRecord(r)
	lines := []string{p.Headline.String(), p.How.String()}
	for _, row := range p.Rows {
		lines = append(lines, "- "+say("%s: promised %s, delivered %s: %s", row.Name, row.Promised, row.Delivered, row.Verdict).String())
	}
	return lines
}
