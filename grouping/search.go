package grouping

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// restarts is the number of random partitions that search starts from.
const restarts = 6

// search looks for a good partition of many domains: from all domains alone,
// merge the two groups that add most until MaxGroups holds and no merge helps,
// then move, exchange or merge until nothing improves. It repeats this from the
// single pool of everything and from some random partitions, the same ones each
// time, and keeps the best end. The result is a local optimum: nothing is
// promised beyond that.
//
// It returns nil where it ends at a partition with an unusable pool or too
// many groups.
func search(s *scorer) []uint64 {
	n := s.gains.n
	alone := make([]uint64, n)
	for i := range alone {
		alone[i] = 1 << i
	}
	starts := [][]uint64{alone, {^uint64(0) >> (64 - n)}}
	random := rand.New(rand.NewPCG(uint64(n), 0))
	for range restarts {
		starts = append(starts, randomPartition(random, n))
	}
	var best []uint64
	for _, start := range starts {
		p := &partition{scorer: s, groups: start, limit: s.gains.problem.maxGroups()}
		for p.merge() || p.move() {
		}
		if p.usable() && (best == nil || p.better(best)) {
			best = p.groups
		}
	}
	slices.SortFunc(best, func(a, b uint64) int { return bits.TrailingZeros64(a) - bits.TrailingZeros64(b) })
	return best
}

// randomPartition throws n domains into up to n groups.
func randomPartition(random *rand.Rand, n int) []uint64 {
	groups := make([]uint64, 1+random.IntN(n))
	for i := range n {
		groups[random.IntN(len(groups))] |= 1 << i
	}
	return slices.DeleteFunc(groups, func(m uint64) bool { return m == 0 })
}

// partition is a partition under improvement.
type partition struct {
	*scorer
	groups []uint64
	limit  int
}

func (p *partition) usable() bool {
	return len(p.groups) <= p.limit && p.sum(p.groups) > unusable/2
}

func (p *partition) better(than []uint64) bool { return p.sum(p.groups) > p.sum(than) }

// merge joins the pair of groups that adds most. It joins at a loss only while
// there are more groups than allowed.
func (p *partition) merge() bool {
	gain, a, b := int64(0), -1, -1
	forced := len(p.groups) > p.limit
	for i, x := range p.groups {
		for j := i + 1; j < len(p.groups); j++ {
			d := p.score(x|p.groups[j]) - p.score(x) - p.score(p.groups[j])
			if d > gain || forced && (a < 0 || d > gain) {
				gain, a, b = d, i, j
			}
		}
	}
	if a < 0 {
		return false
	}
	merged := slices.Clone(p.groups)
	merged[a] |= merged[b]
	p.groups = slices.Delete(merged, b, b+1)
	return true
}

// move takes one domain to another group, or to one of its own, or exchanges
// two domains, whichever adds most.
func (p *partition) move() bool {
	type step struct {
		from, to     int // to == len(groups): a new group
		domain, swap uint64
	}
	var best step
	gain := int64(0)
	for from, x := range p.groups {
		for rest := x; rest != 0; rest &= rest - 1 {
			d := rest & -rest
			for to := 0; to <= len(p.groups); to++ {
				if to == from {
					continue
				}
				if to == len(p.groups) {
					if to < p.limit && x != d {
						if v := p.score(x^d) + p.score(d) - p.score(x); v > gain {
							gain, best = v, step{from, to, d, 0}
						}
					}
					continue
				}
				y := p.groups[to]
				before := p.score(x) + p.score(y)
				if v := p.score(x^d) + p.score(y|d) - before; v > gain {
					gain, best = v, step{from, to, d, 0}
				}
				if to < from {
					continue
				}
				for other := y; other != 0; other &= other - 1 {
					e := other & -other
					if v := p.score(x^d|e) + p.score(y^e|d) - before; v > gain {
						gain, best = v, step{from, to, d, e}
					}
				}
			}
		}
	}
	if gain == 0 {
		return false
	}
	groups := append(slices.Clone(p.groups), 0)
	groups[best.from] ^= best.domain | best.swap
	groups[best.to] ^= best.domain | best.swap
	p.groups = slices.DeleteFunc(groups, func(m uint64) bool { return m == 0 })
	return true
}
