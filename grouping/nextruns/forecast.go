package nextruns

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Forecast says what it will take to settle, as far as a belief knows.
type Forecast struct {
	// Settled is the share of imagined courses that end settled within the limits.
	Settled float64 `json:"settled"`
	// Runs and MostRuns are the median and the ninth decile of the number of
	// further runs of those; Cost and MostCost those of what they are to cost.
	Runs     int     `json:"runs"`
	MostRuns int     `json:"most_runs"`
	Cost     float64 `json:"cost"`
	MostCost float64 `json:"most_cost"`
	// Samples is by what the number of test samples would have to be multiplied
	// for the grouping to be settled where the estimates are, with every arm at
	// the limit; 0 where more runs do, or no number of samples would.
	Samples float64 `json:"samples,omitempty"`
}

// Foresee imagines courses of training from the runs that there are: in each, runs
// are chosen step by step as Choose does, of step runs or more, and move the
// estimates by as much as they may. Prices are what runs cost, where that is not
// what choices go by.
func Foresee(b *Belief, runs Runs, rule Rule, l Limits, prices Costs, step, courses int) (Forecast, error) {
	random := rand.New(rand.NewPCG(rule.Seed, 0x666f726573656500)) // "foresee"
	var counts, costs []float64
	for range courses {
		n, cost, ok, err := imagine(b, runs, rule, l, prices, step, random)
		if err != nil {
			return Forecast{}, err
		}
		if ok {
			counts, costs = append(counts, float64(n)), append(costs, cost)
		}
	}
	f := Forecast{Settled: float64(len(counts)) / float64(courses)}
	if len(counts) > 0 {
		f.Runs, f.MostRuns = int(quantile(counts, 0.5)), int(quantile(counts, 0.9))
		f.Cost, f.MostCost = quantile(costs, 0.5), quantile(costs, 0.9)
	}
	o, err := NewOutlook(b, runs, rule)
	if err != nil {
		return f, err
	}
	f.Samples = o.Samples(runs, l)
	return f, nil
}

// imagine follows one course to its end.
func imagine(b *Belief, runs Runs, rule Rule, l Limits, prices Costs, step int, random *rand.Rand) (n int, cost float64, settled bool, err error) {
	begin := runs.Total()
	b = b.clone()
	for {
		o, err := NewOutlook(b, runs, rule)
		if err != nil {
			return 0, 0, false, err
		}
		if o.Standing(runs).Regret <= rule.Tolerance {
			return runs.Total() - begin, cost, true, nil
		}
		if !o.Hopeful(o.CouldSettle(runs, l.full(runs)), runs, l) {
			return runs.Total() - begin, cost, false, nil
		}
		then, _ := o.Choose(runs, l, max(step, (runs.Total()+9)/10), math.MaxInt)
		if then.Total() == runs.Total() {
			return runs.Total() - begin, cost, false, nil
		}
		cost += prices.of(then) - prices.of(runs)
		b.move(runs, then, random)
		runs = then
	}
}

// of is what runs cost in all.
func (c Costs) of(runs Runs) float64 {
	sum := 0.0
	for j, k := range runs.Alone {
		sum += c.Alone[j] * float64(k)
	}
	for a, k := range runs.Pools {
		sum += c.Pools[a] * float64(k)
	}
	return sum
}

// clone copies what move changes.
func (b *Belief) clone() *Belief {
	out, p := *b, *b.Problem
	p.Pools = slices.Clone(p.Pools)
	for k := range p.Pools {
		p.Pools[k].Gain = slices.Clone(p.Pools[k].Gain)
		p.Pools[k].Lo, p.Pools[k].Hi = nil, nil
	}
	out.Problem = &p
	return &out
}

// move draws the estimates anew, as further runs may leave them.
func (b *Belief) move(now, then Runs, random *rand.Rand) {
	for j := range b.Targets {
		t := &b.Targets[j]
		z := normals(random, 1, len(t.Pools))[0]
		if len(z) == 0 {
			continue
		}
		less := difference(t.covariance(now.Alone[j], now.Pools, 1), t.covariance(then.Alone[j], then.Pools, 1))
		moved := times(factor(less), z)
		for a, pool := range t.Pools {
			i := slices.Index(b.Problem.Pools[pool].Members, j)
			b.Problem.Pools[pool].Gain[i] += moved[a]
		}
	}
}

// Samples is by what the number of test samples would have to be multiplied for
// the grouping to be settled where the estimates are now, with every arm at the
// limit of runs; 0 where it would be without, or not even by a thousand times as
// many. Further samples move the estimates too, so that it is a rough figure.
func (o *Outlook) Samples(runs Runs, l Limits) float64 {
	settled := func(times float64) bool {
		return o.standing(l.full(runs), 1/times).Regret <= o.rule.Tolerance
	}
	low, high := 1.0, 1000.0
	if settled(low) || !settled(high) {
		return 0
	}
	for high/low > 1.05 {
		if middle := math.Sqrt(low * high); settled(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// nearly is how many times the test samples make more runs worth trying.
const nearly = 1.25

// Hopeful reports whether further runs are worth training: where all of them could
// settle the grouping, or almost could. How much the test samples leave open is an
// estimate too.
func (o *Outlook) Hopeful(couldSettle float64, runs Runs, l Limits) bool {
	if couldSettle > 0 {
		return true
	}
	times := o.Samples(runs, l)
	return times > 0 && times < nearly
}

// full raises every arm that is not closed to the limit.
func (l Limits) full(runs Runs) Runs {
	out := runs.Clone()
	for j := range out.Alone {
		out.Alone[j] = max(out.Alone[j], l.Most)
	}
	for k := range out.Pools {
		if l.Closed == nil || !l.Closed[k] {
			out.Pools[k] = max(out.Pools[k], l.Most)
		}
	}
	return out
}

// Full is what would be trained if every arm had as many runs as the limits allow.
func (l Limits) Full(runs Runs) Runs { return l.full(runs) }
