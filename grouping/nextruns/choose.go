package nextruns

import (
	"math"
	"slices"
)

// Costs are those of one run of each arm, in any unit: of domains by themselves and
// of pools.
type Costs struct{ Alone, Pools []float64 }

// Limits say what may be trained and what choices take it to cost.
type Limits struct {
	// Most is the largest number of runs of an arm.
	Most int
	Costs
	// Closed are pools that get no further runs; nil: none.
	Closed []bool
}

// Option is one thing that could be trained next: one more run of an arm, and
// with a pool's run the independent runs of the same number where gains rest on
// runs of equal number.
type Option struct {
	// Domain is the domain of an independent run, -1 for a pool's.
	Domain int
	// Pool is the index of the pool in the problem, -1 for an independent run.
	Pool int
	// Fall is by how much the bound of the regret is expected to fall for each
	// unit of cost: the largest such ratio for one, two or four runs, since one
	// run alone may decide nothing where a few do.
	Fall float64
	// Runs are all runs with this option taken once.
	Runs Runs
	Cost float64
}

// ahead are numbers of runs that an option is judged by.
var ahead = []int{1, 2, 4}

// Options lists what could be trained next, from the most useful on. Those that
// do not lower the bound are left out.
func (o *Outlook) Options(runs Runs, l Limits) []Option {
	now := o.noise(runs, 1, fewDraws)
	bound := o.bound(o.mean, now.sum)
	var out []Option
	consider := func(domain, pool int) {
		best := Option{Domain: domain, Pool: pool}
		for _, more := range ahead {
			then, cost := o.with(runs, domain, pool, more, l)
			if more == 1 {
				best.Runs, best.Cost = then, cost
			}
			if cost == 0 {
				break // at the limit
			}
			best.Fall = math.Max(best.Fall, (bound-o.expected(now, runs, then))/cost)
		}
		if best.Cost > 0 && best.Fall > 1e-9*bound/best.Cost {
			out = append(out, best)
		}
	}
	for j := range o.belief.Targets {
		consider(j, -1)
	}
	for k := range o.belief.Problem.Pools {
		if o.contested[k] && (l.Closed == nil || !l.Closed[k]) {
			consider(-1, k)
		}
	}
	slices.SortStableFunc(out, func(a, b Option) int {
		switch {
		case a.Fall > b.Fall:
			return -1
		case a.Fall < b.Fall:
			return 1
		}
		return 0
	})
	return out
}

// with adds runs of one arm, as far as the limit goes; cost is that of what was
// added.
func (o *Outlook) with(runs Runs, domain, pool, more int, l Limits) (then Runs, cost float64) {
	then = runs.Clone()
	if domain >= 0 {
		then.Alone[domain] = max(runs.Alone[domain], min(l.Most, runs.Alone[domain]+more))
		return then, l.Alone[domain] * float64(then.Alone[domain]-runs.Alone[domain])
	}
	then.Pools[pool] = max(runs.Pools[pool], min(l.Most, runs.Pools[pool]+more))
	cost = l.Pools[pool] * float64(then.Pools[pool]-runs.Pools[pool])
	if cost == 0 {
		return then, 0
	}
	for _, j := range o.belief.Problem.Pools[pool].Members {
		if short := then.Pools[pool] - runs.Alone[j]; short > 0 && o.belief.Targets[j].Paired {
			then.Alone[j] += short
			cost += l.Alone[j] * float64(short)
		}
	}
	return then, cost
}

// expected is the bound of the regret that further runs are expected to leave:
// the mean over where they may move the estimates.
func (o *Outlook) expected(now *noise, runs, then Runs) float64 {
	sum := now.sum
	for j := range o.belief.Targets {
		if !o.changes(j, runs, then) || len(o.belief.Targets[j].Pools) == 0 {
			continue
		}
		if &sum[0] == &now.sum[0] {
			sum = slices.Clone(sum)
		}
		for i, x := range o.part(j, then, 1, fewDraws) {
			sum[i] += x - now.parts[j][i]
		}
	}
	mean := 0.0
	for _, moved := range o.moves(runs, then, fewShifts) {
		mean += o.bound(moved, sum)
	}
	return mean / fewShifts
}

// Choose picks options one after another, each as if those before had been
// trained and had left the estimates where they are, until there are at least the
// given number of further runs, nothing more can be trained, or the next would
// exceed room, the number of runs that may be added. Where no option lowers the
// bound by itself, it evens out the contested arms.
func (o *Outlook) Choose(runs Runs, l Limits, number, room int) (then Runs, picks []Option) {
	then = runs.Clone()
	for {
		added := then.Total() - runs.Total()
		if added >= number {
			return then, picks
		}
		options := o.Options(then, l)
		options = slices.DeleteFunc(options, func(x Option) bool { return x.Runs.Total()-runs.Total() > room })
		if len(options) == 0 {
			even, ok := o.even(then, l)
			if !ok || even.Runs.Total()-runs.Total() > room {
				return then, picks
			}
			options = []Option{even}
		}
		picks = append(picks, options[0])
		then = options[0].Runs
	}
}

// even is one more run of the contested arm that has fewest; false where all are at
// the limit.
func (o *Outlook) even(runs Runs, l Limits) (out Option, ok bool) {
	fewest := l.Most
	consider := func(domain, pool, have int) {
		if have >= fewest {
			return
		}
		if then, cost := o.with(runs, domain, pool, 1, l); cost > 0 {
			fewest, out, ok = have, Option{Domain: domain, Pool: pool, Runs: then, Cost: cost}, true
		}
	}
	for k := range o.belief.Problem.Pools {
		if o.contested[k] && (l.Closed == nil || !l.Closed[k]) {
			consider(-1, k, runs.Pools[k])
		}
	}
	for j, t := range o.belief.Targets {
		if !t.Paired && slices.ContainsFunc(t.Pools, func(pool int) bool { return o.contested[pool] }) {
			consider(j, -1, runs.Alone[j])
		}
	}
	return out, ok
}
