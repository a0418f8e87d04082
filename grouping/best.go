package grouping

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// ExactLimit is the largest number of domains for which Best compares all
// partitions.
const ExactLimit = 14

// Best returns the partition of the domains with the largest total, as far as
// it is known, and the runner-up. Its Bound says how much better another could
// be. It fails with ErrNoPartition where MaxGroups cannot be kept, or no
// partition that keeps it was found.
func Best(p *Problem) (*Grouping, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	out := g.best(g.n > ExactLimit)
	if out == nil && len(p.Rules) > 0 {
		return nil, fmt.Errorf("grouping: %w: %d domains into at most %d groups, with the pools that were measured and the rules %s; allow more groups, measure the missing pairs, or drop a rule",
			ErrNoPartition, len(p.Domains), p.maxGroups(), ruleNames(p.Rules))
	}
	if out == nil {
		return nil, fmt.Errorf("grouping: %w: %d domains into at most %d groups, with the pools that were measured; allow more groups or measure the missing pairs",
			ErrNoPartition, len(p.Domains), p.maxGroups())
	}
	return out, nil
}

// best is nil where no partition is possible.
func (g *gains) best(searches bool) *Grouping {
	s := newScorer(g, g.cell)
	if !searches {
		best := solveExactly(s)
		if best == nil {
			return nil
		}
		out := g.grouping(best)
		out.Optimal = true
		if second := exactRunnerUp(s, best); second != nil {
			out.RunnerUp = g.grouping(second)
			out.RunnerUp.Optimal = true
		}
		return out
	}
	if g.problem.linked() {
		return g.bestLinked(s)
	}
	v := newSolver(g)
	a := v.solve(s, nil, v.thorough())
	if !a.proved && g.n <= latticeLimit {
		if exact := g.solveLattice(s, nil, 1); exact.groups != nil && exact.proved {
			a.keep(s, exact.groups)
			a.bound, a.proved = s.total(a.groups), true
		}
	}
	if a.groups == nil {
		return nil
	}
	second := v.runnerUp(s, a.groups)
	for second != nil && s.sum(second) > a.score {
		a.keep(s, second)
		second = v.runnerUp(s, a.groups)
	}
	out := g.grouping(a.groups)
	out.Bound, out.Optimal = max(a.bound, out.Total), a.proved
	if a.proved {
		out.Bound = out.Total
	}
	if second != nil {
		out.RunnerUp = g.grouping(second)
	}
	return out
}

// exactRunnerUp returns the best partition that differs from best. Whatever
// differs lacks at least one of best's groups, so the runner-up is the best of
// the answers with one group forbidden.
func exactRunnerUp(s *scorer, best []set) []set {
	var second []set
	score := int64(unusable)
	for _, group := range best {
		s.forbidden = group
		if found := solveExactly(s); found != nil && s.sum(found) > score {
			second, score = found, s.sum(found)
		}
	}
	s.forbidden = set{}
	return second
}

// runnerUp returns the best other partition that is found by breaking one
// group of best and improving the rest without it: taken apart, joined with
// another group, or broken by a measured pool. It may be better than best.
func (v *solver) runnerUp(s *scorer, best []set) []set {
	climbs := v.few(24)
	type start struct {
		broken set
		score  int64
		groups func() []set
	}
	var all []start
	now := s.sum(best)
	add := func(broken set, score int64, groups func() []set) {
		if score > unusable/2 {
			all = append(all, start{broken, score, groups})
		}
	}
	for i, x := range best {
		if n := x.Count(); n > 1 && len(best)+n-1 <= v.limit {
			add(x, now-s.score(x)+int64(n), func() []set {
				apart := slices.Delete(slices.Clone(best), i, i+1)
				for j := range x.All() {
					apart = append(apart, solve.SetOf(j))
				}
				return apart
			})
		}
		for k, y := range best[:i] {
			add(x, now-s.score(x)-s.score(y)+s.score(x.Union(y)), func() []set {
				joined := slices.Clone(best)
				joined[k] = y.Union(x)
				return slices.Delete(joined, i, i+1)
			})
		}
	}
	for _, c := range v.columns {
		replaced := func() []set { return (&partition{scorer: s, groups: best}).replace(c.pool) }
		with := replaced()
		if i := slices.IndexFunc(best, func(x set) bool { return x.Meets(c.pool) && x != c.pool }); i >= 0 && len(with) <= v.limit {
			add(best[i], s.sum(with), replaced)
		}
	}
	slices.SortStableFunc(all, func(a, b start) int { return cmp.Compare(b.score, a.score) })
	var second []set
	score := int64(unusable)
	for i, st := range all {
		if i >= climbs && st.score <= score {
			break
		}
		p := &partition{scorer: s, groups: st.groups(), limit: v.limit, pools: v.pools}
		if i < climbs {
			s.forbidden = st.broken
			p.climb()
			s.forbidden = set{}
		}
		if found := s.sum(p.groups); found != unusable && found > score && len(p.groups) <= v.limit {
			second, score = inOrder(p.groups), found
		}
	}
	return second
}
