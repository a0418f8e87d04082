package grouping

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// solver finds partitions of a problem, for any gains of its cells.
type solver struct {
	gains *gains
	limit int
	packing
	// pools are the measured pools of three and more.
	pools []set
	// complete says that the columns hold every pool that matters to the
	// relaxation, which then bounds the total.
	complete bool
	// shift is what a pool is worth per member beyond its first, for keeping
	// to the bound on groups: the multiplier of that bound.
	shift float64
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
	starts   int  // random partitions and measured pools to start from
	nodes    int  // of branch and bound, for each part that is independent
	searches bool // for the multiplier of the bound on groups
	bounds   int  // steps in which boundBySize is lowered
}

// quick is for one of many draws.
var quick = effort{nodes: 2000}

// thorough is for the answer itself.
func (v *solver) thorough() effort {
	return effort{starts: v.few(12), nodes: 200_000, searches: true, bounds: v.few(300)}
}

// few lowers a number of repetitions where each takes long.
func (v *solver) few(most int) int { return max(most/4, min(most, most*64/v.n)) }

func newSolver(g *gains) *solver {
	v := &solver{gains: g, limit: g.problem.maxGroups(), packing: packing{n: g.n}, complete: true}
	for _, s := range g.sets {
		size := s.Count()
		if size > 1 {
			v.columns = append(v.columns, newColumn(s))
		}
		if size > 2 {
			v.pools = append(v.pools, s)
		}
	}
	if v.bounded() {
		// Pools larger than pairs are needed to keep to the bound.
		e := &estimates{gains: g, largest: g.n}
		v.complete = e.list()
		if !v.complete {
			e.pools = nil
		}
		for _, s := range e.pools {
			v.columns = append(v.columns, newColumn(s))
		}
	}
	return v
}

// bounded says that the number of groups is.
func (v *solver) bounded() bool { return v.limit < v.n }

// solve looks for the best partition: it rounds the relaxation, takes measured
// pools greedily and improves these and the given partitions by steps; what
// the relaxation then leaves open is settled by branch and bound, if that is
// possible within the effort.
func (v *solver) solve(s *scorer, starts [][]set, e effort) answer {
	value := v.values(s)
	r := v.relax(value, e.searches)
	shifted := v.shifted(value)
	a := answer{score: unusable, bound: r.bound() - v.shift*float64(v.n-v.limit)}
	if !v.complete {
		a.bound = v.boundBySize(s, e.bounds)
	}
	slack := s.unit * 4
	open := func() bool { return a.groups == nil || a.bound > s.total(a.groups)+slack }
	try := func(groups []set) {
		p := &partition{scorer: s, groups: groups, limit: v.limit, pools: v.pools}
		p.climb()
		if p.usable() {
			a.keep(s, p.groups)
		}
	}
	starts = append(slices.Clone(starts), v.round(r.use, shifted))
	for _, start := range starts {
		if len(start) <= v.limit {
			a.keep(s, inOrder(slices.Clone(start)))
		}
	}
	settle := func() {
		if v.complete && open() {
			if groups := v.settle(s, value, r, &a, e.nodes, slack); groups != nil {
				try(groups)
			}
		}
	}
	for _, start := range starts {
		if e.starts > 0 || open() && len(start) <= v.limit {
			try(slices.Clone(start))
		}
	}
	settle()
	if open() && e.starts > 0 {
		for _, start := range v.starts(value, e.starts) {
			try(start)
		}
		settle()
	}
	if a.groups != nil {
		total := s.total(a.groups)
		a.proved = a.bound <= total+slack*float64(v.n)
		a.bound = max(a.bound, total)
		if a.proved {
			a.bound = total
		}
	}
	return a
}

// keep takes the better of the answer and another partition.
func (a *answer) keep(s *scorer, groups []set) {
	if score := s.sum(groups); score != unusable && score > a.score {
		a.groups, a.score = groups, score
	}
}

// values are those of the columns.
func (v *solver) values(s *scorer) []float64 {
	out := make([]float64, len(v.columns))
	for k, c := range v.columns {
		out[k] = s.value(c.pool)
	}
	return out
}

func (v *solver) shifted(value []float64) []float64 {
	if v.shift == 0 {
		return value
	}
	out := make([]float64, len(value))
	for k, c := range v.columns {
		out[k] = value[k] + v.shift*float64(len(c.members)-1)
	}
	return out
}

// relax solves the relaxation. A partition of n domains into at most K groups
// has pools S with Σ (|S|-1) ≥ n-K; the multiplier of this condition is found
// by bisection, since what the relaxed pools hold grows with it.
func (v *solver) relax(value []float64, searches bool) *relaxed {
	if !v.bounded() {
		return v.packing.solve(value)
	}
	if !searches {
		return v.packing.solve(v.shifted(value))
	}
	v.shift = 0
	held := func(r *relaxed) float64 {
		sum := 0.0
		for k, c := range v.columns {
			sum += r.use[k] * float64(len(c.members)-1)
		}
		return sum
	}
	need := float64(v.n-v.limit) - 1e-3
	r := v.packing.solve(value)
	if held(r) >= need {
		return r
	}
	scale := 0.0
	for _, x := range value {
		scale = max(scale, math.Abs(x))
	}
	low, high := 0.0, scale/16
	for range 12 {
		v.shift = high
		if r = v.packing.solve(v.shifted(value)); held(r) >= need {
			break
		}
		low, high = high, 2*high
	}
	for range 20 {
		v.shift = (low + high) / 2
		if held(v.packing.solve(v.shifted(value))) >= need {
			high = v.shift
		} else {
			low = v.shift
		}
	}
	v.shift = high
	return v.packing.solve(v.shifted(value))
}

// starts are partitions to improve: all together, measured pools taken by
// value and by value per member, the pools that are worth most with all others
// alone, and random ones.
func (v *solver) starts(value []float64, most int) [][]set {
	order := make([]int, len(v.columns))
	for k := range order {
		order[k] = k
	}
	by := func(f func(k int) float64) []int {
		out := slices.Clone(order)
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(f(b), f(a)) })
		return slices.DeleteFunc(out, func(k int) bool { return value[k] <= 0 && !v.bounded() })
	}
	byValue := by(func(k int) float64 { return value[k] })
	perMember := by(func(k int) float64 { return value[k] / float64(len(v.columns[k].members)) })
	out := [][]set{{solve.AllOf(v.n)}, alone(v.n), v.take(byValue), v.take(perMember)}
	for _, k := range byValue[:min(len(byValue), most)] {
		out = append(out, v.take([]int{k}))
	}
	random := rand.New(rand.NewPCG(uint64(v.n), 0))
	for range most / 2 {
		out = append(out, randomPartition(random, v.n))
	}
	return out
}

// randomPartition throws n domains into up to n groups.
func randomPartition(random *rand.Rand, n int) []set {
	groups := make([]set, 1+random.IntN(n))
	for i := range n {
		k := random.IntN(len(groups))
		groups[k] = groups[k].With(i)
	}
	return slices.DeleteFunc(groups, set.Empty)
}
