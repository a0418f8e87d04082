package grouping

import (
	"cmp"
	"math"
	"slices"
)

// boundBySize bounds the total of partitions into at most K groups where the
// estimated pools are too many to list. Give each domain j a price p(j) and
// each group the price q ≥ 0. In a pool of k members a domain's share of the
// pool's worth beyond the prices is at most
//
//	h(j,k) = ½ · mean of its k-1 largest w(i,j) - p(i) - p(j), w a pair's weight,
//
// or an even share of a measured pool of that size, and it carries q/k of the
// group's price. Hence no total exceeds
//
//	Σ p(j) + K·q + Σ max over k of (h(j,k) - q/k),
//
// which holds for any prices; steps of a subgradient method look for prices
// that make it small.
func (v *solver) boundBySize(s *scorer, steps int) float64 {
	n := v.n
	price, group := make([]float64, n), 0.0
	best := math.Inf(1)
	for step := range max(1, steps) {
		bound, slopes, slope := v.boundAt(s, price, group)
		best = min(best, bound)
		norm := slope * slope
		for _, x := range slopes {
			norm += x * x
		}
		if norm == 0 {
			break
		}
		// A step towards a bound that is a little lower, less and less.
		length := 0.1 * math.Abs(best) / norm / (1 + 0.05*float64(step))
		for j := range price {
			price[j] -= length * slopes[j]
		}
		group = max(0, group-length*slope)
	}
	return best
}

// boundAt is the bound at given prices, with its slopes by the domains' prices
// and by the group's.
func (v *solver) boundAt(s *scorer, price []float64, group float64) (bound float64, slopes []float64, slope float64) {
	n := v.n
	slopes = make([]float64, n)
	bound, slope = float64(v.limit)*group, float64(v.limit)
	best := make([]float64, n) // by domain
	size := make([]int, n)
	pool := make([]int, n) // the measured pool that gives best; -1: pairs
	partners := make([][]int, n)
	for j := range n {
		bound += price[j]
		slopes[j] = 1
		best[j], size[j], pool[j] = -price[j]-group, 1, -1
		var others []int
		for i := range n {
			if i != j && !math.IsNaN(s.weight[j*n+i]) {
				others = append(others, i)
			}
		}
		worth := func(i int) float64 { return s.weight[j*n+i] - price[i] - price[j] }
		slices.SortFunc(others, func(a, b int) int { return cmp.Compare(worth(b), worth(a)) })
		sum := 0.0
		for k, i := range others {
			sum += worth(i)
			if x := sum/float64(2*(k+1)) - group/float64(k+2); x > best[j] {
				best[j], size[j] = x, k+2
			}
		}
		partners[j] = others[:size[j]-1]
	}
	for k, c := range v.columns {
		m := float64(len(c.members))
		x := s.value(c.pool)
		for _, j := range c.members {
			x -= price[j]
		}
		x = (x - group) / m
		for _, j := range c.members {
			if x > best[j] {
				best[j], size[j], pool[j] = x, len(c.members), k
			}
		}
	}
	for j := range n {
		bound += best[j]
		slope -= 1 / float64(size[j])
		switch {
		case pool[j] >= 0:
			for _, i := range v.columns[pool[j]].members {
				slopes[i] -= 1 / float64(size[j])
			}
		case size[j] == 1:
			slopes[j]--
		default:
			slopes[j] -= 0.5
			for _, i := range partners[j] {
				slopes[i] -= 0.5 / float64(size[j]-1)
			}
		}
	}
	return bound, slopes, slope
}
