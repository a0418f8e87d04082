package grouping

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// ConstraintsOf are the constraints of a study.
func ConstraintsOf(g study.Grouping) *solve.Constraints {
	c := &solve.Constraints{MustLink: g.MustLink, CannotLink: g.CannotLink, LargestPool: g.LargestPool}
	for _, s := range g.Sites {
		c.Sites = append(c.Sites, solve.Site(s))
	}
	return c
}

// RuleCost is a rule with what it costs.
type RuleCost struct {
	Name string `json:"name"`
	// Cost is by how much the total would be larger without the rule, all others in
	// force, by the gains that are known. It is null where that is nothing and the
	// rule alone keeps out pools whose gains nobody knows.
	Cost *float64 `json:"cost"`
	// Untrained counts the pools that the study asks for, that the rule alone keeps
	// out, and whose gains nobody knows, since they were never trained.
	Untrained int `json:"untrained,omitempty"`
}

// Words says what the rule costs: "costs 0.0310 of the total gain".
func (r *RuleCost) Words() string {
	untrained := "1 pool that it alone forbids was never trained"
	if r.Untrained > 1 {
		untrained = fmt.Sprintf("%d pools that it alone forbids were never trained", r.Untrained)
	}
	switch {
	case r.Cost == nil:
		return "has a cost that is not known: " + untrained
	case r.Untrained == 0:
		return fmt.Sprintf("costs %.4f of the total gain", *r.Cost)
	}
	return fmt.Sprintf("costs at least %.4f of the total gain; %s", *r.Cost, untrained)
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
		r := RuleCost{Name: rule.Name, Untrained: governed.untrained(rule, refused)}
		if cost := max(0, other.Total-best.Total); cost > 0 || r.Untrained == 0 {
			r.Cost = &cost
		}
		out = append(out, r)
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

// latticeLimit is the largest number of domains of which all sets are valued.
const latticeLimit = 20

// solveLattice chooses among all sets of domains.
func (v *solver) solveLattice(s *scorer, effort float64) answer {
	lattice := make([]float64, 1<<v.n)
	lattice[0] = math.NaN()
	for k := 1; k < len(lattice); k++ {
		pool := set{uint64(k)}
		lattice[k] = s.value(pool)
		if pool == s.forbidden || v.gains.problem.splits(pool) {
			lattice[k] = math.NaN()
		}
	}
	return chosenOf(s, &solve.Problem{Domains: v.n, Lattice: lattice, MaxPools: v.limit, Rules: v.together(), Effort: effort})
}
