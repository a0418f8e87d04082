package reports

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/remedies"
)

// mostProposed is how many remedies are listed where none was tried.
const mostProposed = 12

// remediesShown shows what may help where sharing harms, and what was tried.
type remediesShown struct {
	Verdict, Notes []text
	Chart          *rangeChart // gains afterwards
	Rows           []remedyRow
	Proposed       []text
}

// remedyRow is a domain under a remedy, or a remedy that was not tested.
type remedyRow struct {
	Remedy, Cost, Domain, Before, After, Against, Verdict text
	Strong                                                bool
}

// newRemedies is nil where none were asked for, nothing harms, or they are of another
// study, capacity or weighting than the report's.
func newRemedies(in *Input) *remediesShown {
	f := in.Remedies
	rung, weighting := in.selection()
	if f == nil || f.Study != in.Results.Study || f.Rung != rung || f.Weighting != weighting || len(f.Harms) == 0 {
		return nil
	}
	out := &remediesShown{Verdict: written(f.Verdict)}
	for _, w := range f.Warnings {
		out.Notes = append(out.Notes, asSentence(w))
	}
	if f.Trial == nil {
		out.propose(f)
		return out
	}
	var items []rangeItem
	for _, h := range f.Harms {
		if h.Arm != f.Trial.Arm {
			continue
		}
		items = append(items, rangeItem{label: wording.Name(h.Domain), note: say("in the pool as it was"), value: h.Gain, mark: say("before")})
		for i := range f.Remedies {
			r := &f.Remedies[i]
			if r.Outcome == nil || r.Kind == remedies.Own {
				continue
			}
			for _, c := range r.Outcome.Domains {
				if c.Domain == h.Domain && c.After.Known() {
					items = append(items, rangeItem{label: wording.Name(h.Domain), note: wording.Written(r.Name), value: c.After, mark: wording.Written(string(c.Verdict))})
				}
			}
		}
	}
	out.Chart = newRangeChart(items, say("gain against a model of the domain's own"), signed)
	for i := range f.Remedies {
		if f.Remedies[i].Outcome != nil {
			out.row(&f.Remedies[i])
		}
	}
	out.Notes = append(out.Notes, say("Trained with the seeds of the study: %s, in %s of one processor. Verdicts hold the remedy against the pool as it was, and among all %d statements that were looked at (Holm's procedure); what other domains pay is listed where it is beyond doubt. Gains are against a model of the domain's own, which for a larger model, normalised inputs and samples left out is one with the same change.",
		some(f.Trial.Trained, "run"), timeText(f.Trial.Seconds), f.Trial.Tests))
	return out
}

// row adds a remedy: harmed domains, others that surely do worse, or that it was not
// tested.
func (s *remediesShown) row(r *remedies.Remedy) {
	cost := text(noData)
	switch {
	case r.Kind == remedies.Own:
		cost = say("a model")
	case r.Cost.Known():
		cost = say("%s× a training", fmt.Sprintf("%.2g", float64(r.Cost)))
	}
	all := slices.Clone(r.Outcome.Domains)
	for _, c := range r.Outcome.Others {
		if c.Verdict == remedies.Harms {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		s.Rows = append(s.Rows, remedyRow{Remedy: capital(wording.Written(r.Name)), Cost: cost, Domain: few(r.Harmed), Before: noData, After: noData, Against: noData, Verdict: wording.Written(string(r.Outcome.Verdict))})
	}
	for _, c := range all {
		s.Rows = append(s.Rows, remedyRow{
			Remedy: capital(wording.Written(r.Name)), Cost: cost, Domain: wording.Name(c.Domain), Before: gainText(c.Before), After: gainText(c.After), Against: gainText(c.Against),
			Verdict: wording.Written(string(c.Verdict)), Strong: c.Verdict == remedies.Helps && r.Kind != remedies.Own,
		})
	}
}

// propose lists what could be tried.
func (s *remediesShown) propose(f *remedies.File) {
	for i, r := range f.Remedies {
		if i == mostProposed {
			s.Notes = append(s.Notes, say("Further proposals: %d, in remedies.json.", len(f.Remedies)-mostProposed))
			break
		}
		s.Proposed = append(s.Proposed, say("%s, for %s in %s: %s. Expected: %s.", capital(wording.Written(r.Name)), few(r.Harmed), armTitle(r.Arm), wording.Written(r.Reason), wording.Written(r.Expected)))
	}
	s.Notes = append(s.Notes, say("Nothing was tried: sharewise remedies with --try trains them, and says what each brings."))
}

// gainText is a gain with its limits.
func gainText(v effect.Interval) text {
	if !v.Known() {
		return noData
	}
	return withLimits(v, signed)
}
