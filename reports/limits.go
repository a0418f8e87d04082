package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// limits is what the numbers cannot say: general limits that follow from how
// the study was run, and all warnings in full.
type limits struct {
	General  []text
	Warnings []warning
}

// warning is a caveat with the places that it concerns.
type warning struct {
	Text   text
	Places []text // the first mostPlaces
	Count  int    // of all places
	seen   map[text]bool
}

// mostPlaces is how many places of a warning are named.
const mostPlaces = 40

func newLimits(in *Input) limits {
	r := in.Results
	l := limits{General: general(in)}
	for _, w := range r.Warnings {
		l.add(w, "")
	}
	if in.Groups != nil {
		for _, w := range in.Groups.Warnings {
			l.add(w, say("groups"))
		}
	}
	for _, e := range r.Effects {
		for _, w := range e.Warnings {
			l.add(w, place(e.Domain, armTitle(e.Arm), e.Rung, e.Weighting, r))
		}
	}
	for _, e := range r.Placebo {
		for _, w := range e.Warnings {
			l.add(w, place(e.Domain, say("placebo"), e.Rung, e.Weighting, r))
		}
	}
	for _, g := range r.Gains {
		for _, w := range g.Warnings {
			l.add(w, place(g.Domain, armTitle(g.Arm), g.Rung, g.Weighting, r))
		}
	}
	return l
}

func (l *limits) add(sentence string, place text) {
	shown := wording.Written(sentence)
	i := slices.IndexFunc(l.Warnings, func(w warning) bool { return w.Text == shown })
	if i < 0 {
		i = len(l.Warnings)
		l.Warnings = append(l.Warnings, warning{Text: shown})
	}
	w := &l.Warnings[i]
	if place == "" || w.seen[place] {
		return
	}
	if w.seen == nil {
		w.seen = map[text]bool{}
	}
	w.seen[place] = true
	w.Count++
	if w.Count <= mostPlaces {
		w.Places = append(w.Places, place)
	}
}

func place(domain string, arm text, rung, weighting string, r *analysis.Results) text {
	parts := []text{wording.Name(domain), arm}
	if len(r.Rungs) > 1 {
		parts = append(parts, wording.Name(rung))
	}
	if len(r.Weightings) > 1 && weighting != "" {
		parts = append(parts, wording.Name(weighting))
	}
	return joined(parts, ", ")
}

func general(in *Input) []text {
	r := in.Results
	out := []text{
		say("The figures hold for this model, these training settings and this amount of data. More data per domain usually makes sharing less useful; a larger model usually makes it less harmful."),
		say("Limits speak of new runs and new test samples from the same source. They do not cover a change of the source."),
	}
	if r.Folds > 0 {
		out = append(out, say("Each seed was tested on another of %d folds of the data and learned from the others. Limits allow for other training sets of this size; what a model is worth that learns from all of the data was not measured.", r.Folds))
	}
	if note := pairingNote(r.Pairing); note != "" {
		out = append(out, note)
	}
	var secret []string
	for _, d := range r.Domains {
		if d.Confidential {
			secret = append(secret, d.Name)
		}
	}
	if len(secret) > 0 {
		out = append(out, say("Data of %s are confidential: no sample of theirs is shown here or in any other file, and groups of samples are numbered.", firstOf(secret, 12)))
	}
	least := 0
	for _, e := range r.Effects {
		for _, k := range []int{e.Seeds.Independent, e.Seeds.Arm} {
			if k > 0 && (least == 0 || k < least) {
				least = k
			}
		}
	}
	if least > 0 && least < 5 {
		out = append(out, say("Some figures rest on %d runs per arm. How much another start of training would change them is known only roughly.", least))
	}
	if r.Runs.Diverged > 0 {
		out = append(out, say("%s; all means leave that out. If sharing itself makes runs diverge, the means are too kind to it.", wording.Some(r.Runs.Diverged, "run diverged", "runs diverged")))
	}
	if r.Runs.Missing > 0 {
		out = append(out, say("Missing: %s of %d planned. What they would have shown is not in this report.", some(r.Runs.Missing, "run"), r.Runs.Planned))
	}
	for _, d := range r.Domains {
		if d.Dropped > 0 {
			out = append(out, say("Left out of %s: %s that could not be read.", d.Name, some(d.Dropped, "sample")))
		}
	}
	out = append(out, dataNotes(r.Domains)...)
	if in.Groups != nil {
		out = append(out, groupLimits(in.Groups)...)
	}
	return out
}

// pairingNote says what runs of one seed have in common, and how much that was
// worth here.
func pairingNote(p *analysis.Pairing) text {
	if p == nil {
		return ""
	}
	var found []text
	if x := p.Errors; x.Value.Known() {
		found = append(found, say("their errors correlate by %.2f, and a difference of errors varies %.2f times as much as between runs with nothing in common", float64(x.Value), float64(x.Noise)))
	}
	if x := p.Losses; x.Value.Known() {
		found = append(found, say("their losses correlate by %.2f, and a difference of losses varies %.2f times as much as between runs with nothing in common", float64(x.Value), float64(x.Noise)))
	}
	if len(found) == 0 {
		return say("Runs of one seed start from the same trunk and see the rows of a domain in the same order, so that chance moves an independent and a shared model alike, and limits allow for that.")
	}
	return say("Runs of one seed start from the same trunk and see the rows of a domain in the same order, so that chance moves an independent and a shared model alike, and limits allow for that: in the mean over %s, %s.", some(p.Cells, "comparison"), wording.Clauses(found))
}

// dataNotes say what was assumed about the data, once where several domains have
// the same.
func dataNotes(domains []analysis.DomainInfo) []text {
	var texts []string
	of := map[string][]string{}
	for _, d := range domains {
		for _, n := range d.Notes {
			if of[n] == nil {
				texts = append(texts, n)
			}
			of[n] = append(of[n], d.Name)
		}
	}
	var out []text
	for _, n := range texts {
		who := joined(of[n], ", ")
		if len(of[n]) == len(domains) && len(domains) > 1 {
			who = say("all domains")
		}
		out = append(out, say("Data of %s: %s.", who, wording.Written(n)))
	}
	return out
}

func groupLimits(g *grouping.Recommendation) []text {
	var out []text
	if s := g.Stability; s != nil {
		// All domains alone have a total of exactly 0.
		pooled := slices.ContainsFunc(g.Groups, func(x grouping.Group) bool { return len(x.Members) > 1 })
		if pooled && s.Optimism > 0 {
			if s.Optimism >= g.Total {
				out = append(out, say("The groups were chosen as the best of many from the same noisy gains. Their total of %s is therefore likely to be too high, by as much as it is or more.", signed(g.Total)))
			} else {
				out = append(out, say("The groups were chosen as the best of many from the same noisy gains. Their total of %s is therefore likely to be too high, by about %s.", signed(g.Total), percent(s.Optimism)))
			}
		}
		if p := g.Promised; pooled && p != nil && p.Why == "" {
			out = append(out, say("Expected of the total on fresh seeds: %s, with limits %s and %s.", signed(p.Total.Gain), signed(p.Total.Lo), signed(p.Total.Hi)))
		}
		out = append(out, wording.Written(s.Meaning))
	}
	return out
}
