package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
)

// planned are the pools that a study plans by its objective, budget, helpers and sites.
type planned struct {
	Headline  string
	Evidence  string
	Instead   string // that these are other pools than the recommended groups
	Rows      []plannedRow
	Memory    bool // some model's is known, or limited
	Latency   bool
	Drawn     bool // there are draws
	Gains     *rangeChart
	Sites     []siteRow
	Rules     []ruleRow
	Policy    bool // some rule is a policy's
	Forbidden []forbiddenRow
	More      int // forbidden pools that are not listed
	Notes     []string
}

type plannedRow struct{ Train, Serves, Helps, Source, Cost, Memory, Latency, Share string }

// siteRow is a place where a model serves.
type siteRow struct{ Domain, Memory, Latency string }

// objectives are what pools are planned by, in words: that of which something has a
// value.
var objectives = map[gaintable.Objective]string{
	gaintable.Mean: "the mean gain of the domains", gaintable.Value: "the mean gain, weighted by the domains' values", gaintable.Worst: "the smallest gain of a domain",
	gaintable.NoHarm: "the probability that no domain is harmed", gaintable.Risk: "the mean gain less what its uncertainty costs",
}

func newPlanned(in *Input) *planned {
	const most = 40
	p := in.Pools
	if p == nil {
		return nil
	}
	out := &planned{Headline: plannedHeadline(p), Evidence: plannedEvidence(p), Instead: in.plannedInstead(), Drawn: p.Stability != nil}
	for _, note := range p.Notes {
		doubt := func(d analysis.Doubt) bool { return d.Text == note }
		if !slices.ContainsFunc(in.Results.Doubts, doubt) { // the verdict has them
			out.Notes = append(out.Notes, asSentence(note))
		}
	}
	if g := in.Groups; g != nil {
		on, _ := g.Bearing(g.Doubts)
		switch {
		case g.Firmness == grouping.Doubtful:
			out.Headline = doubtful(on, out.Headline)
		case g.OutOfDoubt != nil:
			out.Headline += " Do not act on " + few(g.Doubted()) + " yet: " + briefly(on) + "."
		}
	}
	var items []rangeItem
	for i := range p.Pools {
		q := &p.Pools[i]
		out.Memory, out.Latency = out.Memory || q.Memory.Known(), out.Latency || q.Latency.Known()
		row := plannedRow{
			Train: wording.First(q.Train, mostCardNames), Serves: "all of them", Source: string(q.Source), Cost: amount(q.Cost), Memory: amount(float64(q.Memory)), Latency: amount(float64(q.Latency)), Share: noData,
		}
		if q.Source == gaintable.Assumed {
			row.Source = "alone: the reference"
		}
		if helps := without(q.Train, q.Serves); len(helps) > 0 {
			row.Serves, row.Helps = wording.First(q.Serves, mostCardNames), few(helps)
		}
		if q.Share != nil {
			row.Share = ofDraws(*q.Share)
		}
		out.Rows = append(out.Rows, row)
		for _, g := range q.Gains {
			if len(q.Train) > 1 {
				items = append(items, rangeItem{label: g.Domain, note: "by the model of " + few(q.Train), value: effect.Interval{Value: g.Gain, Lo: float64(g.Lo), Hi: float64(g.Hi)}})
			}
		}
	}
	out.Gains = newRangeChart(items, "gain by the planned pools: "+gainMeaning(in.Results), signed)
	for _, s := range p.Sites {
		out.Memory, out.Latency = out.Memory || s.Memory.Known(), out.Latency || s.Latency.Known()
		out.Sites = append(out.Sites, siteRow{s.Domain, ofLimit(s.TakesMemory, s.Memory), ofLimit(s.TakesLatency, s.Latency)})
	}
	for i := range p.Rules {
		out.Rules = append(out.Rules, plannedRule(&p.Rules[i]))
		out.Policy = out.Policy || p.Rules[i].Rule != ""
	}
	out.More = max(0, len(p.Forbidden)-most)
	for _, f := range p.Forbidden[:len(p.Forbidden)-out.More] {
		out.Forbidden = append(out.Forbidden, forbiddenRow{Pool: wording.First(f.Train, 10), Reasons: refusals(f.Because)})
	}
	return out
}

func refusals(list []policy.Refusal) []string {
	var out []string
	for i := range list {
		out = append(out, list[i].Words())
	}
	return out
}

// without are the names that others lack.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// ofLimit says what is taken of what is allowed.
func ofLimit(takes, most effect.Number) string {
	switch {
	case !most.Known():
		return "any"
	case !takes.Known():
		return "at most " + amount(float64(most))
	}
	return amount(float64(takes)) + " of " + amount(float64(most))
}

func plannedRule(r *gaintable.PlannedRule) ruleRow {
	row := ruleRow{Name: r.Name, Rule: r.Rule, Because: r.Because, Cost: "unknown"}
	if r.Cost != nil {
		switch row.Cost = percent(*r.Cost); {
		case *r.Cost == 0:
			row.Cost = "nothing"
		case *r.Cost < 0.0005:
			row.Cost = "less than 0.1%"
		}
	}
	if row.Pools = "no trained pool"; r.Pools > 0 {
		row.Pools = wording.Plural(r.Pools, "pool")
	}
	return row
}

// plannedHeadline says what to train, or that nothing keeps to what was asked.
func plannedHeadline(p *gaintable.Plan) string {
	if p.Impossible != nil {
		if p.Certificate == gaintable.Infeasible {
			return "No pools keep to what the study plans for: " + p.Impossible.Reason + "."
		}
		return "No pools were found by what the study plans for: " + p.Impossible.Reason + "."
	}
	var parts, alone []string
	for i := range p.Pools {
		q := &p.Pools[i]
		helps := without(q.Train, q.Serves)
		switch {
		case len(q.Train) == 1:
			alone = append(alone, q.Train...)
		case len(helps) > 0:
			parts = append(parts, fmt.Sprintf("one on %s that serves %s", few(q.Train), few(q.Serves)))
		default:
			parts = append(parts, "one for "+few(q.Train))
		}
	}
	if more := len(parts) - mostPools; more > 1 {
		parts = append(parts[:mostPools], fmt.Sprintf("%s more", count(more)))
	}
	switch {
	case len(alone) == 1:
		parts = append(parts, "one of its own for "+alone[0])
	case len(alone) > 1:
		parts = append(parts, "one each for "+few(alone))
	}
	text := fmt.Sprintf("Train %s: %s.", wording.Plural(p.Models, "model"), strings.Join(parts, "; "))
	if p.Budget != nil {
		return text + fmt.Sprintf(" They cost %s of a budget of %s.", amount(float64(p.Cost)), amount(*p.Budget))
	}
	return text + fmt.Sprintf(" They cost %s.", amount(float64(p.Cost)))
}

func plannedEvidence(p *gaintable.Plan) string {
	asked := "Pools are chosen by " + objectives[p.ObjectiveName]
	var within []string
	if p.Budget != nil {
		within = append(within, "within a budget of "+amount(*p.Budget))
	}
	if p.MaxModels > 0 {
		within = append(within, "with at most "+wording.Plural(p.MaxModels, "model"))
	}
	if len(within) > 0 {
		asked += ", " + list(within)
	}
	if asked += "."; p.Helpers {
		asked += " A pool may train domains that another serves."
	}
	if p.Impossible != nil {
		return asked
	}
	text := asked + fmt.Sprintf(" These reach %s. ", plannedWorth(p, float64(p.Objective)))
	if p.Optimal() {
		text += "It is proved that no other choice of these pools is better."
	} else {
		text += fmt.Sprintf("It is not proved to be the best: another choice may be better by %s at most.", percent(float64(p.Gap)))
	}
	if p.ObjectiveName != gaintable.Mean {
		text += fmt.Sprintf(" The mean gain of the domains is %s.", signed(float64(p.Mean)))
	}
	if p.ObjectiveName != gaintable.Worst {
		text += fmt.Sprintf(" The smallest is %s.", signed(float64(p.Worst)))
	}
	if p.Stability != nil {
		text += fmt.Sprintf(" Drawn anew by their errors, gains choose the same in %s of draws.", ofDraws(p.Stability.Share))
	}
	return text
}

// plannedWorth writes a value of the objective: a gain, or a probability.
func plannedWorth(p *gaintable.Plan, x float64) string {
	if p.ObjectiveName == gaintable.NoHarm {
		return percent(x)
	}
	return signed(x)
}

// plannedInstead says that the planned pools are not the recommended groups; empty
// where they are.
func (in *Input) plannedInstead() string {
	p, g := in.Pools, in.Groups
	if p == nil || g == nil {
		return ""
	}
	if p.Impossible != nil {
		return "The recommended groups were chosen without that."
	}
	var pools [][]string
	for i := range p.Pools {
		if len(p.Pools[i].Serves) < len(p.Pools[i].Train) {
			pools = nil
			break
		}
		pools = append(pools, p.Pools[i].Train)
	}
	if pools != nil && partitionText(sortedGroups(pools)) == partitionText(sortedGroups(g.Names())) {
		return ""
	}
	return fmt.Sprintf("The recommended groups are others: %s. They have the largest sum of gains, weighted by value, or the fewest models where that makes no difference, whatever pools cost and where they serve.", partitionText(g.Names()))
}

// plannedOtherwise is a reason of the verdict where the study plans other pools than
// the recommended groups, or cannot plan any.
func (in *Input) plannedOtherwise() string {
	if in.plannedInstead() == "" {
		return ""
	}
	if in.Pools.Impossible != nil {
		return plannedHeadline(in.Pools) + " The groups above were chosen without that."
	}
	return "By " + objectives[in.Pools.ObjectiveName] + " and within its bounds the study plans other pools: " + uncapital(plannedHeadline(in.Pools))
}
