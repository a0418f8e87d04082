package solve

import (
	"cmp"
	"math/bits"
	"slices"
)

// depth is depth-first search over columns of up to 64 items: of the items that
// are not served yet it takes the one with the fewest columns, and tries each. What
// is left can add no more than nothing to the bound and the reduced values of what
// is chosen.
type depth struct {
	*branching
	columns []column
	reduced []float64
	at      [][]int // columns by item, largest reduced value first
	order   []int   // items, fewest columns first
	above   float64
	left    int // nodes
	chosen  []int
}

func newDepth(b *branching, columns []column, r *relaxed, bound float64) *depth {
	d := &depth{branching: b, columns: columns, above: bound, left: b.leaves, at: make([][]int, b.n), reduced: make([]float64, len(columns))}
	// All columns are sorted once, since each is in the lists of several items.
	sorted, count := make([]int, len(columns)), make([]int, b.n)
	for k := range columns {
		sorted[k] = k
		d.reduced[k] = min(0, r.prices.reduced(&columns[k]))
		for _, i := range columns[k].list {
			count[i]++
		}
	}
	slices.SortFunc(sorted, func(x, y int) int {
		// Comparisons by hand: reduced values are no NaN, and there may be 200 000.
		switch a, b := d.reduced[x], d.reduced[y]; {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return x - y
	})
	for i := range d.at {
		d.at[i] = make([]int, 0, count[i])
		d.order = append(d.order, i)
	}
	for _, k := range sorted {
		for _, i := range columns[k].list {
			d.at[i] = append(d.at[i], k)
		}
	}
	slices.SortStableFunc(d.order, func(x, y int) int { return cmp.Compare(len(d.at[x]), len(d.at[y])) })
	return d
}

// run returns false where it ran out of nodes.
func (d *depth) run() bool {
	open := AllOf(d.n)[0]
	return d.search(open, d.above, 0, 0)
}

func (d *depth) search(open uint64, bound, cost float64, pools int) bool {
	if open == 0 {
		choice := make([]column, len(d.chosen))
		for i, k := range d.chosen {
			choice[i] = d.columns[k]
		}
		d.take(choice)
		return true
	}
	if pools == d.most {
		return true
	}
	if d.left--; d.left < 0 {
		return false
	}
	*d.work -= 100
	item := 0
	for _, i := range d.order {
		if open>>i&1 == 1 {
			item = i
			break
		}
	}
	for _, k := range d.at[item] {
		rest := bound + d.reduced[k]
		if rest <= d.best+d.slack() {
			break
		}
		*d.work -= 5
		c := &d.columns[k]
		if c.items[0]&^open != 0 || d.limited && cost+c.cost > d.budget+BudgetTolerance {
			continue
		}
		if pools+1 == d.most && bits.OnesCount64(open) != len(c.list) {
			continue
		}
		d.chosen = append(d.chosen, k)
		done := d.search(open&^c.items[0], rest, cost+c.cost, pools+1)
		d.chosen = d.chosen[:len(d.chosen)-1]
		if !done {
			return false
		}
	}
	return true
}
