package grouping

import (
	"fmt"
	"math"
	"math/bits"
)

// gains values any subset of a problem's domains. Subsets are bit masks.
type gains struct {
	problem *Problem
	n       int
	pools   map[uint64]int // measured pools by members
	// cell holds every measured gain, pool after pool; start says where a
	// pool's gains begin. Resampling replaces cell and nothing else.
	cell  []float64
	start []int
	// pair holds the index in cell of g(j,{i,j}) at [j*n+i]; -1 unmeasured.
	pair []int
}

func newGains(p *Problem) *gains {
	n := len(p.Domains)
	g := &gains{problem: p, n: n, pools: map[uint64]int{}, pair: make([]int, n*n)}
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
		g.pools[maskOf(pool.Members)] = k
	}
	return g
}

// each calls f with every member of the pool and its gain, from the given
// cells. It returns false, without calling f, for a pool that cannot be
// valued.
func (g *gains) each(pool uint64, cell []float64, f func(member int, gain float64)) bool {
	if bits.OnesCount64(pool) == 1 {
		f(bits.TrailingZeros64(pool), 0)
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
	for rest := pool; rest != 0; rest &= rest - 1 {
		j := bits.TrailingZeros64(rest)
		f(j, g.pairMean(j, pool, cell))
	}
	return true
}

// hasPairs says whether all pairs within the pool were measured.
func (g *gains) hasPairs(pool uint64) bool {
	for a := pool; a != 0; a &= a - 1 {
		j := bits.TrailingZeros64(a)
		for b := a & (a - 1); b != 0; b &= b - 1 {
			if g.pair[j*g.n+bits.TrailingZeros64(b)] < 0 {
				return false
			}
		}
	}
	return true
}

// pairMean is the mean over i in pool, i ≠ j, of the given cells of
// g(j,{i,j}).
func (g *gains) pairMean(j int, pool uint64, cell []float64) float64 {
	sum, count := 0.0, 0
	for rest := pool &^ (1 << j); rest != 0; rest &= rest - 1 {
		sum += cell[g.pair[j*g.n+bits.TrailingZeros64(rest)]]
		count++
	}
	return sum / float64(count)
}

// value is the sum of value times gain over the pool's members, NaN for a
// pool that cannot be valued.
func (g *gains) value(pool uint64, cell []float64) float64 {
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

func (g *gains) source(pool uint64) Source {
	if bits.OnesCount64(pool) == 1 {
		return Single
	}
	if _, ok := g.pools[pool]; ok {
		return Measured
	}
	return FromPairs
}

// grouping describes a partition, given as masks ordered by first member.
func (g *gains) grouping(partition []uint64) *Grouping {
	lo, hi := g.limits()
	out := &Grouping{}
	for _, pool := range partition {
		group := Group{Source: g.source(pool)}
		g.each(pool, g.cell, func(m int, gain float64) {
			group.Members = append(group.Members, m)
			group.Gain = append(group.Gain, gain)
			out.Total += g.problem.value(m) * gain
		})
		g.each(pool, lo, func(_ int, x float64) { group.Lo = append(group.Lo, x) })
		g.each(pool, hi, func(_ int, x float64) { group.Hi = append(group.Hi, x) })
		out.Groups = append(out.Groups, group)
	}
	return out
}

func (g *gains) total(partition []uint64, cell []float64) float64 {
	sum := 0.0
	for _, pool := range partition {
		sum += g.value(pool, cell)
	}
	return sum
}

func maskOf(members []int) uint64 {
	var m uint64
	for _, i := range members {
		m |= 1 << i
	}
	return m
}

// members lists the domains of a mask, ascending.
func members(m uint64) []int {
	list := make([]int, 0, bits.OnesCount64(m))
	for ; m != 0; m &= m - 1 {
		list = append(list, bits.TrailingZeros64(m))
	}
	return list
}

// partitionKey names a partition, given as masks ordered by first member.
func partitionKey(partition []uint64) string { return fmt.Sprintf("%x", partition) }
