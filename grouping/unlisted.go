package grouping

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// unlisted are the estimated pools of a solver for the gains of a scorer, for package
// solve, which chooses among them.
type unlisted struct {
	*solver
	scorer *scorer
	// best is the lowest bound that Price met, price and group the prices of it.
	best  float64
	price []float64
	group float64
}

// pool is a set of domains as package solve takes it: of a partition by the sum only
// what a pool is worth in all matters.
func (v *solver) pool(s *scorer, members []int, pool set) (solve.Pool, bool) {
	value := s.value(pool)
	if math.IsNaN(value) || pool == s.forbidden {
		return solve.Pool{}, false
	}
	gain := make([]float64, len(members))
	for i := range gain {
		gain[i] = value / float64(len(members))
	}
	return solve.Pool{Train: pool, Serves: members, Gain: gain, Cost: 1}, true
}

// pools are sets of domains as package solve takes them, as far as they can be valued.
func (v *solver) poolsOf(s *scorer, groups []set) []solve.Pool {
	var out []solve.Pool
	for _, g := range groups {
		if p, ok := v.pool(s, g.Members(), g); ok {
			out = append(out, p)
		}
	}
	return out
}

// Price grows a pool from each block of domains that one pool must serve, by the block
// that adds most beyond prices, and gives those that are worth more than these. Where
// pairs and measured pools are all that matters to the linear program it gives none.
func (u *unlisted) Price(price []float64, group float64) (better []solve.Pool, bound float64) {
	if u.complete {
		return nil, math.Inf(-1)
	}
	bound, _, _ = u.boundAt(u.scorer, price, group)
	if bound < u.best {
		u.best, u.price, u.group = bound, slices.Clone(price), group
	}
	seen := map[set]bool{}
	for k := range u.blocks {
		pool, over := u.grow(k, price, group)
		if over <= 0 || seen[pool] || u.gains.isMeasured(pool) {
			continue
		}
		seen[pool] = true
		if p, ok := u.pool(u.scorer, pool.Members(), pool); ok {
			better = append(better, p)
		}
	}
	return better, bound
}

// grow adds blocks to the k-th as long as that raises what the pool is worth beyond
// prices, looking a step further than where it falls.
func (u *unlisted) grow(k int, price []float64, group float64) (best set, over float64) {
	n := u.n
	over = math.Inf(-1)
	pool, size := set{}, 0
	inner, paid := 0.0, group
	to := make([]float64, n) // weight of a domain's pairs with the pool
	open := make([]bool, len(u.blocks))
	for b := range open {
		open[b] = true
	}
	falls := 0
	for next := k; next >= 0 && falls < 2; {
		open[next] = false
		for _, j := range u.blocks[next] {
			inner += to[j]
			paid += price[j]
			for i := range n {
				to[i] += u.scorer.weight[i*n+j]
			}
		}
		pool = pool.Union(solve.SetOf(u.blocks[next]...))
		size += len(u.blocks[next])
		if x := inner/float64(max(1, size-1)) - paid; size > 1 && x > over+1e-12 && !u.gains.problem.forbids(pool) {
			best, over, falls = pool, x, 0
		} else if size > 2 {
			falls++
		}
		most := math.Inf(-1)
		next = -1
		for b, is := range open {
			if !is {
				continue
			}
			adds, pays := 0.0, 0.0
			for x, j := range u.blocks[b] {
				adds += to[j]
				pays += price[j]
				for _, i := range u.blocks[b][:x] {
					adds += u.scorer.weight[i*n+j]
				}
			}
			// A comparison with NaN, of an unknown pair, is false.
			if v := (inner+adds)/float64(size+len(u.blocks[b])-1) - pays; v > most && !u.gains.problem.forbids(pool.Union(solve.SetOf(u.blocks[b]...))) {
				most, next = v, b
			}
		}
	}
	return best, over
}

// Within lists what is worth less than prices by the gap at most. Without a bound on
// the number of groups, and where no domains must be together, only odd pools are
// needed, see estimates.
func (u *unlisted) Within(price []float64, group, gap float64, most int) ([]solve.Pool, bool) {
	if !u.complete {
		return nil, false
	}
	e := &estimates{gains: u.gains, units: u.blocks, largest: 3, odd: true, gap: gap, lack: make([]float64, u.n*u.n)}
	if u.gains.measuredTriple() {
		e.largest = u.n
	}
	for i := range u.n {
		for j := range u.n {
			e.lack[i*u.n+j] = max(0, price[i]+price[j]-u.scorer.weight[i*u.n+j])
		}
	}
	if !e.list() || len(e.pools) > most {
		return nil, false
	}
	return u.poolsOf(u.scorer, e.pools), true
}

// lower lowers the bound of many estimated pools by steps of a subgradient method, from
// the prices of the best bound so far.
func (u *unlisted) lower(steps int) float64 {
	price, group := u.price, u.group
	if price == nil {
		price = make([]float64, u.n)
	}
	price = slices.Clone(price)
	for step := range max(1, steps) {
		bound, slopes, slope := u.boundAt(u.scorer, price, group)
		u.best = min(u.best, bound)
		norm := slope * slope
		for _, x := range slopes {
			norm += x * x
		}
		if norm == 0 {
			break
		}
		// A step towards a bound that is a little lower, less and less.
		length := 0.1 * math.Abs(u.best) / norm / (1 + 0.05*float64(step))
		for j := range price {
			price[j] -= length * slopes[j]
		}
		group = max(0, group-length*slope)
	}
	return u.best
}

// boundAt bounds the total of partitions into at most K groups where the estimated
// pools are too many to list, with its slopes by the domains' prices and by the
// group's. Each domain j has a price p(j) and each group the price q ≥ 0. In a pool of
// k members a domain's share of the pool's worth beyond the prices is at most
//
//	h(j,k) = ½ · mean over k-1 others i of w(i,j) - p(i) - p(j), w a pair's weight,
//
// where the others are those that must be with j, and the largest of the rest; or an
// even share of a measured pool of that size. It carries q/k of the group's price.
// Hence no total exceeds
//
//	Σ p(j) + K·q + Σ max over k of (h(j,k) - q/k),
//
// which holds for any prices.
func (v *solver) boundAt(s *scorer, price []float64, group float64) (bound float64, slopes []float64, slope float64) {
	n := v.n
	slopes = make([]float64, n)
	bound, slope = float64(v.limit)*group, float64(v.limit)
	best := make([]float64, n) // by domain
	size := make([]int, n)
	pool := make([]int, n) // the measured pool that gives best; -1: pairs
	partners := make([][]int, n)
	type other struct {
		domain int
		worth  float64
	}
	others := make([]other, 0, n)
	for j := range n {
		bound += price[j]
		slopes[j] = 1
		mates := v.blocks[v.blockOf[j]]
		best[j], size[j], pool[j] = math.Inf(-1), 1, -1
		if len(mates) == 1 {
			best[j] = -price[j] - group
		}
		row, mine := s.weight[j*n:j*n+n], price[j]
		others = others[:0]
		for _, i := range mates {
			if i != j && !math.IsNaN(row[i]) {
				others = append(others, other{i, row[i] - price[i] - mine})
			}
		}
		forced := len(others)
		whole := forced == len(mates)-1 // else no estimated pool has them
		for i, w := range row {
			if i != j && v.blockOf[i] != v.blockOf[j] && !math.IsNaN(w) {
				others = append(others, other{i, w - price[i] - mine})
			}
		}
		slices.SortFunc(others[forced:], func(a, b other) int { return cmp.Compare(b.worth, a.worth) })
		sum := 0.0
		for k, o := range others {
			sum += o.worth
			if k+1 < forced || !whole {
				continue
			}
			if x := sum/float64(2*(k+1)) - group/float64(k+2); x > best[j] {
				best[j], size[j] = x, k+2
			}
		}
		for _, o := range others[:size[j]-1] {
			partners[j] = append(partners[j], o.domain)
		}
	}
	for k, members := range v.members {
		m := float64(len(members))
		x := s.value(v.sets[k])
		for _, j := range members {
			x -= price[j]
		}
		x = (x - group) / m
		for _, j := range members {
			if x > best[j] {
				best[j], size[j], pool[j] = x, len(members), k
			}
		}
	}
	for j := range n {
		bound += best[j]
		slope -= 1 / float64(size[j])
		switch {
		case pool[j] >= 0:
			for _, i := range v.members[pool[j]] {
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
