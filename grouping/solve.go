package grouping

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// solver finds partitions of a problem, for any gains of its cells: package solve
// chooses among the measured and estimated pools, and what it finds is improved by
// steps.
type solver struct {
	gains *gains
	n     int
	limit int
	// blocks are the domains that one pool must serve, and all others alone; blockOf
	// is that of a domain.
	blocks  [][]int
	blockOf []int
	within  []set // the blocks
	// sets are the pools of two and more that are listed, the measured ones first, of
	// which members lists the domains; large are the measured ones of three and more.
	sets    []set
	members [][]int
	large   []set
	// complete says that what is listed is all that matters to the linear program:
	// either all pools, listed, or pairs and measured pools.
	complete bool
	listed   bool // all pools are
	// sparse says that a pair was not measured; sizes are those of large pools.
	sparse bool
	sizes  []bool
}

// answer is a partition with what is known about it.
type answer struct {
	groups []set // nil: none was found
	score  int64
	// bound is a total that no partition exceeds, proved whether groups reach
	// it.
	bound  float64
	proved bool
}

// effort bounds the work on one answer.
type effort struct {
	starts int     // random partitions and measured pools to start from
	solve  float64 // of package solve
	bounds int     // steps in which the bound of many estimated pools is lowered
}

// quick is for one of many draws.
var quick = effort{solve: 0.02}

// thorough is for the answer itself.
func (v *solver) thorough() effort {
	return effort{starts: v.few(12), solve: 1, bounds: v.few(300)}
}

// openEffort is the share of the effort that is spent on the linear program of pools
// which cannot be listed: steps from its prices do more for the bound.
const openEffort = 0.03

// few lowers a number of repetitions where each takes long.
func (v *solver) few(most int) int { return max(most/4, min(most, most*64/v.n)) }

func newSolver(g *gains) *solver {
	v := &solver{gains: g, n: g.n, limit: g.problem.maxGroups(), blockOf: make([]int, g.n), complete: true}
	for k, b := range solve.Blocks(g.n, g.problem.Rules) {
		v.blocks, v.within = append(v.blocks, b.Members()), append(v.within, b)
		for j := range b.All() {
			v.blockOf[j] = k
		}
	}
	for _, s := range g.sets {
		if g.problem.splits(s) {
			continue
		}
		size := s.Count()
		if size > 1 {
			v.list(s)
		}
		if size > 2 {
			v.large = append(v.large, s)
		}
	}
	v.sizes = sizesOf(v.n, v.large)
	for i := range v.n {
		for j := range i {
			v.sparse = v.sparse || g.pair[i*v.n+j] < 0
		}
	}
	if v.limit < v.n || len(v.blocks) < v.n {
		// Pools larger than pairs are needed to keep to the bound, or together what
		// must be.
		e := &estimates{gains: g, units: v.blocks, largest: g.n}
		if v.complete = e.list(); v.complete {
			v.listed = true
			for _, s := range e.pools {
				v.list(s)
			}
		}
	}
	return v
}

func (v *solver) list(pool set) {
	v.sets, v.members = append(v.sets, pool), append(v.members, pool.Members())
}

// unlisted are the pools that are not listed.
func (v *solver) unlisted(s *scorer) *unlisted {
	return &unlisted{solver: v, scorer: s, best: math.Inf(1)}
}

// solve looks for the best partition: package solve chooses, beginning with the best
// of the given partitions; what it leaves open is improved by steps from there and,
// with more effort, from other partitions.
func (v *solver) solve(s *scorer, starts [][]set, e effort) answer {
	a := answer{score: unusable, bound: math.Inf(1)}
	for _, start := range starts {
		if len(start) <= v.limit {
			a.keep(s, inOrder(slices.Clone(start)))
		}
	}
	climb := func(groups []set) bool {
		before := a.score
		p := v.partition(s, groups)
		p.climb()
		if p.usable() {
			a.keep(s, p.groups)
		}
		return a.score > before
	}
	v.choose(s, &a, e)
	if a.groups != nil && (!a.proved || e.starts > 0) {
		climb(a.groups) // of equal totals the one with more groups
	}
	if !a.proved {
		better := false
		for _, start := range starts {
			better = climb(start) || better
		}
		if e.starts > 0 {
			for _, start := range v.starts(s, e.starts) {
				better = climb(start) || better
			}
			if better && v.complete {
				v.choose(s, &a, e)
				climb(a.groups)
			}
		}
	}
	if a.groups != nil {
		total := s.total(a.groups)
		a.proved = a.proved || a.bound <= total+4*s.unit*float64(v.n)
		a.bound = max(a.bound, total)
		if a.proved {
			a.bound = total
		}
	}
	return a
}

// choose lets package solve choose.
func (v *solver) choose(s *scorer, a *answer, e effort) {
	p := &solve.Problem{Domains: v.n, MaxPools: v.limit, Rules: v.together(), Effort: e.solve, Start: v.poolsOf(s, a.groups)}
	for k, pool := range v.sets {
		if q, ok := v.pool(s, v.members[k], pool); ok {
			p.Pools = append(p.Pools, q)
		}
	}
	for j := range v.n {
		if q, ok := v.pool(s, []int{j}, solve.SetOf(j)); ok {
			p.Pools = append(p.Pools, q)
		}
	}
	u := v.unlisted(s)
	if !v.listed {
		p.Unlisted = u
	}
	if !v.complete {
		p.Effort *= openEffort
	}
	found := chosenOf(s, p)
	a.keep(s, found.groups)
	if found.groups != nil {
		a.bound, a.proved = min(a.bound, found.bound), found.proved && a.score == found.score
	}
	if !v.complete && !a.proved {
		a.bound = min(a.bound, u.lower(e.bounds))
	}
}

// together are the rules that domains must be together by. The others are in force
// already: what they forbid has no value.
func (v *solver) together() []solve.Rule {
	var out []solve.Rule
	for _, r := range v.gains.problem.Rules {
		if !r.Together.Empty() {
			out = append(out, solve.Rule{Name: r.Name, Together: r.Together})
		}
	}
	return out
}

// chosenOf solves a problem whose pools are sets of domains.
func chosenOf(s *scorer, p *solve.Problem) answer {
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

// keep takes the better of the answer and another partition.
func (a *answer) keep(s *scorer, groups []set) {
	if groups == nil {
		return
	}
	if score := s.sum(groups); score != unusable && score > a.score {
		a.groups, a.score = groups, score
	}
}

// starts are partitions to improve: all together, what must be together with all
// others alone, listed pools taken by value and by value per member, the pools that
// are worth most with all others alone, and random ones.
func (v *solver) starts(s *scorer, most int) [][]set {
	value := make([]float64, len(v.sets))
	order := make([]int, 0, len(v.sets))
	for k, pool := range v.sets {
		value[k] = s.value(pool)
		if value[k] > 0 || v.limit < v.n {
			order = append(order, k)
		}
	}
	by := func(f func(k int) float64) []int {
		out := slices.Clone(order)
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(f(b), f(a)) })
		return out
	}
	byValue := by(func(k int) float64 { return value[k] })
	perMember := by(func(k int) float64 { return value[k] / float64(len(v.members[k])) })
	out := [][]set{{solve.AllOf(v.n)}, v.take(nil), v.take(byValue), v.take(perMember)}
	for _, k := range byValue[:min(len(byValue), most)] {
		out = append(out, v.take([]int{k}))
	}
	random := rand.New(rand.NewPCG(uint64(v.n), 0))
	for range most / 2 {
		out = append(out, v.random(random))
	}
	return out
}

// take makes a partition of listed pools in their order, as far as they are disjoint,
// with all other blocks by themselves.
func (v *solver) take(order []int) []set {
	var out []set
	left := solve.AllOf(v.n)
	for _, k := range order {
		if pool := v.sets[k]; pool.Minus(left).Empty() {
			out = append(out, pool)
			left = left.Minus(pool)
		}
	}
	for _, b := range v.blocks {
		if left.Has(b[0]) {
			out = append(out, solve.SetOf(b...))
		}
	}
	return out
}

// random throws the blocks into up to as many groups.
func (v *solver) random(random *rand.Rand) []set {
	groups := make([]set, 1+random.IntN(len(v.blocks)))
	for _, b := range v.blocks {
		k := random.IntN(len(groups))
		groups[k] = groups[k].Union(solve.SetOf(b...))
	}
	return slices.DeleteFunc(groups, set.Empty)
}
