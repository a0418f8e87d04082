package solve

import (
	"cmp"
	"slices"
)

// cover looks for a choice of pools by steps: it opens pools, closes them, and
// exchanges one for another while that raises the sum, from the cheapest choices
// that serve all items. It returns nil where it finds none.
func (s *list) cover() []column {
	var best []column
	sum := negative
	for _, rank := range []func(k int, now *opened) float64{
		func(k int, now *opened) float64 { return now.adds(k) },
		func(k int, now *opened) float64 { return now.adds(k) / max(1e-12, s.cost[k]) },
	} {
		o := newOpened(s)
		if !o.fill(rank) {
			continue
		}
		o.climb()
		if v, ok := o.sum(); ok && v > sum {
			sum, best = v, o.columns()
		}
	}
	return best
}

// opened is a set of pools of a cover.
type opened struct {
	*list
	is    []bool
	cost  float64
	count int
	// first and second are the best pools by item, -1: none.
	first, second []int
	at            []float64 // value by item of first
	next          []float64 // of second
}

func newOpened(s *list) *opened {
	o := &opened{list: s, is: make([]bool, len(s.pool))}
	o.rank()
	return o
}

// rank finds every item's best pools.
func (o *opened) rank() {
	n := o.model.n
	o.first, o.second = make([]int, n), make([]int, n)
	o.at, o.next = make([]float64, n), make([]float64, n)
	for i := range n {
		o.first[i], o.second[i], o.at[i], o.next[i] = -1, -1, negative, negative
	}
	for k, open := range o.is {
		if !open {
			continue
		}
		for x := o.start[k]; x < o.start[k+1]; x++ {
			i, v := o.item[x], o.value[x]
			switch {
			case v > o.at[i]:
				o.second[i], o.next[i] = o.first[i], o.at[i]
				o.first[i], o.at[i] = k, v
			case v > o.next[i]:
				o.second[i], o.next[i] = k, v
			}
		}
	}
}

// worth of an item that no pool serves.
func (o *opened) worth(v float64) float64 {
	if v == negative {
		return -3 * max(o.model.scale, 1e-12) * float64(o.model.n)
	}
	return v
}

// adds is by how much the sum rises with a pool.
func (o *opened) adds(k int) float64 {
	sum := 0.0
	for x := o.start[k]; x < o.start[k+1]; x++ {
		if now := o.worth(o.at[o.item[x]]); o.value[x] > now {
			sum += o.value[x] - now
		}
	}
	return sum
}

func (o *opened) fits(cost float64, count int) bool {
	return count <= o.model.most && o.model.affordable(cost)
}

// fill opens pools by rank until none adds anything or fits.
func (o *opened) fill(rank func(k int, now *opened) float64) bool {
	for {
		best, most := -1, 1e-12*o.model.scale
		for k, open := range o.is {
			if open || !o.fits(o.cost+o.list.cost[k], o.count+1) {
				continue
			}
			if r := rank(k, o); r > most {
				best, most = k, r
			}
		}
		o.model.work -= len(o.item)
		if best < 0 {
			return o.count > 0
		}
		o.set(best, true)
	}
}

func (o *opened) set(k int, open bool) {
	o.is[k] = open
	if open {
		o.cost, o.count = o.cost+o.list.cost[k], o.count+1
	} else {
		o.cost, o.count = o.cost-o.list.cost[k], o.count-1
	}
	o.rank()
}

// total is the sum with penalties for items that no pool serves.
func (o *opened) total() float64 {
	sum := 0.0
	for _, v := range o.at {
		sum += o.worth(v)
	}
	return sum
}

// climb exchanges one open pool for others while that raises the sum.
func (o *opened) climb() {
	for range 4 * o.model.n {
		now := o.total()
		kept := slices.Clone(o.is)
		improved := false
		open := make([]int, 0, o.count)
		for k, is := range o.is {
			if is {
				open = append(open, k)
			}
		}
		slices.SortFunc(open, func(x, y int) int { return cmp.Compare(x, y) })
		for _, k := range open {
			if o.model.work < 0 {
				return
			}
			o.set(k, false)
			o.fill(func(k int, now *opened) float64 { return now.adds(k) })
			if o.total() > now+1e-12*o.model.scale {
				improved = true
				break
			}
			o.restore(kept)
		}
		if !improved {
			return
		}
	}
}

func (o *opened) restore(is []bool) {
	o.is, o.cost, o.count = slices.Clone(is), 0, 0
	for k, open := range o.is {
		if open {
			o.cost, o.count = o.cost+o.list.cost[k], o.count+1
		}
	}
	o.rank()
}

// sum is false where an item is not served.
func (o *opened) sum() (float64, bool) {
	sum := 0.0
	for _, v := range o.at {
		if v == negative {
			return 0, false
		}
		sum += v
	}
	return sum, true
}

// columns are the pools with the items that each serves best.
func (o *opened) columns() []column {
	var out []column
	for k, open := range o.is {
		if !open {
			continue
		}
		var items Set
		value := 0.0
		for x := o.start[k]; x < o.start[k+1]; x++ {
			if i := o.item[x]; o.first[i] == k {
				items = items.With(int(i))
				value += o.value[x]
			}
		}
		if !items.Empty() {
			out = append(out, newColumn(items, value, o.list.cost[k], int(o.pool[k])))
		}
	}
	return out
}
