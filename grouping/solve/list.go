package solve

import (
	"cmp"
	"slices"
)

// list is a source of listed pools. In a partition each has one column; in a cover
// one for each set of items that it can serve, of which the best for given prices
// has the items that are worth more than their price.
type list struct {
	model *model
	start []int32 // of each pool's items, and the end
	item  []int32
	value []float64 // by item, as item is
	pool  []int32   // index in the problem
	cost  []float64
	total []float64 // of a pool's items: what a partition's column is worth
}

func (s *list) prepare() {
	s.total = make([]float64, len(s.pool))
	for k := range s.pool {
		for x := s.start[k]; x < s.start[k+1]; x++ {
			s.total[k] += s.value[x]
		}
	}
}

// best is the reduced value of the k-th pool's best column.
func (s *list) best(k int, p *prices) float64 {
	r := -p.pool - p.cost*s.cost[k]
	from, to := s.start[k], s.start[k+1]
	if !s.model.problem.Helpers {
		r += s.total[k]
		for _, i := range s.item[from:to] {
			r -= p.item[i]
		}
		return r
	}
	some := false
	largest := s.value[from] - p.item[s.item[from]]
	for x := from; x < to; x++ {
		d := s.value[x] - p.item[s.item[x]]
		if d > 0 {
			r += d
			some = true
		}
		largest = max(largest, d)
	}
	if !some {
		r += largest
	}
	return r
}

// column is the k-th pool's best column.
func (s *list) column(k int, p *prices) column {
	var items Set
	value := 0.0
	from, to := s.start[k], s.start[k+1]
	if !s.model.problem.Helpers {
		for _, i := range s.item[from:to] {
			items = items.With(int(i))
		}
		return newColumn(items, s.total[k], s.cost[k], int(s.pool[k]))
	}
	top := from
	for x := from; x < to; x++ {
		d := s.value[x] - p.item[s.item[x]]
		if d > 0 {
			items = items.With(int(s.item[x]))
			value += s.value[x]
		}
		if d > s.value[top]-p.item[s.item[top]] {
			top = x
		}
	}
	if items.Empty() {
		items, value = SetOf(int(s.item[top])), s.value[top]
	}
	return newColumn(items, value, s.cost[k], int(s.pool[k]))
}

// price keeps for each item the best pool that has it, and the best of all.
func (s *list) price(p *prices, least float64, emit func(column)) float64 {
	s.model.work -= 2 * len(s.item)
	n := s.model.n
	top := make([]int, n)
	value := make([]float64, n)
	for i := range top {
		top[i], value[i] = -1, least
	}
	most := negative
	for k := range s.pool {
		r := s.best(k, p)
		most = max(most, r)
		if r <= least {
			continue
		}
		for _, i := range s.item[s.start[k]:s.start[k+1]] {
			if r > value[i] {
				top[i], value[i] = k, r
			}
		}
	}
	slices.Sort(top)
	for _, k := range slices.Compact(top) {
		if k >= 0 {
			emit(s.column(k, p))
		}
	}
	return s.model.frame().bound(p, most)
}

// within lists a pool's best column and those that differ from it in items that
// are worth about their price.
func (s *list) within(p *prices, least float64, most int) ([]column, bool) {
	s.model.work -= 2 * len(s.item)
	var out []column
	for k := range s.pool {
		r := s.best(k, p)
		if r < least {
			continue
		}
		if !s.model.problem.Helpers {
			if out = append(out, s.column(k, p)); len(out) > most {
				return nil, false
			}
			continue
		}
		if !s.subsets(k, p, least, most, &out) {
			return nil, false
		}
	}
	return undominated(out), true
}

// subsets lists the columns of a pool of a cover: each item is in or out, at the
// loss of what it is worth beyond its price or falls short of it.
func (s *list) subsets(k int, p *prices, least float64, most int, out *[]column) bool {
	type entry struct {
		item  int32
		value float64
		loss  float64
		in    bool
	}
	var entries []entry
	r := -p.pool - p.cost*s.cost[k]
	for x := s.start[k]; x < s.start[k+1]; x++ {
		d := s.value[x] - p.item[s.item[x]]
		r += max(0, d)
		entries = append(entries, entry{s.item[x], s.value[x], max(d, -d), d > 0})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.loss, b.loss) })
	var walk func(at int, r float64) bool
	walk = func(at int, r float64) bool {
		var items Set
		value := 0.0
		for _, e := range entries {
			if e.in {
				items = items.With(int(e.item))
				value += e.value
			}
		}
		s.model.work -= len(entries)
		if !items.Empty() {
			if *out = append(*out, newColumn(items, value, s.cost[k], int(s.pool[k]))); len(*out) > most {
				return false
			}
		}
		for x := at; x < len(entries) && r-entries[x].loss >= least; x++ {
			entries[x].in = !entries[x].in
			if !walk(x+1, r-entries[x].loss) {
				return false
			}
			entries[x].in = !entries[x].in
		}
		return true
	}
	return walk(0, r)
}

// undominated drops columns with the items of another that costs no more and is
// worth no less.
func undominated(all []column) []column {
	at := map[Set][]int{}
	out := all[:0:0]
	slices.SortStableFunc(all, func(a, b column) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.value, a.value))
	})
	for _, c := range all {
		dominated := false
		for _, k := range at[c.items] {
			if out[k].value >= c.value {
				dominated = true
				break
			}
		}
		if !dominated {
			at[c.items] = append(at[c.items], len(out))
			out = append(out, c)
		}
	}
	return out
}

// greedy lists columns that are worth most for each item alone and per pool.
func (s *list) greedy() []column {
	var out []column
	free := &prices{item: make([]float64, s.model.n)}
	s.price(free, negative, func(c column) { out = append(out, c) })
	for k := range s.pool {
		if s.start[k+1]-s.start[k] == 1 {
			out = append(out, s.column(k, free))
		}
	}
	return out
}
