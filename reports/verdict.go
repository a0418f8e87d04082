package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// Firmness says how much the evidence supports a recommendation.
type Firmness string

// The degrees of firmness.
const (
	// Clear: every member of every recommended pool gains with all of its
	// limits, or with no pool recommended every domain is to be kept apart
	// by the limits, and the partition is best in at least 90 % of draws.
	Clear Firmness = "clear"
	// Likely: the partition is best in at least 75 % of draws.
	Likely Firmness = "likely"
	// Open: in fewer.
	Open Firmness = "open"
	// Unknown: no gain has limits.
	Unknown Firmness = "unknown"
	// Doubtful: whatever the limits say, there is a reason not to act on what
	// was measured, such as models that had not finished learning.
	Doubtful Firmness = "doubtful"
)

const (
	clearShare  = 0.90
	likelyShare = 0.75
)

// Statement is the verdict of a study in plain words.
type Statement struct {
	Headline string   `json:"headline"`
	Firmness Firmness `json:"firmness"`
	// Evidence says in a sentence what the firmness rests on.
	Evidence string `json:"evidence"`
	// Reasons has one sentence per group.
	Reasons []string `json:"reasons"`
	// Next says what to run or to look at before acting; may be empty.
	Next []string `json:"next"`
}

// Verdict is State as lines for a terminal, with what StateCapacity says where
// there are several sizes.
func Verdict(in *Input) []string {
	lines := State(in).Lines()
	if c := StateCapacity(in); c != nil {
		lines = append(lines, fmt.Sprintf("Capacity, %s to %s: %s", c.Smallest, c.Largest, c.Headline))
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

// State words the verdict.
func State(in *Input) Statement {
	g := in.Groups
	if g == nil {
		return Statement{
			Headline: "No groups were chosen.",
			Firmness: Unknown,
			Evidence: "The study has no gains of pools to choose from, or they were not grouped yet.",
			Reasons:  []string{}, Next: []string{},
		}
	}
	measured := firmness(g)
	s := Statement{Firmness: measured, Reasons: []string{}, Next: []string{}}
	s.Headline = headline(g, measured)
	s.Evidence = evidence(g, measured)
	nothing := in.nothingToGain()
	if nothing != nil {
		s.Headline, s.Evidence = nothing.headline, nothing.evidence
	}
	on, beside := bearing(in.Results.Doubts, g)
	if len(on) > 0 {
		s.Firmness = Doubtful
		s.Headline = doubtful(on, "As measured: "+uncapital(s.Headline))
		s.Evidence = "Beside that: " + uncapital(s.Evidence)
	}
	for i := range g.Groups {
		s.Reasons = append(s.Reasons, in.reason(&g.Groups[i]))
	}
	for _, d := range slices.Concat(on[min(len(on), mostDoubts):], beside) {
		s.Reasons = append(s.Reasons, capital(d.Text)+".")
	}
	for _, d := range on {
		s.Next = append(s.Next, d.Next)
	}
	if nothing == nil {
		s.Next = append(s.Next, next(g, measured)...)
	} else {
		s.Next = append(s.Next, "More or harder test samples would show whether there is something to gain after all.")
	}
	return s
}

func firmness(g *grouping.Recommendation) Firmness {
	if g.Stability == nil {
		return Unknown
	}
	pools, supported := 0, true
	for _, group := range g.Groups {
		if len(group.Members) > 1 {
			pools++
			supported = supported && group.Verdict == grouping.Share
		}
	}
	if pools == 0 {
		for _, group := range g.Groups {
			supported = supported && group.Verdict == grouping.Apart
		}
	}
	switch share := g.Stability.Share; {
	case share >= clearShare && supported:
		return Clear
	case share >= likelyShare:
		return Likely
	}
	return Open
}

// headline is the recommendation as an instruction, hedged as far as needed.
func headline(g *grouping.Recommendation, f Firmness) string {
	var parts, apart, alone, harmed []string
	for i := range g.Groups {
		names := g.Groups[i].Names()
		switch {
		case len(names) == len(g.Domains) && len(names) > 3:
			parts = append(parts, "share one model among all "+count(len(names))+" domains")
		case len(names) > 1:
			parts = append(parts, "share "+list(names))
		case g.Groups[i].Verdict == grouping.Apart:
			apart = append(apart, names...)
		default:
			alone = append(alone, names...)
		}
	}
	n := len(g.Domains)
	if n == 1 {
		return "One domain alone: there is nothing to share."
	}
	all := func(names []string) string {
		if len(names) == n && n > 2 {
			return "all " + count(n) + " domains"
		}
		return list(names)
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
		text += ", although that harms " + list(harmed)
	}
	if g.MaxGroups > 0 && g.MaxGroups < n {
		text = fmt.Sprintf("with at most %s, %s", plural(g.MaxGroups, "model", "models"), text)
	}
	switch f {
	case Clear:
		return capital(text) + "."
	case Likely:
		return "Probably: " + text + "."
	}
	return "Best guess, not settled: " + text + "."
}

func evidence(g *grouping.Recommendation, f Firmness) string {
	if f == Unknown {
		return "No gain has limits; three seeds or more would give some."
	}
	of := fmt.Sprintf("these groups come out best in %s of redraws of the measured gains", percent(g.Stability.Share))
	if g.MaxGroups > 0 && g.MaxGroups < len(g.Domains) {
		of = fmt.Sprintf("of the choices with at most %s, %s", plural(g.MaxGroups, "model", "models"), of)
	}
	switch f {
	case Clear:
		if !slices.ContainsFunc(g.Groups, func(x grouping.RecommendedGroup) bool { return len(x.Members) > 1 }) {
			return fmt.Sprintf("Every pair harms a member, with the whole of its %s limits below zero, and %s.", percent(g.Level), of)
		}
		return fmt.Sprintf("Every domain that shares gains, with the whole of its %s limits above %s, and %s.", percent(g.Level), least(g.MinGain), of)
	case Likely:
		return fmt.Sprintf("%s, but not every single gain is beyond doubt.", capital(of))
	}
	text := capital(of)
	if p := g.Stability.Partitions; len(p) > 1 {
		other := p[0]
		if samePartition(other.Groups, g) {
			other = p[1]
		}
		text += fmt.Sprintf("; the next candidate is %s with %s", partitionText(other.Groups), percent(other.Share))
	}
	return text + "."
}

func least(gain float64) string {
	if gain == 0 {
		return "zero"
	}
	return signed(gain)
}

func samePartition(groups [][]string, g *grouping.Recommendation) bool {
	return slices.EqualFunc(groups, g.Groups, func(a []string, b grouping.RecommendedGroup) bool { return slices.Equal(a, b.Names()) })
}

// partitionText writes a partition as a + b | c.
func partitionText(groups [][]string) string {
	parts := make([]string, len(groups))
	for i, g := range groups {
		parts[i] = strings.Join(g, " + ")
	}
	return strings.Join(parts, " | ")
}

// wording writes sentences about gains of a domain.
type wording struct {
	metric string // errors, squared error, loss, ...
}

// wordOf says what a gain reduces.
func wordOf(metric string) string {
	switch metric {
	case analysis.MetricError:
		return "errors"
	case analysis.MetricMSE:
		return "squared error"
	case analysis.MetricAUC:
		return "misranked pairs"
	case analysis.MetricBalanced:
		return "balanced error"
	}
	return "loss"
}

// less is the word for a reduction of the metric.
func (w wording) less() string {
	if w.metric == "errors" || w.metric == "misranked pairs" {
		return "fewer"
	}
	return "less"
}

// metricWord says what the gains of a study reduce.
func metricWord(r *analysis.Results) string {
	found := ""
	for _, g := range r.Gains {
		word := wordOf(g.Metric)
		if found != "" && found != word {
			return "error or loss"
		}
		found = word
	}
	if found == "" {
		return "errors"
	}
	return found
}

// reduction says what a gain is: fewer errors.
func reduction(metric string) string {
	text := wording{metric}.less() + " " + metric
	if metric == wordOf(analysis.MetricAUC) {
		text += " (1 − AUC, pairs of a positive and a negative sample in the wrong order)"
	}
	return text
}

// wording is that of one domain.
func (in *Input) wording(domain string) wording {
	for _, g := range in.Results.Gains {
		if g.Target == domain {
			return wording{wordOf(g.Metric)}
		}
	}
	return wording{metricWord(in.Results)}
}

// change writes a gain as a change of the metric: 12% fewer errors.
func (w wording) change(gain float64) string {
	switch s := percent(math.Abs(gain)); {
	case strings.Trim(s, "0.%") == "":
		if w.less() == "less" {
			return "as much " + w.metric
		}
		return "as many " + w.metric
	case gain > 0:
		return s + " " + w.less() + " " + w.metric
	default:
		return s + " more " + w.metric
	}
}

// limits writes the limits of a gain in brackets, if it has some: in the
// direction of the gain where they lie on one side of zero, in words where
// they do not.
func (w wording) limits(m grouping.Member) string {
	lo, hi := value(m.Lo), value(m.Hi)
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

func (in *Input) reason(g *grouping.RecommendedGroup) string {
	if len(g.Members) == 1 {
		return in.aloneReason(g)
	}
	parts := make([]string, len(g.Members))
	for i, m := range g.Members {
		w := in.wording(m.Domain)
		parts[i] = fmt.Sprintf("%s makes %s%s", m.Domain, w.change(m.Gain), w.limits(m))
	}
	text := fmt.Sprintf("%s together: %s.", list(g.Names()), list(parts))
	switch {
	case g.Verdict == grouping.Apart:
		var harmed []string
		for _, m := range g.Members {
			if m.Verdict == grouping.Apart {
				harmed = append(harmed, m.Domain)
			}
		}
		text += fmt.Sprintf(" Sharing harms %s: pooled only because the total or the bound on groups asks for it.", list(harmed))
	case g.Verdict == grouping.Undecided:
		var unsure []string
		for _, m := range g.Members {
			if m.Verdict == grouping.Undecided {
				unsure = append(unsure, m.Domain)
			}
		}
		text += fmt.Sprintf(" Undecided for %s.", list(unsure))
	}
	if g.Source == grouping.FromPairs {
		text += " An estimate from pairs: this pool was not trained."
	}
	return text
}

// aloneReason says what the best partner of a domain that stays alone would
// bring.
func (in *Input) aloneReason(g *grouping.RecommendedGroup) string {
	name := g.Members[0].Domain
	best, found := grouping.PairGain{}, false
	for _, p := range in.Groups.Pairs {
		if p.B.Domain == name {
			p.A, p.B = p.B, p.A
		}
		if p.A.Domain == name && (!found || in.worth(p) > in.worth(best)) {
			best, found = p, true
		}
	}
	if !found {
		return in.unpairedReason(name)
	}
	own, partner := in.wording(name), in.wording(best.B.Domain)
	text := fmt.Sprintf("%s alone: with its best partner, %s, it would make %s%s, and %s %s%s.",
		name, best.B.Domain, own.change(best.A.Gain), own.limits(best.A), best.B.Domain, partner.change(best.B.Gain), partner.limits(best.B))
	if g.Verdict == grouping.Undecided {
		text += " Not settled."
	}
	return text
}

func (in *Input) worth(p grouping.PairGain) float64 {
	total := 0.0
	for _, m := range []grouping.Member{p.A, p.B} {
		for _, d := range in.Groups.Domains {
			if d.Name == m.Domain {
				total += d.Value * m.Gain
			}
		}
	}
	return total
}

func next(g *grouping.Recommendation, f Firmness) []string {
	var out []string
	for _, c := range g.Confirm {
		if f == Clear && !c.Recommended {
			continue // nobody will act on the runner-up
		}
		out = append(out, fmt.Sprintf("Confirm by a run: the pool of %s (%s).", list(c.Pool), c.Why))
	}
	if f == Open || f == Unknown {
		out = append(out, "More seeds would narrow the limits; more test samples would too.")
	}
	return out
}
