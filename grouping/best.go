package grouping

import (
	"cmp"
	"slices"
)

// ExactLimit is the largest number of domains for which Best compares all
// partitions.
const ExactLimit = 14

// Best returns the partition of the domains with the largest total, as far as
// it is known, and the runner-up. Its Bound says how much better another could
// be. It fails with a *ConflictError, an ErrNoPartition, where no partition keeps to
// MaxGroups, rules and policy, or none was found.
func Best(p *Problem) (*Grouping, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	out := g.best(g.n > ExactLimit)
	if out == nil {
		return nil, p.noPartition(nil)
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
	v := newSolver(g)
	a := v.solve(s, nil, v.thorough())
	if !a.proved && g.n <= latticeLimit {
		if exact := v.solveLattice(s, 1); exact.groups != nil && exact.proved {
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
	of := v.partition(s, best)
	for i, x := range best {
		if apart := of.apart(x); len(apart) > 1 && len(best)+len(apart)-1 <= v.limit {
			add(x, now-s.score(x)+s.sum(apart), func() []set {
				return append(slices.Delete(slices.Clone(best), i, i+1), apart...)
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
	at := make([]int, v.n)
	for k, x := range best {
		for j := range x.All() {
			at[j] = k
		}
	}
	for _, pool := range v.sets {
		if s.score(pool) == unusable {
			continue
		}
		if score, groups, breaks := of.replaced(pool, at, now); breaks >= 0 && groups <= v.limit {
			add(best[breaks], score, func() []set { return of.replace(pool) })
		}
	}
	slices.SortStableFunc(all, func(a, b start) int { return cmp.Compare(b.score, a.score) })
	var second []set
	score := int64(unusable)
	for i, st := range all {
		if i >= climbs && st.score <= score {
			break
		}
		p := v.partition(s, st.groups())
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
