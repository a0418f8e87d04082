package gaintable

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Choose finds the pools to train. It fails with solve.ErrInfeasible where no choice
// keeps to the constraints, and with a *solve.ContradictionError where two of them
// say so; with an *UnknownDomainError where an option names a domain that the table
// lacks.
func (t *Table) Choose(o Options) (*Plan, error) {
	if err := o.validate(t); err != nil {
		return nil, err
	}
	weights, err := o.weights(t)
	if err != nil {
		return nil, err
	}
	if t, err = o.stated(t); err != nil {
		return nil, err
	}
	rules, err := o.Rules(t.indices, t.needs())
	if err != nil {
		return nil, err
	}
	rules = append(rules, policyRules(o.Policy)...)
	if err := solve.Contradiction(len(t.Domains), rules, func(j int) string { return t.Domains[j] }); err != nil {
		return nil, err
	}
	complete := true
	table := t
	if o.Extrapolate {
		table, complete = t.extrapolated(rules)
	}
	c := &chooser{listed: t, table: table, options: &o, weights: weights}
	if !complete {
		c.table = t
		if c.searchable() {
			table, s, err := c.search(rules)
			if err != nil {
				return nil, err
			}
			p := c.planOf(table, s)
			return p, c.price(p, rules, func(rules []solve.Rule) (*solve.Solution, error) {
				_, s, err := c.search(rules)
				return s, err
			})
		}
		c.table = table
	}
	s, err := c.solve(rules)
	if err != nil {
		return nil, err
	}
	if !complete {
		c.loosen(t, s)
	}
	p := c.planOf(table, s)
	if !complete {
		p.Notes = append(p.Notes, tooMany(len(table.Pools)-len(t.Pools)))
	}
	price := c.solve
	if o.Extrapolate {
		// Pools that a rule forbids were not listed at all.
		price = func(rules []solve.Rule) (*solve.Solution, error) { return c.anew(t, rules) }
	}
	if err := c.price(p, rules, price); err != nil {
		return nil, err
	}
	if p.Stability, err = c.stability(p, s, rules); err != nil {
		return nil, err
	}
	return p, nil
}

// anew lists what other rules allow of a table's extrapolated pools, and chooses
// among them.
func (c *chooser) anew(t *Table, rules []solve.Rule) (*solve.Solution, error) {
	other := *c
	table, complete := t.extrapolated(rules)
	if complete {
		other.table = table
		return other.solve(rules)
	}
	other.table = t
	if !other.searchable() {
		return nil, solve.ErrNotFound
	}
	_, s, err := other.search(rules)
	return s, err
}

// planOf describes a solution.
func (c *chooser) planOf(table *Table, s *solve.Solution) *Plan {
	o := c.options
	p := table.describe(s)
	p.Forbidden = c.listed.forbidden(o.Policy)
	if note := c.errorsNote(); note != "" {
		p.Notes = append(p.Notes, note)
	}
	p.Notes = append(p.Notes, o.siteNotes(c.listed)...)
	if len(o.Values) > 0 && !o.valued() {
		p.Notes = append(p.Notes, fmt.Sprintf("Values of domains do not count for the objective %s; they do for value and risk.", o.objective()))
	}
	p.asked(o)
	p.Objective, p.Bound = effect.Number(s.Value), effect.Number(s.Bound)
	p.Certificate, p.Gap = CertifiedGap, effect.Number(max(0, s.Bound-s.Value))
	if s.Optimal {
		p.Certificate, p.Gap, p.Bound = CertifiedOptimal, 0, p.Objective
	}
	return p
}

// chooser solves a table by one of the objectives.
type chooser struct {
	listed  *Table // as it was read
	table   *Table
	options *Options
	weights []float64 // shares of the domains in the mean
	effort  float64   // of a solution, see solve.Problem; 0: the usual
}

// problem has the gains that value gives each row.
func (c *chooser) problem(rules []solve.Rule, value func(p *Pool, i int) float64) *solve.Problem {
	p := &solve.Problem{
		Domains: len(c.table.Domains), Names: c.table.Domains, Weight: c.weights, Helpers: c.options.Helpers,
		MaxPools: c.options.MaxModels, Rules: rules, Effort: c.effort,
	}
	if b := c.options.Budget; b != nil {
		// 0 stands for no bound there.
		p.Budget = max(*b, solve.BudgetTolerance/1e3)
	}
	for k := range c.table.Pools {
		q := &c.table.Pools[k]
		pool := solve.Pool{Train: q.Train, Serves: q.Serves, Cost: q.Cost}
		for i := range q.Serves {
			pool.Gain = append(pool.Gain, value(q, i))
		}
		p.Pools = append(p.Pools, pool)
	}
	return p
}

func gainOf(p *Pool, i int) float64 { return p.Gain[i] }

func (c *chooser) solve(rules []solve.Rule) (*solve.Solution, error) {
	switch c.options.objective() {
	case Worst:
		p := c.problem(rules, gainOf)
		p.Objective = solve.Worst
		return solve.Solve(p)
	case NoHarm, Risk:
		of := c.noHarm
		if c.options.objective() == Risk {
			of = c.risk
		}
		s, err := of(rules)
		if err != nil || c.table.draws == nil {
			return s, err
		}
		return c.joint(rules, s), nil
	}
	return solve.Solve(c.problem(rules, gainOf))
}

// errorOf is the standard error that limits imply, 0 where there are none.
func errorOf(p *Pool, i int) float64 {
	if math.IsNaN(p.Lo[i]) || math.IsNaN(p.Hi[i]) {
		return 0
	}
	return (p.Hi[i] - p.Lo[i]) / 2 / distuv.UnitNormal.Quantile(0.975)
}

// unharmed is the logarithm of the probability that a gain is not negative, at least
// that of 1e-12.
func unharmed(p *Pool, i int) float64 {
	least := math.Log(1e-12)
	se := errorOf(p, i)
	switch {
	case se > 0:
		return max(least, math.Log(distuv.UnitNormal.CDF(p.Gain[i]/se)))
	case p.Gain[i] < 0:
		return least
	}
	return 0
}

// noHarm maximises the probability that nobody is harmed: a sum of logarithms. Of
// choices alike in that the one with the larger mean is better, by a part of gains
// too small to matter otherwise.
func (c *chooser) noHarm(rules []solve.Rule) (*solve.Solution, error) {
	largest := 0.0
	for k := range c.table.Pools {
		for _, g := range c.table.Pools[k].Gain {
			largest = max(largest, math.Abs(g))
		}
	}
	const part = 1e-7
	equal := *c
	equal.weights = nil
	s, err := solve.Solve(equal.problem(rules, func(p *Pool, i int) float64 {
		if largest == 0 {
			return unharmed(p, i)
		}
		return unharmed(p, i) + part*p.Gain[i]/largest
	}))
	if err != nil {
		return nil, err
	}
	sum := 0.0
	c.each(s, func(p *Pool, i, _ int) { sum += unharmed(p, i) })
	s.Value = math.Exp(sum)
	s.Bound = min(1, math.Exp(s.Bound+part*float64(len(c.table.Domains))))
	if s.Optimal {
		s.Bound = s.Value
	}
	return s, nil
}

// each calls f with every domain that a choice serves.
func (c *chooser) each(s *solve.Solution, f func(p *Pool, i, domain int)) {
	for _, chosen := range s.Chosen {
		p := &c.table.Pools[chosen.Pool]
		for i, j := range p.Serves {
			if chosen.Serves.Has(j) {
				f(p, i, j)
			}
		}
	}
}

// loosen makes the bound hold for pools that are not listed.
func (c *chooser) loosen(t *Table, s *solve.Solution) {
	mean, worst := t.ceiling(c.weights)
	switch c.options.objective() {
	case Worst:
		s.Bound = worst
	case NoHarm:
		s.Bound = 1
	default:
		s.Bound = mean
	}
	s.Bound = max(s.Bound, s.Value)
	s.Optimal = s.Bound <= s.Value
}

// price solves the table without each rule in turn.
func (c *chooser) price(p *Plan, rules []solve.Rule, choose func([]solve.Rule) (*solve.Solution, error)) error {
	for k, rule := range rules {
		out := PlannedRule{Name: rule.Name}
		without := append(append([]solve.Rule(nil), rules[:k]...), rules[k+1:]...)
		if s, err := choose(without); err == nil {
			cost := max(0, s.Value-float64(p.Objective))
			if cost > 0 || !c.untrained(rule, without) {
				out.Cost = &cost
			}
		}
		p.Rules = append(p.Rules, out)
	}
	p.ruled(c.options.Policy)
	return nil
}

// untrained reports whether a rule alone keeps out a pool that was asked for and never
// trained.
func (c *chooser) untrained(rule solve.Rule, others []solve.Rule) bool {
	for _, names := range c.options.Refused {
		members, err := c.listed.indices(names)
		if err != nil {
			continue // of other domains
		}
		train := solve.SetOf(members...)
		if slices.ContainsFunc(c.listed.Pools, func(p Pool) bool { return p.Train == train }) {
			continue
		}
		if solve.Untrainable([]solve.Rule{rule}, train) != "" && solve.Untrainable(others, train) == "" {
			return true
		}
	}
	return false
}
