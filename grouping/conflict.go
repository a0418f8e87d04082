package grouping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/solve"
)

// ConflictError says which constraints are in the way where there is no partition. It
// is an ErrNoPartition.
type ConflictError struct {
	// Constraints cannot all be kept, and without any one of them the others can:
	// the number of groups, rules, and rules of a policy. Where Irreducible is false
	// they are all that there are: of so many domains it is not known which matter.
	Constraints []string
	Irreducible bool
	// Least is the number of groups that all other constraints take; 0 where it is
	// not among those in the way.
	Least int
}

func (e *ConflictError) Error() string {
	words := slices.Clone(e.Constraints)
	if e.Least > 0 {
		words[0] += fmt.Sprintf(", and it takes %d", e.Least)
	}
	text := "grouping: " + ErrNoPartition.Error()
	switch {
	case !e.Irreducible:
		text += " that keeps to all of these, or none was found: "
	case len(words) == 1:
		text += " with the pools at hand and "
	default:
		text += ": these cannot all be kept with the pools at hand, and without any one of them the others can: "
	}
	return text + strings.Join(words, "; ") + "; allow more groups, measure the missing pairs, or drop a rule"
}

func (e *ConflictError) Unwrap() error { return ErrNoPartition }

// constraint is one that a partition must keep to.
type constraint struct {
	name string
	drop func(*Problem) // takes it out
}

// constraints are those of the problem, the number of groups first.
func (p *Problem) constraints() []constraint {
	var out []constraint
	if p.maxGroups() < len(p.Domains) {
		out = append(out, constraint{"at most " + wording.Plural(p.maxGroups(), "group"), func(q *Problem) { q.MaxGroups = 0 }})
	}
	for i, r := range p.Rules {
		if slices.ContainsFunc(p.Rules[:i], func(s solve.Rule) bool { return s.Name == r.Name }) {
			continue // said twice
		}
		out = append(out, constraint{"rule " + r.Name, func(q *Problem) {
			q.Rules = slices.DeleteFunc(slices.Clone(q.Rules), func(s solve.Rule) bool { return s.Name == r.Name })
		}})
	}
	if p.Policy != nil {
		for _, r := range p.Policy.Policy().Rules {
			out = append(out, constraint{"rule " + r.Name + " of the policy", func(q *Problem) { q.Policy = q.Policy.Without(r.Name) }})
		}
	}
	return out
}

// without is the problem with some constraints only; measured pools that these forbid
// are left out.
func (p *Problem) without(dropped []constraint) (*Problem, error) {
	q := *p
	for _, c := range dropped {
		c.drop(&q)
	}
	governed := &q
	if q.Policy != nil {
		var err error
		if governed, err = q.Governed(q.Policy); err != nil {
			return nil, err
		}
	}
	return governed.Ruled(), nil
}

// possible says whether some partition keeps to all constraints.
func (p *Problem) possible() bool {
	if solve.Contradiction(len(p.Domains), p.Rules, func(int) string { return "" }) != nil {
		return false
	}
	g := newGains(p)
	return solveExactly(newScorer(g, g.cell)) != nil
}

// noPartition says what is in the way. The problem may have measured pools that its
// constraints forbid; refused are those that were not even trained, and would be at hand
// without a rule.
func (p *Problem) noPartition(refused []study.RefusedArm) error {
	p = p.with(refused)
	all := p.constraints()
	if len(p.Domains) > ExactLimit {
		e := &ConflictError{}
		for _, c := range all {
			e.Constraints = append(e.Constraints, c.name)
		}
		return e
	}
	var dropped, kept []constraint
	for _, c := range all {
		q, err := p.without(append(slices.Clone(dropped), c))
		if err != nil {
			return err
		}
		if q.possible() {
			kept = append(kept, c)
		} else {
			dropped = append(dropped, c)
		}
	}
	e := &ConflictError{Irreducible: true}
	for _, c := range kept {
		e.Constraints = append(e.Constraints, c.name)
	}
	if len(kept) > 0 && p.maxGroups() < len(p.Domains) && kept[0].name == all[0].name {
		q, err := p.without(dropped)
		if err != nil {
			return err
		}
		for e.Least = p.maxGroups() + 1; e.Least < len(p.Domains); e.Least++ {
			if q.MaxGroups = e.Least; q.possible() {
				break
			}
		}
	}
	return e
}

// with is the problem with further pools, for the question whether some partition is
// possible: of their gains nothing is said.
func (p *Problem) with(refused []study.RefusedArm) *Problem {
	q := *p
	q.Covariances, q.Across = nil, nil
	q.Pools = slices.Clone(q.Pools)
	for _, r := range refused {
		members, err := q.Indices(r.Domains)
		if err != nil {
			continue // a plan of other domains
		}
		if slices.Sort(members); !slices.ContainsFunc(q.Pools, func(o Pool) bool { return slices.Equal(o.Members, members) }) {
			q.Pools = append(q.Pools, Pool{Members: members, Gain: make([]float64, len(members))})
		}
	}
	return &q
}
