package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	Headline, How string
	Rows          []promiseRow
	Notes         []string
}

type promiseRow struct {
	Name, Promised, Delivered, Difference, Verdict string
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
	add := func(name string, c verification.Comparison, sum bool) {
		out.Rows = append(out.Rows, promiseRow{name, shrunkText(c.Promised), shrunkText(c.Delivered), shrunkText(c.Difference), string(c.Verdict), sum})
	}
	for _, g := range r.Groups {
		var names []string
		for _, m := range g.Members {
			add(m.Domain, m.Comparison, false)
			names = append(names, m.Domain)
		}
		add("all of "+few(names)+", by value", g.Total, true)
	}
	if len(r.Groups) > 1 {
		add("all groups, by value", r.Total, true)
	}
	return out
}

func shrunkText(s grouping.Shrunk) string {
	if text := span(s.Lo, s.Hi, signed); text != "" {
		return signed(s.Gain) + " (" + text + ")"
	}
	return signed(s.Gain)
}

func promiseHeadline(r *verification.Record) string {
	var pools []string
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
	what := "The promise"
	if len(pools) <= mostPools {
		what += " of sharing " + strings.Join(pools, "; ")
	}
	verdict := map[verification.Verdict]string{
		verification.Held: "was held", verification.Broken: "was broken", verification.Unclear: "is not decided: it may have been held or broken",
	}[r.Verdict]
	text := fmt.Sprintf("%s %s; %s was promised in all, %s was delivered.", what, verdict, signed(r.Total.Promised.Gain), signed(r.Total.Delivered.Gain))
	if r.Verdict != verification.Held && r.Total.Delivered.Lo > 0 {
		text += " What was delivered is surely a gain all the same."
	}
	if len(broken) > 0 {
		return text + " It was broken to " + few(broken) + "."
	}
	return text + fmt.Sprintf(" It was held to %d of %s.", held, wording.Plural(members, "domain"))
}

func promiseHow(r *verification.Record) string {
	seeds := make([]string, len(r.Seeds))
	for i, s := range r.Seeds {
		seeds[i] = strconv.Itoa(s)
	}
	text := fmt.Sprintf("The pools and their domains' own models were trained with fresh seeds (%s) and tested on %s.", list(seeds), r.Test)
	if !r.Fresh {
		text += " Seeds alone are fresh: a choice that suits these test samples by chance is not found out."
	}
	text += fmt.Sprintf(" Held means that surely no more than %s is missing in all, which does not matter; a shortfall of less than %s would not have been called broken.", percent(r.Total.Margin), percent(r.Total.Noticeable))
	if r.Verdict == verification.Unclear {
		text += fmt.Sprintf(" Up to %s may be missing: more fresh seeds ('--seeds'), and where that is not enough more test samples, would tell.", percent(-r.Total.Difference.Lo))
	}
	return text
}

// PromiseLines tell a verification to a terminal.
func PromiseLines(r *verification.Record) []string {
	p := newPromiseRecord(r)
	lines := []string{p.Headline, p.How}
	for _, row := range p.Rows {
		lines = append(lines, fmt.Sprintf("- %s: promised %s, delivered %s: %s", row.Name, row.Promised, row.Delivered, row.Verdict))
	}
	return lines
}
