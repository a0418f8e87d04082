package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
)

// planned are the pools that a study plans by its objective, budget, helpers and sites.
type planned struct {
	Headline  text
	Evidence  text
	Instead   text // that these are other pools than the recommended groups
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
	Notes     []text
}

type plannedRow struct {
	Train, Serves, Helps, Source text
	Cost, Memory, Latency        string
	Share                        text
}

// siteRow is a place where a model serves.
type siteRow struct {
	Domain          string
	Memory, Latency text
}

// objectives are what pools are planned by, in words: that of which something has a
// value.
var objectives = map[gaintable.Objective]text{
	gaintable.Mean: say("the mean gain of the domains"), gaintable.Value: say("the mean gain, weighted by the domains' values"), gaintable.Worst: say("the smallest gain of a domain"),
	gaintable.NoHarm: say("the probability that no domain is harmed"), gaintable.Risk: say("the mean gain less what its uncertainty costs"),
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
			out.Headline = doubtful(on) + " " + out.Headline
		case g.OutOfDoubt != nil:
			out.Headline += " " + say("Do not act on %s yet: %s.", few(g.Doubted()), briefly(on))
		}
	}
	var items []rangeItem
	for i := range p.Pools {
		q := &p.Pools[i]
		out.Memory, out.Latency = out.Memory || q.Memory.Known(), out.Latency || q.Latency.Known()
		row := plannedRow{
			Train: firstOf(q.Train, mostCardNames), Serves: say("all of them"), Source: sourceWord(string(q.Source)), Cost: amount(q.Cost), Memory: amount(float64(q.Memory)), Latency: amount(float64(q.Latency)), Share: noData,
		}
		if q.Source == gaintable.Assumed {
			row.Source = say("alone: the reference")
		}
		if helps := without(q.Train, q.Serves); len(helps) > 0 {
			row.Serves, row.Helps = firstOf(q.Serves, mostCardNames), few(helps)
		}
		if q.Share != nil {
			row.Share = ofDraws(*q.Share)
		}
		out.Rows = append(out.Rows, row)
		for _, g := range q.Gains {
			if len(q.Train) > 1 {
				items = append(items, rangeItem{label: wording.Name(g.Domain), note: say("by the model of %s", few(q.Train)), value: effect.Interval{Value: g.Gain, Lo: float64(g.Lo), Hi: float64(g.Hi)}})
			}
		}
	}
	out.Gains = newRangeChart(items, say("gain by the planned pools: %s", gainMeaning(in.Results)), signed)
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
		out.Forbidden = append(out.Forbidden, forbiddenRow{Pool: firstOf(f.Train, 10), Reasons: refusals(f.Because)})
	}
	return out
}

func refusals(list []policy.Refusal) []text {
	var out []text
	for i := range list {
		out = append(out, wording.Written(list[i].Words()))
	}
	return out
}

// without are the names that others lack.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// ofLimit says what is taken of what is allowed.
func ofLimit(takes, most effect.Number) text {
	switch {
	case !most.Known():
		return say("any")
	case !takes.Known():
		return say("at most %s", amount(float64(most)))
	}
	return say("%s of %s", amount(float64(takes)), amount(float64(most)))
}

func plannedRule(r *gaintable.PlannedRule) ruleRow {
	row := ruleRow{Name: wording.Name(r.Name), Rule: wording.Written(r.Rule), Because: r.Because, Cost: say("unknown")}
	if r.Rule == "" { // the name is made of what the study says
		row.Name = wording.Written(r.Name)
	}
	if r.Cost != nil {
		switch row.Cost = text(percent(*r.Cost)); {
		case *r.Cost == 0:
			row.Cost = say("nothing")
		case *r.Cost < 0.0005:
			row.Cost = say("less than 0.1%%")
		}
	}
	if row.Pools = say("no trained pool"); r.Pools > 0 {
		row.Pools = some(r.Pools, "pool")
	}
	return row
}

// plannedHeadline says what to train, or that nothing keeps to what was asked.
func plannedHeadline(p *gaintable.Plan) text {
	if p.Impossible != nil {
		if p.Certificate == gaintable.Infeasible {
			return say("No pools keep to what the study plans for: %s.", wording.Written(p.Impossible.Reason))
		}
		return say("No pools were found by what the study plans for: %s.", wording.Written(p.Impossible.Reason))
	}
	var parts []text
	var alone []string
	for i := range p.Pools {
		q := &p.Pools[i]
		helps := without(q.Train, q.Serves)
		switch {
		case len(q.Train) == 1:
			alone = append(alone, q.Train...)
		case len(helps) > 0:
			parts = append(parts, say("one on %s that serves %s", few(q.Train), few(q.Serves)))
		default:
			parts = append(parts, say("one for %s", few(q.Train)))
		}
	}
	if more := len(parts) - mostPools; more > 1 {
		parts = append(parts[:mostPools], say("%s more", count(more)))
	}
	switch {
	case len(alone) == 1:
		parts = append(parts, say("one of its own for %s", alone[0]))
	case len(alone) > 1:
		parts = append(parts, say("one each for %s", few(alone)))
	}
	train := say("Train %s: %s.", some(p.Models, "model"), wording.Clauses(parts)) + " "
	if p.Budget != nil {
		return train + say("They cost %s of a budget of %s.", amount(float64(p.Cost)), amount(*p.Budget))
	}
	return train + say("They cost %s.", amount(float64(p.Cost)))
}

func plannedEvidence(p *gaintable.Plan) text {
	var within []text
	if p.Budget != nil {
		within = append(within, say("within a budget of %s", amount(*p.Budget)))
	}
	if p.MaxModels > 0 {
		within = append(within, say("with at most %s", some(p.MaxModels, "model")))
	}
	asked := say("Pools are chosen by %s.", objectives[p.ObjectiveName])
	if len(within) > 0 {
		asked = say("Pools are chosen by %s, %s.", objectives[p.ObjectiveName], list(within))
	}
	if p.Helpers {
		asked += " " + say("A pool may train domains that another serves.")
	}
	if p.Impossible != nil {
		return asked
	}
	out := asked + " " + say("These reach %s.", plannedWorth(p, float64(p.Objective))) + " "
	if p.Optimal() {
		out += say("It is proved that no other choice of these pools is better.")
	} else {
		out += say("It is not proved to be the best: another choice may be better by %s at most.", percent(float64(p.Gap)))
	}
	if p.ObjectiveName != gaintable.Mean {
		out += " " + say("The mean gain of the domains is %s.", signed(float64(p.Mean)))
	}
	if p.ObjectiveName != gaintable.Worst {
		out += " " + say("The smallest is %s.", signed(float64(p.Worst)))
	}
	if p.Stability != nil {
		out += " " + say("Drawn anew by their errors, gains choose the same in %s of draws.", ofDraws(p.Stability.Share))
	}
	return out
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
func (in *Input) plannedInstead() text {
	p, g := in.Pools, in.Groups
	if p == nil || g == nil {
		return ""
	}
	if p.Impossible != nil {
		return say("The recommended groups were chosen without that.")
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
	return say("The recommended groups are others: %s. They have the largest sum of gains, weighted by value, or the fewest models where that makes no difference, whatever pools cost and where they serve.", partitionText(g.Names()))
}

// plannedOtherwise is a reason of the verdict where the study plans other pools than
// the recommended groups, or cannot plan any.
func (in *Input) plannedOtherwise() text {
	if in.plannedInstead() == "" {
		return ""
	}
	if in.Pools.Impossible != nil {
		return plannedHeadline(in.Pools) + " " + say("The groups above were chosen without that.")
	}
	return say("By %s and within its bounds the study plans other pools: %s", objectives[in.Pools.ObjectiveName], uncapital(plannedHeadline(in.Pools)))
}
