package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// limits is what the numbers cannot say: general limits that follow from how
// the study was run, and all warnings in full.
type limits struct {
	General  []string
	Warnings []warning
}

// warning is a caveat with the places that it concerns.
type warning struct {
	Text   string
	Places []string // the first mostPlaces
	Count  int      // of all places
	seen   map[string]bool
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
			l.add(w, "groups")
		}
	}
	for _, e := range r.Effects {
		for _, w := range e.Warnings {
			l.add(w, place(e.Domain, e.Arm, e.Rung, e.Weighting, r))
		}
	}
	for _, e := range r.Placebo {
		for _, w := range e.Warnings {
			l.add(w, place(e.Domain, "placebo", e.Rung, e.Weighting, r))
		}
	}
	for _, g := range r.Gains {
		for _, w := range g.Warnings {
			l.add(w, place(g.Domain, g.Arm, g.Rung, g.Weighting, r))
		}
	}
	return l
}

func (l *limits) add(text, place string) {
	i := slices.IndexFunc(l.Warnings, func(w warning) bool { return w.Text == text })
	if i < 0 {
		i = len(l.Warnings)
		l.Warnings = append(l.Warnings, warning{Text: text})
	}
	w := &l.Warnings[i]
	if place == "" || w.seen[place] {
		return
	}
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.seen[place] = true
	w.Count++
	if w.Count <= mostPlaces {
		w.Places = append(w.Places, place)
	}
}

func place(domain, arm, rung, weighting string, r *analysis.Results) string {
	parts := []string{domain, armTitle(arm)}
	if len(r.Rungs) > 1 {
		parts = append(parts, rung)
	}
	if len(r.Weightings) > 1 && weighting != "" {
		parts = append(parts, weighting)
	}
	return strings.Join(parts, ", ")
}

func general(in *Input) []string {
	r := in.Results
	out := []string{
		"The figures hold for this model, these training settings and this amount of data. More data per domain usually makes sharing less useful; a larger model usually makes it less harmful.",
		"Limits speak of new runs and new test samples from the same source. They do not cover a change of the source.",
	}
	if r.Folds > 0 {
		out = append(out, fmt.Sprintf("Each seed was tested on another of %d folds of the data and learned from the others. Limits allow for other training sets of this size; what a model is worth that learns from all of the data was not measured.", r.Folds))
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
		out = append(out, fmt.Sprintf("Data of %s are confidential: no sample of theirs is shown here or in any other file, and groups of samples are numbered.", wording.First(secret, 12)))
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
		out = append(out, fmt.Sprintf("Some figures rest on %d runs per arm. How much another start of training would change them is known only roughly.", least))
	}
	if r.Runs.Diverged > 0 {
		out = append(out, fmt.Sprintf("%s; all means leave that out. If sharing itself makes runs diverge, the means are too kind to it.", wording.PluralAs(r.Runs.Diverged, "run diverged", "runs diverged")))
	}
	if r.Runs.Missing > 0 {
		out = append(out, fmt.Sprintf("Missing: %s of %d planned. What they would have shown is not in this report.", wording.Plural(r.Runs.Missing, "run"), r.Runs.Planned))
	}
	for _, d := range r.Domains {
		if d.Dropped > 0 {
			out = append(out, fmt.Sprintf("Left out of %s: %s that could not be read.", d.Name, wording.Plural(d.Dropped, "sample")))
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
func pairingNote(p *analysis.Pairing) string {
	if p == nil {
		return ""
	}
	note := "Runs of one seed start from the same trunk and see the rows of a domain in the same order, so that chance moves an independent and a shared model alike, and limits allow for that"
	var found []string
	for _, x := range []struct {
		what string
		effect.Correlation
	}{{"errors", p.Errors}, {"losses", p.Losses}} {
		if x.Value.Known() {
			found = append(found, fmt.Sprintf("their %s correlate by %.2f, and a difference of %s varies %.2f times as much as between runs with nothing in common", x.what, float64(x.Value), x.what, float64(x.Noise)))
		}
	}
	if len(found) > 0 {
		note += fmt.Sprintf(": in the mean over %s, %s", wording.Plural(p.Cells, "comparison"), strings.Join(found, "; "))
	}
	return note + "."
}

// dataNotes say what was assumed about the data, once where several domains have
// the same.
func dataNotes(domains []analysis.DomainInfo) []string {
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
	var out []string
	for _, n := range texts {
		who := strings.Join(of[n], ", ")
		if len(of[n]) == len(domains) && len(domains) > 1 {
			who = "all domains"
		}
		out = append(out, fmt.Sprintf("Data of %s: %s.", who, n))
	}
	return out
}

func groupLimits(g *grouping.Recommendation) []string {
	var out []string
	if s := g.Stability; s != nil {
		// All domains alone have a total of exactly 0.
		pooled := slices.ContainsFunc(g.Groups, func(x grouping.Group) bool { return len(x.Members) > 1 })
		if pooled && s.Optimism > 0 {
			by := "by about " + percent(s.Optimism)
			if s.Optimism >= g.Total {
				by = "by as much as it is or more"
			}
			out = append(out, fmt.Sprintf("The groups were chosen as the best of many from the same noisy gains. Their total of %s is therefore likely to be too high, %s.", signed(g.Total), by))
		}
		if p := g.Promised; pooled && p != nil && p.Why == "" {
			out = append(out, fmt.Sprintf("Expected of the total on fresh seeds: %s, with limits %s and %s.", signed(p.Total.Gain), signed(p.Total.Lo), signed(p.Total.Hi)))
		}
		out = append(out, s.Meaning)
	}
	return out
}
