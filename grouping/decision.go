package grouping

import (
	"cmp"
	"math"
	"slices"
)

// Kind says what a decision can rest on.
type Kind string

// The kinds of decisions.
const (
	// Settled: with a probability of 95 % no partition is better than the
	// recommended one by more than the tolerance.
	Settled Kind = "settled"
	// Indifferent: settled, and so are all partitions that were considered, with
	// every domain alone among them: the cheapest is recommended, see [Choose].
	Indifferent Kind = "indifferent"
	// Unsettled: neither, or limits leave out how runs vary, see
	// [Problem].Conditional.
	Unsettled Kind = "open"
)

// settledShare is the share of draws that must agree.
const settledShare = 0.95

// Decision says how much better than the recommended partition another could
// be. In a draw of the gains, with T the total by the drawn gains, the regret of
// a partition is
//
//	(max over partitions of T - T(partition)) / Σ values:
//
// a relative gain averaged over domains, weighted by value, that is missed by
// choosing it. The indifference zone is that of ranking and selection (Bechhofer,
// Annals of Mathematical Statistics 25, 1954), by draws of the errors around the
// measured gains.
type Decision struct {
	Kind      Kind    `json:"kind"`
	Tolerance float64 `json:"tolerance"`
	// Regret is what 95 % of draws do not exceed.
	Regret float64 `json:"regret"`
	// Within is the share of draws whose regret is at most the tolerance.
	Within float64 `json:"within"`
	// Cheapest is the partition with the fewest models of those that were considered,
	// were trained, and harm no domain, where the decision is Indifferent; nil
	// otherwise. [Choose] recommends it.
	Cheapest [][]string `json:"-"`
	// Doubtful are the gains whose errors make most of the regret, largest share
	// first, at most ten. Which runs would narrow it most depends on what is a matter
	// of runs at all, and of samples: package nextruns says it.
	Doubtful []Contribution `json:"doubtful"`
}

// Contribution is the share that the error of one gain has in the regret. Shares
// add up to 1 over all gains; one whose error makes regret smaller has a
// negative share.
type Contribution struct {
	Pool   []string `json:"pool"`
	Domain string   `json:"domain"`
	Share  float64  `json:"share"`
}

// maxContributions bounds Decision.Doubtful.
const maxContributions = 10

// decider gathers draws for a Decision about the first of the considered
// partitions.
type decider struct {
	g          *gains
	considered [][]set
	values     float64
	regrets    []float64
	alike      int // draws in which all considered are within the tolerance
	within     int
	shares     []float64 // by cell
	own        []float64 // weights of the recommended partition, by cell
}

func newDecider(g *gains, considered [][]set) *decider {
	d := &decider{g: g, considered: considered, shares: make([]float64, len(g.cell)), own: g.weights(considered[0])}
	for i := range g.n {
		d.values += g.problem.value(i)
	}
	return d
}

// add takes a draw with its best partition. The regret of the draw is, with Δ the
// drawn less the measured gains and w the weights that a total gives to gains,
//
//	Σ (w_best - w_recommended)·Δ - (T_measured(recommended) - T_measured(best)),
//
// so that every gain's error has its summand in the part that exceeds what the
// measured gains say.
func (d *decider) add(best []set, cell []float64) {
	top := d.g.total(best, cell)
	tolerance := d.g.problem.tolerance()
	alike := true
	for k, partition := range d.considered {
		regret := 0.0
		if d.values > 0 {
			regret = max(0, top-d.g.total(partition, cell)) / d.values
		}
		alike = alike && regret <= tolerance
		if k == 0 {
			d.regrets = append(d.regrets, regret)
			if regret <= tolerance {
				d.within++
			}
		}
	}
	if alike {
		d.alike++
	}
	for i, w := range d.g.weights(best) {
		d.shares[i] += (w - d.own[i]) * (cell[i] - d.g.cell[i])
	}
}

// decision sums up.
func (d *decider) decision() *Decision {
	n := len(d.regrets)
	out := &Decision{Kind: Unsettled, Tolerance: d.g.problem.tolerance(), Within: float64(d.within) / float64(n), Doubtful: []Contribution{}}
	slices.Sort(d.regrets)
	out.Regret = d.regrets[min(n-1, int(math.Ceil(settledShare*float64(n)))-1)]
	switch {
	case d.g.problem.Conditional:
	case float64(d.alike) >= settledShare*float64(n) && len(d.considered) > 1:
		out.Kind = Indifferent
		fit := slices.DeleteFunc(slices.Clone(d.considered), func(p []set) bool { return !d.g.fit(p) })
		if len(fit) > 0 {
			cheapest := slices.MinFunc(fit, func(a, b []set) int { return cmp.Compare(len(a), len(b)) })
			for _, pool := range cheapest {
				out.Cheapest = append(out.Cheapest, d.g.problem.names(pool.Members()))
			}
		}
	case float64(d.within) >= settledShare*float64(n):
		out.Kind = Settled
	}
	sum := 0.0
	for _, x := range d.shares {
		sum += x
	}
	if sum > 0 {
		for k, pool := range d.g.problem.Pools {
			for i, m := range pool.Members {
				if share := d.shares[d.g.start[k]+i] / sum; share > 0 {
					out.Doubtful = append(out.Doubtful, Contribution{d.g.problem.names(pool.Members), d.g.problem.Domains[m], share})
				}
			}
		}
		slices.SortStableFunc(out.Doubtful, func(a, b Contribution) int { return cmp.Compare(b.Share, a.Share) })
		out.Doubtful = out.Doubtful[:min(len(out.Doubtful), maxContributions)]
	}
	return out
}
