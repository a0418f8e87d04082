package reports

import (
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/sources"
)

// mostSources is how many rows each picture of sources has.
const mostSources = 20

// origins shows from which domain the help and the harm in shared models come.
type origins struct {
	Lead          text
	Sums, Effects *rangeChart
	More          int // single effects that are not shown
	Notes         []text
}

// newOrigins is nil where no model was trained without one of its domains too.
func newOrigins(in *Input) *origins {
	rung, weighting := in.selection()
	found, err := sources.Ask(in.Results, sources.Options{Selection: grouping.Selection{Rung: rung, Weighting: weighting}, Groups: in.Groups})
	if err != nil || len(found.Effects) == 0 {
		return nil // nothing was measured there
	}
	out := &origins{}
	out.lead(found)
	var sums, effects []rangeItem
	for _, s := range found.Sums[:min(mostSources, len(found.Sums))] {
		note := armTitle(s.Arm)
		if s.Own.Known() {
			note = say("%s; gains %s itself", note, signed(s.Own.Value))
		}
		sums = append(sums, rangeItem{label: wording.Name(s.Source), note: note, value: s.Brings, mark: judgementWord(&s.Brought)})
	}
	out.More = max(0, len(found.Effects)-mostSources)
	for i := range found.Effects[:len(found.Effects)-out.More] {
		e := &found.Effects[i]
		note := say("%s: without %s, %s would gain %s instead of %s", armTitle(e.Arm), e.Source, e.Domain, signed(e.Left.Value), signed(e.With.Value))
		effects = append(effects, rangeItem{label: say("%s, for %s", e.Source, e.Domain), note: note, value: e.Brings, mark: judgementWord(&e.Brought)})
	}
	out.Sums = newRangeChart(sums, say("mean change of the other domains' gains by the source"), signed)
	out.Effects = newRangeChart(effects, say("change of the domain's gain by the source"), signed)
	for _, chart := range []*rangeChart{out.Sums, out.Effects} {
		if chart != nil {
			chart.unless(say("not settled"), say("unknown"))
		}
	}
	for _, n := range found.Notes {
		out.Notes = append(out.Notes, asSentence(n))
	}
	if n := len(found.Missing); n > 0 {
		out.Notes = append(out.Notes, say("Models that lack one domain and were not trained: %d; sharewise sources names them.", n))
	}
	if f := in.Influence; f != nil && f.Study == in.Results.Study && f.Rung == rung && f.Check != nil {
		c := f.Check
		taken := say("taken at the trained models")
		switch {
		case f.Checkpoints == 1:
			taken = say("taken at 1 point of each training, in its middle")
		case f.Checkpoints > 1:
			taken = say("taken at %d points of each training and weighted by their learning rates", f.Checkpoints)
		}
		out.Notes = append(out.Notes, say("Products of gradients, %s, would have guessed this with a rank correlation of %s over %d pairs of source and domain; they have the sign right in %s, where the usual sign is right in %s.",
			taken, withLimits(c.Score, twoDigits), c.Pairs, percent(c.Signs), percent(c.Usual)))
	}
	return out
}

// unless leaves rows with these marks without emphasis: limits that exclude zero by
// themselves say little among many.
func (c *rangeChart) unless(marks ...text) {
	for i := range c.Rows {
		for _, m := range marks {
			if c.Rows[i].Mark == m {
				c.Rows[i].Strong = false
			}
		}
	}
}

// lead says whose company harms.
func (o *origins) lead(found *sources.Answer) {
	harm, help := judged(found.Sums, "harms"), judged(found.Sums, "helps")
	single := 0
	for i := range found.Effects {
		if sources.Judgement(&found.Effects[i].Brought) == "harms" {
			single++
		}
	}
	switch {
	case len(harm) > 0:
		o.Lead = say("On average, the others lose by the company of %s.", few(harm))
	case single > 0:
		o.Lead = say("No domain harms all others on average beyond doubt, but some harm single ones.")
	default:
		o.Lead = say("Of no domain it is settled that its company harms another.")
	}
	if len(help) > 0 {
		o.Lead += " " + say("They gain by that of %s.", few(help))
	}
}

// judged lists the sources of which something is said, each once.
func judged(sums []analysis.SourceSum, word string) []string {
	var out []string
	seen := map[string]bool{}
	for i := range sums {
		if s := &sums[i]; sources.Judgement(&s.Brought) == word && !seen[s.Source] {
			seen[s.Source] = true
			out = append(out, s.Source)
		}
	}
	return out
}

// harmfulMember names the member of a recommended pool without which the others surely
// gain more on average, the worst of them; empty without one.
func (in *Input) harmfulMember() text {
	rung, weighting := in.selection()
	found, err := sources.Ask(in.Results, sources.Options{Selection: grouping.Selection{Rung: rung, Weighting: weighting}, Groups: in.Groups})
	if err != nil {
		return "" // nothing was measured there
	}
	for _, s := range found.Sums {
		if sources.Judgement(&s.Brought) != "harms" || !in.recommends(s.Arm) {
			continue
		}
		return say("The company of %s costs the others in %s: without it they would gain %s more on average, which is more than chance.", s.Source, armTitle(s.Arm), strings.TrimPrefix(signed(-s.Brings.Value), "+"))
	}
	return ""
}

// recommends reports whether an arm's pool is a recommended group.
func (in *Input) recommends(arm string) bool {
	for i := range in.Results.Gains {
		if g := &in.Results.Gains[i]; g.Arm == arm {
			for k := range in.Groups.Groups {
				if study.PoolName(in.Groups.Groups[k].Names()) == study.PoolName(g.Pool) {
					return true
				}
			}
			return false
		}
	}
	return false
}

// judgementWord says whether a source harms or helps.
func judgementWord(b *analysis.Brought) text {
	switch word := sources.Judgement(b); word {
	case "harms":
		return say("harms")
	case "helps":
		return say("helps")
	case "not settled":
		return say("not settled")
	case "unknown":
		return say("unknown")
	default:
		return wording.Name(word)
	}
}
