package grouping

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// gains values any subset of a problem's domains.
type gains struct {
	problem *Problem
	n       int
	pools   map[set]int // measured pools by members
	sets    []set       // members of the measured pools
	// cell holds every measured gain, pool after pool; start says where a
	// pool's gains begin. Resampling replaces cell and nothing else.
	cell  []float64
	start []int
	// pair holds the index in cell of g(j,{i,j}) at [j*n+i]; -1 unmeasured.
	pair []int
	// linked says at [i*n+j] whether some measured pool, less than all
	// domains, holds i and j. No pool with two that are not linked can be
	// valued, apart from that of all domains.
	linked []bool
}

func newGains(p *Problem) *gains {
	n := len(p.Domains)
	g := &gains{problem: p, n: n, pools: map[set]int{}, pair: make([]int, n*n), linked: make([]bool, n*n)}
	for i := range g.pair {
		g.pair[i] = -1
	}
	for k, pool := range p.Pools {
		g.start = append(g.start, len(g.cell))
		if m := pool.Members; len(m) == 2 {
			g.pair[m[0]*n+m[1]] = len(g.cell)
			g.pair[m[1]*n+m[0]] = len(g.cell) + 1
		}
		g.cell = append(g.cell, pool.Gain...)
		members := solve.SetOf(pool.Members...)
		g.pools[members] = k
		g.sets = append(g.sets, members)
		if len(pool.Members) < n {
			for _, i := range pool.Members {
				for _, j := range pool.Members {
					g.linked[i*n+j] = true
				}
			}
		}
	}
	return g
}

// each calls f with every member of the pool and its gain, from the given
// cells. It returns false, without calling f, for a pool that cannot be
// valued.
func (g *gains) each(pool set, cell []float64, f func(member int, gain float64)) bool {
	if pool.Count() == 1 {
		f(pool.First(), 0)
		return true
	}
	if k, ok := g.pools[pool]; ok {
		for i, m := range g.problem.Pools[k].Members {
			f(m, cell[g.start[k]+i])
		}
		return true
	}
	if !g.hasPairs(pool) {
		return false
	}
	for j := range pool.All() {
		f(j, g.pairMean(j, pool, cell))
	}
	return true
}

// hasPairs says whether all pairs within the pool were measured, so that it can be
// valued by them, and no policy forbids it.
func (g *gains) hasPairs(pool set) bool {
	for i := range pool.All() {
		for j := range pool.All() {
			if i < j && g.pair[i*g.n+j] < 0 {
				return false
			}
		}
	}
	return !g.problem.forbids(pool)
}

// missingPairs counts the pairs that were not measured and might be.
func (g *gains) missingPairs() int {
	missing := 0
	for i := range g.n {
		for j := i + 1; j < g.n; j++ {
			if g.pair[i*g.n+j] < 0 && !g.problem.forbids(solve.SetOf(i, j)) {
				missing++
			}
		}
	}
	return missing
}

// pairMean is the mean over i in pool, i ≠ j, of the given cells of
// g(j,{i,j}).
func (g *gains) pairMean(j int, pool set, cell []float64) float64 {
	sum, count := 0.0, 0
	for i := range pool.All() {
		if i != j {
			sum += cell[g.pair[j*g.n+i]]
			count++
		}
	}
	return sum / float64(count)
}

// value is the sum of value times gain over the pool's members, NaN for a
// pool that cannot be valued.
func (g *gains) value(pool set, cell []float64) float64 {
	sum := 0.0
	if !g.each(pool, cell, func(m int, gain float64) { sum += g.problem.value(m) * gain }) {
		return math.NaN()
	}
	return sum
}

// limits returns the limits of all cells, NaN where unknown.
func (g *gains) limits() (lo, hi []float64) {
	lo, hi = make([]float64, len(g.cell)), make([]float64, len(g.cell))
	for k := range g.problem.Pools {
		pool := &g.problem.Pools[k]
		for i := range pool.Members {
			lo[g.start[k]+i], hi[g.start[k]+i] = pool.limits(i)
		}
	}
	return lo, hi
}

func (g *gains) source(pool set) Source {
	if pool.Count() == 1 {
		return Single
	}
	if _, ok := g.pools[pool]; ok {
		return Measured
	}
	return FromPairs
}

func (g *gains) total(partition []set, cell []float64) float64 {
	sum := 0.0
	for _, pool := range partition {
		sum += g.value(pool, cell)
	}
	return sum
}

// alone is the partition of n domains that pools none.
func alone(n int) []set {
	out := make([]set, n)
	for i := range out {
		out[i] = solve.SetOf(i)
	}
	return out
}

// inOrder sorts a partition by first members.
func inOrder(partition []set) []set {
	slices.SortFunc(partition, func(a, b set) int { return cmp.Compare(a.First(), b.First()) })
	return partition
}

// partitionKey names a partition, given in order of first members.
func partitionKey(partition []set) string {
	lists := make([][]int, len(partition))
	for i, s := range partition {
		lists[i] = s.Members()
	}
	return fmt.Sprint(lists)
}

// setsOf finds the members of groups by their names.
func (g *gains) setsOf(groups [][]string) ([]set, error) {
	out := make([]set, len(groups))
	for i, names := range groups {
		members, err := g.problem.Indices(names)
		if err != nil {
			return nil, err
		}
		out[i] = solve.SetOf(members...)
	}
	return inOrder(out), nil
}
