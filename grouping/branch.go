package grouping

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// branching looks for the partition with the largest total by depth-first
// branch and bound: of the domains that no group holds yet it takes the one
// with the largest price, tries every pool with it and then leaves it alone.
// What the rest can add is at most the sum of the prices of its domains.
type branching struct {
	*part
	price []float64
	order []int   // domains by price
	at    [][]int // columns by domain, largest reduced value first
	limit int     // most groups
	slack float64 // what totals must gain to count as better
	nodes int     // left to spend

	chosen []int
	best   float64 // total of the best partition so far
	found  []int   // its columns; nil: none better than the start
}

func newBranching(n int, p *part, price []float64, limit int, slack float64) *branching {
	b := &branching{part: p, price: price, limit: limit, slack: slack, at: make([][]int, n), order: p.domains.Members()}
	slices.SortStableFunc(b.order, func(x, y int) int { return cmp.Compare(price[y], price[x]) })
	for k, c := range p.columns {
		for _, j := range c.members {
			b.at[j] = append(b.at[j], k)
		}
	}
	for _, at := range b.at {
		slices.SortStableFunc(at, func(x, y int) int { return cmp.Compare(p.reduced[y], p.reduced[x]) })
	}
	return b
}

// groups is the partition that was found.
func (b *branching) groups(domains set) []set {
	var out []set
	for _, k := range b.found {
		out = append(out, b.columns[k].pool)
		domains = domains.Minus(b.columns[k].pool)
	}
	for j := range domains.All() {
		out = append(out, solve.SetOf(j))
	}
	return out
}

// search looks for something better than best, of which the domains in open
// are still to be placed; bound is what a partition can reach at most. It
// returns false where it ran out of nodes.
func (b *branching) search(open set, bound float64, groups int) bool {
	if bound <= b.best+b.slack || groups+min(1, open.Count()) > b.limit {
		return true
	}
	if b.nodes--; b.nodes < 0 {
		return false
	}
	j := b.next(open, groups)
	if j < 0 {
		total := 0.0
		for _, k := range b.chosen {
			total += b.value[k]
		}
		if total > b.best+b.slack {
			b.best, b.found = total, slices.Clone(b.chosen)
		}
		return true
	}
	for _, k := range b.at[j] {
		if bound+b.reduced[k] <= b.best+b.slack {
			break
		}
		if pool := b.columns[k].pool; pool.Minus(open).Empty() {
			b.chosen = append(b.chosen, k)
			done := b.search(open.Minus(pool), bound+b.reduced[k], groups+1)
			b.chosen = b.chosen[:len(b.chosen)-1]
			if !done {
				return false
			}
		}
	}
	return b.search(open.Without(j), bound-b.price[j], groups+1)
}

// next is the domain to branch on, -1 where all that are left may stay alone.
func (b *branching) next(open set, groups int) int {
	crowded := groups+open.Count() > b.limit
	for _, j := range b.order {
		if open.Has(j) && (crowded || b.price[j] > b.slack) {
			return j
		}
	}
	return -1
}
