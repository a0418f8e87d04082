package grouping

import (
	"fmt"
	"math"
)

// ExactLimit is the largest number of domains for which Best is exact.
const ExactLimit = 14

// Best returns the partition of the domains with the largest total, and the
// runner-up. It fails with ErrNoPartition where MaxGroups cannot be kept.
func Best(p *Problem) (*Grouping, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	s := newScorer(g, g.cell)
	best := solve(s)
	if best == nil {
		return nil, fmt.Errorf("grouping: %w: %d domains into at most %d groups, with the pools that were measured; allow more groups or measure the missing pairs",
			ErrNoPartition, len(p.Domains), p.maxGroups())
	}
	out := g.grouping(best)
	out.Optimal = g.n <= ExactLimit
	if second := runnerUp(s, best); second != nil {
		out.RunnerUp = g.grouping(second)
		out.RunnerUp.Optimal = out.Optimal
	}
	return out, nil
}

// solve returns the best partition as masks ordered by first member, nil where
// none is possible.
func solve(s *scorer) []uint64 {
	if s.gains.n <= ExactLimit {
		return solveExactly(s)
	}
	return search(s)
}

// runnerUp returns the best partition that differs from best. Whatever differs
// lacks at least one of best's groups, so the runner-up is the best of the
// answers with one group forbidden.
func runnerUp(s *scorer, best []uint64) []uint64 {
	var second []uint64
	score := int64(unusable)
	for _, group := range best {
		s.forbidden = group
		if found := solve(s); found != nil && s.sum(found) > score {
			second, score = found, s.sum(found)
		}
	}
	s.forbidden = 0
	return second
}

// scorer gives every pool an integer score such that the sum over a partition
// orders partitions by total first and number of groups second.
type scorer struct {
	gains     *gains
	cell      []float64
	unit      float64 // the total that one step of the score's upper part stands for
	forbidden uint64  // a pool that may not be used; 0: none
	known     map[uint64]int64
}

const (
	// unusable is the score of a pool that may not be used. Sums of fewer
	// than 2⁷ of them do not overflow.
	unusable = math.MinInt64 >> 8
	// groupBits are the low bits of a score, which count groups: MaxDomains
	// groups fit.
	groupBits = 7
	// resolution is the number of steps in the largest value of a pool:
	// MaxDomains times 2⁴⁰ times 2⁷ stays below -unusable.
	resolution = 1 << 40
)

func newScorer(g *gains, cell []float64) *scorer {
	s := &scorer{gains: g, cell: cell, known: map[uint64]int64{}}
	// A member's gain in a pool is a measured gain or a mean of measured
	// ones, so this bounds the value of any pool.
	largest := 0.0
	for k, pool := range g.problem.Pools {
		for i, m := range pool.Members {
			largest = max(largest, math.Abs(g.problem.value(m)*cell[g.start[k]+i]))
		}
	}
	s.unit = largest / resolution
	return s
}

// score is one group plus the value of the pool in units, shifted past the
// bits that count groups.
func (s *scorer) score(pool uint64) int64 {
	if pool == s.forbidden {
		return unusable
	}
	if v, ok := s.known[pool]; ok {
		return v
	}
	v := s.compute(pool)
	s.known[pool] = v
	return v
}

func (s *scorer) compute(pool uint64) int64 {
	if pool == 0 {
		return 0
	}
	value := s.gains.value(pool, s.cell)
	if math.IsNaN(value) {
		return unusable
	}
	steps := int64(0)
	if s.unit > 0 {
		steps = int64(math.Round(value / s.unit))
	}
	return steps<<groupBits + 1
}

func (s *scorer) sum(partition []uint64) int64 {
	sum := int64(0)
	for _, pool := range partition {
		sum += s.score(pool)
	}
	return sum
}
