package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// Statement is the verdict of a study in plain words.
type Statement struct {
	Headline string            `json:"headline"`
	Firmness grouping.Firmness `json:"firmness"`
	// Evidence says in a sentence what the firmness rests on.
	Evidence string `json:"evidence"`
	// Reasons has one sentence per group.
	Reasons []string `json:"reasons"`
	// Next says what to run or to look at before acting; may be empty.
	Next []string `json:"next"`

	// measured is the part of the headline that speaks of what was measured,
	// where that is in doubt.
	measured string
}

// Verdict is State as lines for a terminal, with what StateCapacity says where
// there are several sizes.
func Verdict(in *Input) []string {
	lines := State(in).Lines()
	if c := StateCapacity(in); c != nil {
		line := fmt.Sprintf("Capacity, %s to %s: %s", c.Smallest, c.Largest, c.Headline)
		if c.Turns != "" {
			line += " " + c.Turns
		}
		lines = append(lines, line)
	}
	return lines
}

// Lines returns the statement for a terminal, one sentence per line.
func (s Statement) Lines() []string {
	lines := []string{s.Headline, fmt.Sprintf("How sure: %s. %s", s.Firmness, s.Evidence)}
	for _, r := range append(slices.Clone(s.Reasons), s.Next...) {
		lines = append(lines, "- "+r)
	}
	return lines
}

// State puts the verdict into sentences.
func State(in *Input) Statement {
	g := in.Groups
	if g == nil {
		return ungrouped(in.Results.Doubts)
	}
	of := g.OfRest()
	measured := of.Measured()
	s := Statement{Reasons: []string{}, Next: []string{}}
	s.Headline = headline(of, measured)
	if measured == grouping.Unknown {
		s.Evidence, _ = withoutLimits(in.Results)
	} else {
		s.Evidence = evidence(of, measured)
	}
	nothing := in.nothingToGain()
	if nothing != nil {
		s.Headline, s.Evidence = nothing.headline, nothing.evidence
	}
	on, beside := g.Bearing(g.Doubts)
	if s.Firmness = g.Firmness; s.Firmness == grouping.Doubtful {
		s.measured = "As measured: " + uncapital(s.Headline)
		s.Headline = doubtful(on, s.measured)
		s.Evidence = "Beside that: " + uncapital(s.Evidence)
	}
	if g.OutOfDoubt != nil && nothing == nil {
		s.Headline = inPart(s.Headline, g.Doubted(), on)
		s.Evidence = fmt.Sprintf("Of the %s domains out of doubt: %s", count(len(of.Domains)), uncapital(s.Evidence))
	}
	if p := in.Pools; p != nil && p.Impossible != nil && s.measured == "" {
		s.Headline = strings.TrimSuffix(s.Headline, ".") + ", but no pools keep to what the study plans for."
	}
	for _, d := range on {
		s.Reasons = append(s.Reasons, capital(d.Text)+".")
	}
	if text := expectedLoss(g); text != "" && nothing == nil && measured != grouping.Clear && measured != grouping.Even {
		if s.measured == "" {
			s.Headline += " All gains together lead one to expect that pools lose: leave domains alone for now."
		}
		s.Reasons = append(s.Reasons, text)
	}
	if text := decided(of); text != "" && nothing == nil && measured != grouping.Clear && measured != grouping.Even {
		s.Reasons = append(s.Reasons, text)
	}
	if text := unheard(of); text != "" && nothing == nil {
		s.Reasons = append(s.Reasons, text)
	}
	s.Reasons = append(s.Reasons, in.reasons()...)
	if text := in.harmfulMember(); text != "" {
		s.Reasons = append(s.Reasons, text)
	}
	if text := in.plannedOtherwise(); text != "" {
		s.Reasons = append(s.Reasons, text)
	}
	if text := in.worthInstead(); text != "" {
		s.Reasons = append(s.Reasons, text)
	}
	for _, d := range beside {
		s.Reasons = append(s.Reasons, capital(d.Text)+".")
	}
	if f := in.Remedies; f != nil && f.Study == in.Results.Study && f.Rung == g.Rung && f.Weighting == g.Weighting {
		s.Reasons = append(s.Reasons, f.Cures()...)
	}
	if led := in.led(); led != "" {
		s.Reasons = append(s.Reasons, led)
	}
	for _, d := range on {
		s.Next = append(s.Next, d.Next)
	}
	if nothing == nil {
		s.Next = append(s.Next, in.next(of, measured)...)
	} else {
		s.Next = append(s.Next, "More or harder test samples would show whether there is something to gain after all.")
	}
	return s
}

// ungrouped is the verdict where no groups were chosen, with what may be the
// reason.
func ungrouped(doubts []analysis.Doubt) Statement {
	s := Statement{
		Headline: "No groups were chosen.",
		Firmness: grouping.Unknown,
		Evidence: "The study has no gains of pools to choose from, or they were not grouped yet.",
		Reasons:  []string{}, Next: []string{},
	}
	if len(doubts) > 0 {
		s.Headline = "No groups were chosen: " + briefly(doubts) + "."
	}
	for _, d := range doubts {
		s.Reasons = append(s.Reasons, capital(d.Text)+".")
		s.Next = append(s.Next, d.Next)
	}
	return s
}

// headline is the recommendation as an instruction, hedged as far as needed.
func headline(g *grouping.Recommendation, f grouping.Firmness) string {
	if len(g.Domains) == 1 {
		return "One domain alone: there is nothing to share."
	}
	bound := ""
	if g.MaxGroups > 0 && g.MaxGroups < len(g.Domains) {
		bound = fmt.Sprintf("with at most %s, ", wording.Plural(g.MaxGroups, "model"))
	}
	text := bound + instruction(g)
	switch {
	case f == grouping.Clear && g.Second != nil && g.Second.Rests:
		return "Settled by losses, not by errors alone: " + text + "."
	case f == grouping.Clear:
		return "Settled: " + text + "."
	case f == grouping.Even:
		return "Settled: it makes no difference which domains share. The cheapest is to " + cheapest(g) + "."
	case f == grouping.Likely:
		return "Probably: " + text + "."
	case f == grouping.Open && len(lasting(g)) > 0:
		return "Not settled as a whole; probably: " + bound + strings.Join(lasting(g), "; ") + "."
	case f == grouping.Open && !g.Guess():
		return capital(fmt.Sprintf("%snothing is settled: no grouping of these %s domains stands out.", bound, count(len(g.Domains))))
	}
	return "Best guess, not settled: " + text + "."
}

// instruction says what to do with every domain.
func instruction(g *grouping.Recommendation) string {
	n := len(g.Domains)
	var parts, apart, alone, harmed []string
	for i := range g.Groups {
		names := g.Groups[i].Names()
		switch {
		case len(names) == n && n > 3:
			parts = append(parts, "share one model among all "+count(n)+" domains")
		case len(names) > 1:
			parts = append(parts, "share "+few(names))
		case g.Groups[i].Verdict == grouping.Apart:
			apart = append(apart, names...)
		default:
			alone = append(alone, names...)
		}
	}
	if more := len(parts) - mostPools; more > 1 {
		parts = append(parts[:mostPools], fmt.Sprintf("share %s more pools", count(more)))
	}
	all := func(names []string) string {
		if len(names) == n && n > 2 {
			return "all " + count(n) + " domains"
		}
		return few(names)
	}
	if len(apart) > 0 {
		parts = append(parts, "keep "+all(apart)+" apart")
	}
	if len(alone) > 0 {
		parts = append(parts, "leave "+all(alone)+" alone for now")
	}
	for _, group := range g.Groups {
		for _, m := range group.Members {
			if len(group.Members) > 1 && m.Verdict == grouping.Apart {
				harmed = append(harmed, m.Domain)
			}
		}
	}
	text := strings.Join(parts, "; ")
	if len(harmed) > 0 {
		text += ", although that harms " + few(harmed)
	}
	return text
}

// evidence says how sure groups are whose gains have limits.
func evidence(g *grouping.Recommendation, f grouping.Firmness) string {
	of := fmt.Sprintf("these groups come out best in %s of redraws of the measured gains", percent(g.Stability.Share))
	if g.MaxGroups > 0 && g.MaxGroups < len(g.Domains) {
		of = fmt.Sprintf("of the choices with at most %s, %s", wording.Plural(g.MaxGroups, "model"), of)
	}
	switch f {
	case grouping.Clear, grouping.Even:
		return fmt.Sprintf("%s %s.", decided(g), capital(of))
	case grouping.Likely:
		return fmt.Sprintf("%s, but not every single gain is beyond doubt.", capital(of))
	}
	other, ok := g.Rival()
	largest := "the one with the largest total, " + partitionText(g.Names()) + ","
	switch {
	case !ok:
		return capital(of) + "."
	case g.Guess():
		return fmt.Sprintf("%s; the next candidate is %s with %s.", capital(of), partitionText(other.Groups), percent(other.Share))
	case !g.StandsOut():
		return fmt.Sprintf("No grouping comes out best in more than %s of redraws of the measured gains; %s in %s.", percent(max(other.Share, g.Stability.Share)), largest, percent(g.Stability.Share))
	}
	return fmt.Sprintf("The grouping %s comes out best in %s of redraws of the measured gains; %s in %s.", partitionText(other.Groups), percent(other.Share), largest, percent(g.Stability.Share))
}

// gainWords write sentences about gains of a domain, which reduce a metric.
type gainWords struct {
	metric measures.Metric
	// floored says that the gain is relative to more than the domain's own error.
	floored bool
}

// less is the word for a reduction of the metric.
func (w gainWords) less() string {
	if w.metric.Counted {
		return "fewer"
	}
	return "less"
}

// reduction says what a gain is: fewer errors.
func (w gainWords) reduction() string {
	text := w.less() + " " + w.metric.Word
	if w.metric.Note != "" {
		text += " (" + w.metric.Note + ")"
	}
	return text
}

// gainWordsOf are those of a whole study.
func gainWordsOf(r *analysis.Results) gainWords {
	if len(r.Gains) == 0 {
		return gainWords{metric: measures.Of(measures.Correct).Metric}
	}
	m := measures.MetricNamed(r.Gains[0].Metric)
	for _, g := range r.Gains {
		if measures.MetricNamed(g.Metric) != m {
			return gainWords{metric: measures.Metric{Word: "error or loss"}}
		}
	}
	return gainWords{metric: m}
}

// gainWords are those of one domain.
func (in *Input) gainWords(domain string) gainWords {
	for _, g := range in.Results.Gains {
		if g.Domain == domain {
			return gainWords{measures.MetricNamed(g.Metric), g.Floor > 0}
		}
	}
	return gainWordsOf(in.Results)
}

// change writes a gain as a change of the metric: 12% fewer errors.
func (w gainWords) change(gain float64) string {
	switch s := percent(math.Abs(gain)); {
	case strings.Trim(s, "0.%") == "":
		if w.metric.Counted {
			return "as many " + w.metric.Word
		}
		return "as much " + w.metric.Word
	case gain > 0:
		return s + " " + w.less() + " " + w.metric.Word + w.base()
	default:
		return s + " more " + w.metric.Word + w.base()
	}
}

// base says what a change is relative to where that is not the domain's own error.
func (w gainWords) base() string {
	if w.floored {
		return " in units of the least that counts"
	}
	return ""
}

// limits writes the limits of a gain in brackets, if it has some: in the
// direction of the gain where they lie on one side of zero, in words where
// they do not.
func (w gainWords) limits(m grouping.Member) string {
	lo, hi := m.Lo, m.Hi
	switch {
	case !finite(lo) || !finite(hi):
		return ""
	case lo >= 0:
		return fmt.Sprintf(" (%s to %s)", percent(lo), percent(hi))
	case hi <= 0:
		return fmt.Sprintf(" (%s to %s)", percent(-hi), percent(-lo))
	}
	return fmt.Sprintf(" (from %s more to %s %s)", percent(-lo), percent(hi), w.less())
}
