package grouping

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// ConstraintsOf are the constraints of a study.
func ConstraintsOf(g study.Grouping) *solve.Constraints {
	return &solve.Constraints{MustLink: g.MustLink, CannotLink: g.CannotLink, LargestPool: g.LargestPool}
}

// RuleCost is a rule with what it costs.
type RuleCost struct {
	Name string `json:"name"`
	// Cost is by how much the total would be larger without the rule, all others in
	// force, by the gains that are known.
	Cost float64 `json:"cost"`
	// Untrained counts the pools that the study asks for, that the rule alone keeps
	// out, and whose gains nobody knows, since they were never trained.
	Untrained int `json:"untrained,omitempty"`
}

// Words says what the rule costs: "costs 0.0310 of the total gain".
func (r *RuleCost) Words() string {
	switch {
	case r.Untrained == 0:
		return fmt.Sprintf("costs %.4f of the total gain", r.Cost)
	case r.Untrained == 1:
		return fmt.Sprintf("costs %.4f of the total gain by the gains that are known; 1 pool that it alone forbids was never trained", r.Cost)
	}
	return fmt.Sprintf("costs %.4f of the total gain by the gains that are known; %d pools that it alone forbids were never trained", r.Cost, r.Untrained)
}

// Ruled is the problem without the measured pools that its rules forbid.
func (p *Problem) Ruled() *Problem {
	if len(p.Rules) == 0 {
		return p
	}
	return p.keep(func(members []int) bool { return !p.forbids(solve.SetOf(members...)) })
}

// linked says whether some domains must be in one group.
func (p *Problem) linked() bool {
	for i := range p.Rules {
		if !p.Rules[i].Together.Empty() {
			return true
		}
	}
	return false
}

// splits says whether a pool holds a part of what must be together.
func (p *Problem) splits(pool set) bool {
	for i := range p.Rules {
		together := p.Rules[i].Together
		if together.Meets(pool) && !together.Minus(pool).Empty() {
			return true
		}
	}
	return false
}

// ruleCosts solves the problem without each rule in turn. The problem has all
// measured pools, those too that rules forbid; refused is what was left out of the plan.
func (p *Problem) ruleCosts(best *Grouping, refused []study.RefusedArm) ([]RuleCost, error) {
	var out []RuleCost
	for k, rule := range p.Rules {
		without := *p
		without.Rules = append(append([]solve.Rule(nil), p.Rules[:k]...), p.Rules[k+1:]...)
		governed := &without
		if p.Policy != nil {
			var err error
			if governed, err = without.Governed(p.Policy); err != nil {
				return nil, err
			}
		}
		other, err := Best(governed.Ruled())
		if err != nil {
			return nil, err
		}
		out = append(out, RuleCost{rule.Name, max(0, other.Total-best.Total), governed.untrained(rule, refused)})
	}
	return out, nil
}

// untrained counts the refused pools without known gains that the problem would
// allow, if it were not for a rule.
func (p *Problem) untrained(rule solve.Rule, refused []study.RefusedArm) int {
	known, n := map[set]bool{}, 0
	for _, pool := range p.Pools {
		known[solve.SetOf(pool.Members...)] = true
	}
	for _, r := range refused {
		members, err := p.Indices(r.Domains)
		if err != nil {
			continue // a plan of other domains
		}
		pool := solve.SetOf(members...)
		if rule.Forbids != nil && rule.Forbids(pool) && !p.forbids(pool) && !known[pool] {
			n++
		}
	}
	return n
}

func ruleNames(rules []solve.Rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	return strings.Join(names, "; ")
}

// latticeLimit is the largest number of domains of which all sets are valued.
const latticeLimit = 20

// bestLinked is the best partition where domains must be together, beyond
// [ExactLimit] domains, and the best that lacks one of its groups.
func (g *gains) bestLinked(s *scorer) *Grouping {
	a := g.solveLinked(s, 1)
	if a.groups == nil {
		return nil
	}
	var second []set
	score := int64(unusable)
	for _, group := range a.groups {
		s.forbidden = group
		if found := g.solveLinked(s, 0.1); found.groups != nil && s.sum(found.groups) > score {
			second, score = found.groups, s.sum(found.groups)
		}
	}
	s.forbidden = set{}
	if second != nil && score > a.score && !a.proved {
		a.groups, second = second, a.groups // a search found better with less
	}
	out := g.grouping(a.groups)
	out.Optimal = a.proved
	out.Bound = max(out.Total, a.bound)
	if a.proved {
		out.Bound = out.Total
	}
	if second != nil {
		out.RunnerUp = g.grouping(second)
	}
	return out
}

// solveLinked chooses among all sets of few domains, and of many among measured and
// estimated pools where these can be listed. Else it improves, by steps, a partition
// that keeps together what must be, and the bound is that of the problem in which
// nothing must.
func (g *gains) solveLinked(s *scorer, effort float64) answer {
	if g.n <= latticeLimit {
		return g.solveLattice(s, g.problem.Rules, effort)
	}
	e := &estimates{gains: g, largest: g.n}
	if !e.list() {
		return g.climbLinked(s)
	}
	list := append(append([]set(nil), g.sets...), e.pools...)
	for i := range g.n {
		list = append(list, solve.SetOf(i))
	}
	p := &solve.Problem{Domains: g.n, MaxPools: g.problem.maxGroups(), Rules: g.problem.Rules, Effort: effort}
	seen := map[set]bool{}
	for _, pool := range list {
		if seen[pool] || s.score(pool) == unusable {
			continue
		}
		seen[pool] = true
		q := solve.Pool{Train: pool, Cost: 1}
		g.each(pool, s.cell, func(m int, gain float64) { q.Gain = append(q.Gain, g.problem.value(m)*gain) })
		p.Pools = append(p.Pools, q)
	}
	return g.answerOf(s, p)
}

// climbLinked improves what must be together with all others alone.
func (g *gains) climbLinked(s *scorer) answer {
	v := newSolver(g)
	p := &partition{scorer: s, groups: solve.Blocks(g.n, g.problem.Rules), limit: v.limit, pools: v.pools}
	p.climb()
	if !p.usable() {
		return answer{score: unusable}
	}
	free := *g.problem
	free.Rules = nil
	open := newGains(&free)
	bound := newSolver(open)
	of := bound.solve(newScorer(open, s.cell), nil, quick)
	return answer{groups: p.groups, score: s.sum(p.groups), bound: max(of.bound, s.total(p.groups))}
}

// solveLattice chooses among all sets of domains.
func (g *gains) solveLattice(s *scorer, rules []solve.Rule, effort float64) answer {
	lattice := make([]float64, 1<<g.n)
	lattice[0] = math.NaN()
	for k := 1; k < len(lattice); k++ {
		pool := set{uint64(k)}
		lattice[k] = s.value(pool)
		if pool == s.forbidden || g.problem.splits(pool) {
			lattice[k] = math.NaN()
		}
	}
	var together []solve.Rule
	for _, r := range rules {
		if !r.Together.Empty() {
			together = append(together, solve.Rule{Name: r.Name, Together: r.Together})
		}
	}
	return g.answerOf(s, &solve.Problem{Domains: g.n, Lattice: lattice, MaxPools: g.problem.maxGroups(), Rules: together, Effort: effort})
}

// answerOf solves a problem whose pools are sets of domains.
func (g *gains) answerOf(s *scorer, p *solve.Problem) answer {
	found, err := solve.Solve(p)
	switch {
	case errors.Is(err, solve.ErrInfeasible), errors.Is(err, solve.ErrNotFound):
		return answer{score: unusable}
	case err != nil:
		panic(fmt.Sprintf("grouping: %v", err)) // what was built here is valid
	}
	out := answer{bound: found.Bound, proved: found.Optimal}
	for _, c := range found.Chosen {
		out.groups = append(out.groups, c.Serves)
	}
	inOrder(out.groups)
	out.score = s.sum(out.groups)
	return out
}
