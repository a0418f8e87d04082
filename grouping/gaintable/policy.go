package gaintable

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping/solve"
)

// ErrPolicy is what every error about a policy and the domains of a table is.
var ErrPolicy = errors.New("policy does not fit the table of gains")

// ForbiddenPool is a pool of the table that a policy forbids, with the reasons.
type ForbiddenPool struct {
	Train   []string         `json:"train"`
	Because []policy.Refusal `json:"because"`
}

// Govern makes a checker of rules for the domains of the table, in its order. labels
// are those of domains; it fails where they lack one that some rule needs.
func (t *Table) Govern(rules *policy.Policy, labels []policy.Domain) (*policy.Checker, error) {
	domains := make([]policy.Domain, len(t.Domains))
	var unknown []string
	for j, name := range t.Domains {
		domains[j].Name = name
		at := slices.IndexFunc(labels, func(d policy.Domain) bool { return d.Name == name })
		switch {
		case at >= 0:
			domains[j] = labels[at]
		case len(labels) > 0:
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w: nothing says what labels %s has; add it to the domains of the study that has the rules", ErrPolicy, strings.Join(unknown, " or "))
	}
	c, err := policy.New(rules, domains)
	if err != nil && len(labels) == 0 {
		return nil, fmt.Errorf("%w: %w; rules about labels need a study file, which has the labels of its domains", ErrPolicy, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	return c, nil
}

// policyRules are the rules of a policy one by one: what a pool is forbidden by forbids
// every larger one that holds it.
func policyRules(c *policy.Checker) []solve.Rule {
	if c == nil {
		return nil
	}
	var out []solve.Rule
	for _, r := range c.Policy().Rules {
		if len(r.Covers) > 0 && !slices.Contains(r.Covers, policy.Pooling) {
			continue
		}
		only := c.Only(r.Name)
		out = append(out, solve.Rule{Name: r.Name, Upward: true, Forbids: func(train solve.Set) bool {
			return train.Count() > 1 && !only.Allows(train.Members())
		}})
	}
	return out
}

// forbidden lists the pools of the table that a policy forbids.
func (t *Table) forbidden(c *policy.Checker) []ForbiddenPool {
	if c == nil {
		return nil
	}
	var out []ForbiddenPool
	for k := range t.Pools {
		train := t.Pools[k].Train
		if because := c.Refusals(train.Members()); train.Count() > 1 && len(because) > 0 {
			out = append(out, ForbiddenPool{Train: t.names(train), Because: because})
		}
	}
	return out
}

// ruled says of a priced rule what the policy has about it.
func (p *Plan) ruled(c *policy.Checker) {
	if c == nil {
		return
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		of := c.Policy().Rule(r.Name)
		if of == nil {
			continue
		}
		r.Rule, r.Because = of.Words(), of.Because
		for _, f := range p.Forbidden {
			if slices.ContainsFunc(f.Because, func(b policy.Refusal) bool { return b.Rule == r.Name }) {
				r.Pools++
			}
		}
	}
}

// Words says what the rule is, what it forbids and what it costs.
func (p *Plan) Words(r *PlannedRule) string {
	name, cost := "Rule "+r.Name, "has a cost that is not known"
	if r.Cost != nil {
		cost = fmt.Sprintf("costs %.4g of the objective", *r.Cost)
	}
	if r.Rule == "" {
		return name + " " + cost
	}
	about := r.Rule
	if r.Because != "" {
		about += "; " + r.Because
	}
	name = fmt.Sprintf("Rule %q (%s) %s", r.Name, about, cost)
	if r.Pools == 0 {
		return name + " and forbids no pool of the table; what pools that were not measured would gain is not known"
	}
	for _, f := range p.Forbidden {
		at := slices.IndexFunc(f.Because, func(b policy.Refusal) bool { return b.Rule == r.Name })
		if at < 0 {
			continue
		}
		name += fmt.Sprintf(" and forbids %d of the table's pools: %s", r.Pools, f.Because[at].Reason)
		if r.Pools > 1 {
			name += ", ..."
		}
		break
	}
	return name
}
