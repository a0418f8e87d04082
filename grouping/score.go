package grouping

import "math"

// scorer gives every pool an integer score such that the sum over a partition
// orders partitions by total first and number of groups second.
type scorer struct {
	gains     *gains
	cell      []float64
	unit      float64 // the total that one step of the score's upper part stands for
	forbidden set     // a pool that may not be used; empty: none
	// weight holds v(i)·g(i,{i,j}) + v(j)·g(j,{i,j}), what a pair is worth, at
	// [i*n+j]; NaN where it was not measured.
	weight []float64
	known  map[set]int64 // scores of pools of three and more
}

const (
	// unusable is the score of a pool that may not be used. Sums of two, and
	// differences of a sum and two others, do not overflow.
	unusable = math.MinInt64 >> 2
	// groupBits are the low bits of a score, which count groups: solve.MaxDomains
	// groups fit.
	groupBits = 10
	// resolution is the number of steps in the largest value of a domain's
	// gain: solve.MaxDomains times 2⁴⁰ times 2¹⁰ stays below -unusable.
	resolution = 1 << 40
)

func newScorer(g *gains, cell []float64) *scorer {
	s := &scorer{gains: g, cell: cell, known: map[set]int64{}, weight: make([]float64, g.n*g.n)}
	// A member's gain in a pool is a measured gain or a mean of measured
	// ones, so this bounds what a member adds to any pool.
	largest := 0.0
	for k, pool := range g.problem.Pools {
		for i, m := range pool.Members {
			largest = max(largest, math.Abs(g.problem.value(m)*cell[g.start[k]+i]))
		}
	}
	s.unit = largest / resolution
	for i := range g.n {
		for j := range g.n {
			w := math.NaN()
			if x := g.pair[i*g.n+j]; x >= 0 {
				w = g.problem.value(i)*cell[x] + g.problem.value(j)*cell[g.pair[j*g.n+i]]
			}
			s.weight[i*g.n+j] = w
		}
	}
	return s
}

// score is one group plus the value of the pool in units, shifted past the
// bits that count groups.
func (s *scorer) score(pool set) int64 {
	if pool == s.forbidden && !pool.Empty() {
		return unusable
	}
	if pool.Count() <= 2 {
		return s.compute(pool)
	}
	if v, ok := s.known[pool]; ok {
		return v
	}
	v := s.compute(pool)
	s.known[pool] = v
	return v
}

func (s *scorer) compute(pool set) int64 {
	if pool.Empty() {
		return 0
	}
	value := s.value(pool)
	if math.IsNaN(value) || s.gains.problem.splits(pool) {
		return unusable
	}
	return s.steps(value)<<groupBits + 1
}

// steps is a value in units.
func (s *scorer) steps(value float64) int64 {
	if s.unit == 0 {
		return 0
	}
	return int64(math.Round(value / s.unit))
}

// value is what a pool is worth, NaN for one that cannot be valued. The gains
// of an estimated pool S of k members add up to the weights of its pairs over
// k-1, since every pair enters the means of both its members.
func (s *scorer) value(pool set) float64 {
	if k, ok := s.gains.pools[pool]; ok {
		return s.measured(k)
	}
	if s.gains.problem.forbids(pool) {
		return math.NaN()
	}
	sum, size := 0.0, 0
	for i := range pool.All() {
		size++
		for j := range pool.All() {
			if j >= i {
				break
			}
			w := s.weight[i*s.gains.n+j]
			if math.IsNaN(w) {
				return w
			}
			sum += w
		}
	}
	return sum / float64(max(1, size-1))
}

// measured is what the k-th measured pool is worth.
func (s *scorer) measured(k int) float64 {
	sum := 0.0
	for i, m := range s.gains.problem.Pools[k].Members {
		sum += s.gains.problem.value(m) * s.cell[s.gains.start[k]+i]
	}
	return sum
}

// sum is the score of a partition, unusable where one of its pools is.
func (s *scorer) sum(partition []set) int64 {
	sum := int64(0)
	for _, pool := range partition {
		v := s.score(pool)
		if v == unusable {
			return unusable
		}
		sum += v
	}
	return sum
}

// total is what a partition is worth.
func (s *scorer) total(partition []set) float64 {
	sum := 0.0
	for _, pool := range partition {
		sum += s.value(pool)
	}
	return sum
}
