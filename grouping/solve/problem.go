package solve

import (
	"fmt"
	"math"
)

// Problem is a choice of pools to train.
type Problem struct {
	// Domains is their number; they are known as 0, 1, ….
	Domains int
	// Names are what messages call them; nil: their numbers.
	Names []string
	// Weight is what one unit of gain of a domain counts; nil: 1 each.
	Weight []float64
	// Pools are the candidates.
	Pools []Pool
	// Lattice lists, in place of Pools, what every set of domains is worth: that
	// of the domains whose bits are set in the index. NaN is no candidate. For
	// partitions of up to MaxLattice domains; every pool costs 1.
	Lattice []float64
	// Helpers allows domains to be trained by pools that do not serve them.
	Helpers bool
	// MaxPools bounds the number of pools; 0: no bound.
	MaxPools int
	// Budget bounds their costs; 0: no bound.
	Budget    float64
	Objective Objective
	Rules     []Rule
	// Unlisted are further candidates of a partition by the sum, which costs do not
	// bound; nil: none.
	Unlisted Unlisted
	// Start is a partition to begin with; its pools need not be among Pools. nil, or
	// one that breaks a rule: none.
	Start []Pool
	// Effort multiplies the steps that are spent before a gap is accepted; 0
	// stands for 1.
	Effort float64
}

// MaxLattice is the largest number of domains of a Lattice.
const MaxLattice = 22

// BudgetTolerance is by how much costs may exceed a budget, for being sums.
const BudgetTolerance = 1e-9

// Objective is what a choice of pools is judged by.
type Objective string

// The objectives.
const (
	// Sum is the sum over domains of weight times gain, the zero value.
	Sum Objective = ""
	// Worst is the smallest gain of a domain, and of choices alike in that the
	// sum.
	Worst Objective = "worst"
)

// Pool is a set of domains that can be trained together.
type Pool struct {
	Train Set
	// Serves are the domains that the pool can serve, ascending; nil: all that it
	// trains. In a partition a pool that cannot serve all is no candidate.
	Serves []int
	// Gain is that of each domain in Serves.
	Gain []float64
	Cost float64
}

// Choice is a pool that is chosen.
type Choice struct {
	// Pool is its index in Pools, or in the Lattice; -1 where it is of Unlisted or
	// Start.
	Pool   int
	Train  Set
	Serves Set
	Cost   float64
}

// Solution is a choice of pools with what is known about it.
type Solution struct {
	// Chosen are the pools, by the first domain that each serves.
	Chosen []Choice
	// Value is the objective, Sum the sum of weight times gain, whatever the
	// objective.
	Value float64
	Sum   float64
	Cost  float64
	// Bound is what the objective of no choice exceeds. Optimal says that Value
	// meets it.
	Bound   float64
	Optimal bool
}

// Gap is by how much another choice may be better.
func (s *Solution) Gap() float64 { return max(0, s.Bound-s.Value) }

// Validate reports what is wrong with the problem.
func (p *Problem) Validate() error {
	switch {
	case p.Domains < 1 || p.Domains > MaxDomains:
		return fmt.Errorf("solve: %d domains: must be 1 to %d", p.Domains, MaxDomains)
	case p.Names != nil && len(p.Names) != p.Domains:
		return fmt.Errorf("solve: %d names for %d domains", len(p.Names), p.Domains)
	case p.Weight != nil && len(p.Weight) != p.Domains:
		return fmt.Errorf("solve: %d weights for %d domains", len(p.Weight), p.Domains)
	case p.MaxPools < 0:
		return fmt.Errorf("solve: %d pools at most: must be 1 or more, or 0 for no bound", p.MaxPools)
	case !(p.Budget >= 0) || math.IsInf(p.Budget, 0):
		return fmt.Errorf("solve: budget %v: must be above 0, or 0 for no bound", p.Budget)
	case !(p.Effort >= 0):
		return fmt.Errorf("solve: effort %v: must not be negative", p.Effort)
	case p.Objective != Sum && p.Objective != Worst:
		return fmt.Errorf("solve: there is no objective %q", p.Objective)
	case p.Lattice != nil && p.Pools != nil:
		return fmt.Errorf("solve: a lattice and a list of pools: give one")
	case p.Lattice != nil && (p.Domains > MaxLattice || len(p.Lattice) != 1<<p.Domains):
		return fmt.Errorf("solve: a lattice of %d values for %d domains: must be 2 to their number, at most %d", len(p.Lattice), p.Domains, MaxLattice)
	case p.Unlisted != nil && (p.Lattice != nil || p.Helpers || p.Objective == Worst || p.Budget > 0):
		return fmt.Errorf("solve: unlisted pools are for partitions by the sum, without a lattice or a budget")
	case len(p.Start) > 0 && (p.Lattice != nil || p.Helpers || p.Objective == Worst):
		return fmt.Errorf("solve: a start is for partitions of listed pools by the sum")
	case p.Lattice != nil && (p.Helpers || p.Objective == Worst):
		return fmt.Errorf("solve: a lattice says nothing of single domains, which helpers and the worst domain need: list the pools")
	}
	for j, w := range p.Weight {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("solve: weight %v of %s: must be finite and not negative", w, p.name(j))
		}
	}
	for k := range p.Pools {
		if err := p.Pools[k].validate(p.Domains); err != nil {
			return fmt.Errorf("solve: pool %d: %w", k, err)
		}
	}
	for k := range p.Start {
		if err := p.Start[k].validate(p.Domains); err != nil {
			return fmt.Errorf("solve: pool %d of the start: %w", k, err)
		}
	}
	for k, v := range p.Lattice {
		if math.IsInf(v, 0) {
			return fmt.Errorf("solve: set %d of the lattice is worth %v", k, v)
		}
	}
	return p.checkRules()
}

func (q *Pool) validate(n int) error {
	if q.Train.Empty() || q.Train.Last() >= n {
		return fmt.Errorf("trains %v of %d domains", q.Train.Members(), n)
	}
	if served := q.served(); len(q.Gain) != len(served) {
		return fmt.Errorf("serves %d domains and has %d gains", len(served), len(q.Gain))
	}
	for i, j := range q.Serves {
		if j < 0 || j >= n || !q.Train.Has(j) || i > 0 && j <= q.Serves[i-1] {
			return fmt.Errorf("serves %v, which must ascend and be trained by it", q.Serves)
		}
	}
	for _, g := range q.Gain {
		if math.IsNaN(g) || math.IsInf(g, 0) {
			return fmt.Errorf("has a gain of %v", g)
		}
	}
	if !(q.Cost >= 0) || math.IsInf(q.Cost, 0) {
		return fmt.Errorf("costs %v: must be finite and not negative", q.Cost)
	}
	return nil
}

// served are the domains that the pool can serve.
func (q *Pool) served() []int {
	if q.Serves == nil {
		return q.Train.Members()
	}
	return q.Serves
}

func (p *Problem) weight(j int) float64 {
	if p.Weight == nil {
		return 1
	}
	return p.Weight[j]
}

func (p *Problem) name(j int) string {
	if p.Names == nil {
		return fmt.Sprint(j)
	}
	return p.Names[j]
}
