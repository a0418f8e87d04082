package gaintable

import (
	"errors"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/solve"
)

// searchable says whether a partition of many domains, with pools extrapolated from
// pairs, is one that package grouping searches for: by gains alone, where costs only
// bound the number of models.
func (c *chooser) searchable() bool {
	o := c.options
	if objective := o.objective(); o.Helpers || objective != Mean && objective != Value {
		return false
	}
	for k := range c.table.Pools {
		p := &c.table.Pools[k]
		if o.Budget != nil && p.Cost != 1 || p.Train.Count() == 1 && p.Gain[0] != 0 {
			return false
		}
	}
	return true
}

// search finds a partition of the table's domains into listed pools and any that can
// be extrapolated from pairs. It returns the table with the pools that are chosen.
func (c *chooser) search(rules []solve.Rule) (*Table, *solve.Solution, error) {
	t := *c.table
	p := &grouping.Problem{Domains: t.Domains, MaxGroups: c.options.MaxModels, Rules: rules}
	if b := c.options.Budget; b != nil {
		most := int(math.Floor(*b + solve.BudgetTolerance))
		if most < 1 {
			return nil, nil, fmt.Errorf("gaintable: %w", &solve.InfeasibleError{
				Reason: fmt.Sprintf("a model costs 1, and the budget is %g", *b), Constraints: []string{fmt.Sprintf("a budget of %g", *b)},
			})
		}
		if p.MaxGroups == 0 || most < p.MaxGroups {
			p.MaxGroups = most
		}
	}
	for _, w := range c.weights {
		p.Value = append(p.Value, w*float64(len(t.Domains)))
	}
	n := len(t.Domains)
	at := map[solve.Set]int{}
	pair := make([]int, n*n)
	for k := range t.Pools {
		q := &t.Pools[k]
		if len(q.Serves) < q.Train.Count() {
			continue // no partition can use it
		}
		at[q.Train] = k
		if q.Train.Count() == 2 {
			i, j := q.Train.First(), q.Train.Last()
			pair[i*n+j], pair[j*n+i] = k, k
		}
		if q.Train.Count() > 1 && solve.Forbidden(rules, q.Train) == "" {
			p.Pools = append(p.Pools, grouping.Pool{Members: q.Serves, Gain: q.Gain})
		}
	}
	best, err := grouping.Best(p)
	if errors.Is(err, grouping.ErrNoPartition) {
		return nil, nil, fmt.Errorf("gaintable: %w: %w", solve.ErrNotFound, err)
	}
	if err != nil {
		return nil, nil, err
	}
	t.Pools = append([]Pool(nil), t.Pools...)
	s := &solve.Solution{Optimal: best.Optimal}
	for _, names := range best.Names() {
		members, err := t.indices(names)
		if err != nil {
			return nil, nil, err
		}
		train := solve.SetOf(members...)
		k, listed := at[train]
		if !listed {
			k = len(t.Pools)
			t.Pools = append(t.Pools, t.fromPairs(train, pair))
		}
		q := &t.Pools[k]
		s.Chosen = append(s.Chosen, solve.Choice{Pool: k, Train: train, Serves: train, Cost: q.Cost})
		s.Cost += q.Cost
		for i, j := range q.Serves {
			s.Sum += c.weights[j] * q.Gain[i]
		}
	}
	s.Value = s.Sum
	s.Bound = max(s.Value, best.Bound/float64(n))
	return &t, s, nil
}
