package gaintable

import (
	"errors"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Impossible says why a plan has no pools.
type Impossible struct {
	Reason string `json:"reason"` // a clause
	// Constraints are the names of some that cannot all be kept, while without any
	// one of them the others can; empty where that is not known, or where the pools
	// of the table alone are in the way.
	Constraints []string `json:"constraints"`
}

// Answer is [Table.Choose] where it is an answer, too, that no choice keeps to the
// constraints, or that the objective cannot be judged since no gain has limits: a plan
// without pools that says what is in the way.
func (t *Table) Answer(o Options) (*Plan, error) {
	p, err := t.Choose(o)
	switch {
	case errors.Is(err, solve.ErrInfeasible), errors.Is(err, solve.ErrContradiction):
		return t.none(&o, Infeasible, err), nil
	case errors.Is(err, solve.ErrNotFound), errors.Is(err, ErrNoLimits):
		return t.none(&o, Unfound, err), nil
	}
	return p, err
}

// none is a plan without pools.
func (t *Table) none(o *Options, certificate string, err error) *Plan {
	p := &Plan{
		Version: planVersion, Pools: []PlannedPool{}, Rules: []PlannedRule{}, Notes: append([]string{}, t.Notes...), Certificate: certificate,
		Objective: effect.NaN, Bound: effect.NaN, Gap: effect.NaN, Cost: effect.NaN, Mean: effect.NaN, Worst: effect.NaN, Total: effect.NaN,
		Impossible: &Impossible{Reason: strings.TrimPrefix(err.Error(), "gaintable: "), Constraints: []string{}},
		Forbidden:  t.forbidden(o.Policy),
	}
	p.asked(o)
	var infeasible *solve.InfeasibleError
	var contradiction *solve.ContradictionError
	switch {
	case errors.As(err, &infeasible):
		p.Impossible.Reason = infeasible.Reason
		p.Impossible.Constraints = append(p.Impossible.Constraints, infeasible.Constraints...)
	case errors.As(err, &contradiction):
		p.Impossible.Reason = contradiction.Error()
		p.Impossible.Constraints = append(append(p.Impossible.Constraints, contradiction.Must...), contradiction.Cannot)
	}
	return p
}

// asked states what was asked for.
func (p *Plan) asked(o *Options) {
	p.ObjectiveName, p.Helpers, p.MaxModels, p.Budget = o.objective(), o.Helpers, o.MaxModels, o.Budget
	for _, s := range o.Sites {
		site := PlannedSite{Domain: s.Domain, Memory: limitOf(s.Memory), Latency: limitOf(s.Latency), TakesMemory: effect.NaN, TakesLatency: effect.NaN}
		for i := range p.Pools {
			for _, g := range p.Pools[i].Gains {
				if g.Domain == s.Domain {
					site.TakesMemory, site.TakesLatency = p.Pools[i].Memory, p.Pools[i].Latency
				}
			}
		}
		p.Sites = append(p.Sites, site)
	}
}

// limitOf is what a site allows, of which 0 is any.
func limitOf(x float64) effect.Number {
	if x == 0 {
		return effect.NaN
	}
	return effect.Number(x)
}
