package solve

import (
	"cmp"
	"slices"
)

// part is a set of items with the columns within it, as a problem of its own.
type part struct {
	branching
	items   []int    // in the whole
	columns []column // with items of the part's own
	whole   []column // the same in the whole
	now     []column // of the choice so far, in the whole
}

// part makes a problem of the columns within a set of items of which a choice so
// far consists of whole columns.
func (b *branching) part(items Set, columns, chosen []column) *part {
	p := &part{items: items.Members()}
	f := *b.frame
	f.n = len(p.items)
	at := make(map[int32]int, f.n)
	for k, i := range p.items {
		at[int32(i)] = k
	}
	p.best = 0
	for _, c := range chosen {
		if c.items.Minus(items).Empty() {
			p.now = append(p.now, c)
			p.best += c.value
		} else {
			f.most--
			f.budget -= c.cost
		}
	}
	for _, c := range columns {
		if !c.items.Minus(items).Empty() {
			continue
		}
		var own Set
		for _, i := range c.list {
			own = own.With(at[i])
		}
		k := newColumn(own, c.value, c.cost, len(p.whole))
		p.columns, p.whole = append(p.columns, k), append(p.whole, c)
	}
	p.branching.frame, p.leaves = &f, b.leaves
	return p
}

// result is the part's choice in the whole.
func (p *part) result() []column {
	if p.found == nil {
		return p.now
	}
	out := make([]column, len(p.found))
	for i, c := range p.found {
		out[i] = p.whole[c.pool]
	}
	return out
}

// components are the sets of items that no column connects.
func components(n int, lists ...[]column) []Set {
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, columns := range lists {
		for _, c := range columns {
			for _, i := range c.list[1:] {
				root[find(int(i))] = find(int(c.list[0]))
			}
		}
	}
	at := map[int]int{}
	var out []Set
	for i := range n {
		r := find(i)
		if _, ok := at[r]; !ok {
			at[r] = len(out)
			out = append(out, Set{})
		}
		out[at[r]] = out[at[r]].With(i)
	}
	return out
}

// dive takes the columns that the relaxation uses most, solves it again for what
// is left, and so on. It returns nil where that leads nowhere.
func (b *branching) dive(columns []column, rounds int) []column {
	var chosen []column
	open := AllOf(b.n)
	for round := 0; !open.Empty(); round++ {
		p := b.part(open, columns, chosen)
		if p.most < 1 {
			return nil
		}
		lp := newSimplex(p.frame)
		r := lp.solve(explicit{p.frame, p.columns})
		if !r.possible(p.frame) {
			return nil
		}
		order := make([]int, 0, len(r.use))
		for k, x := range r.use {
			if x > 1e-6 {
				order = append(order, k)
			}
		}
		slices.SortStableFunc(order, func(x, y int) int {
			return cmp.Or(cmp.Compare(r.use[y], r.use[x]), cmp.Compare(lp.columns[y].value, lp.columns[x].value))
		})
		var served Set
		for i, k := range order {
			c := &lp.columns[k]
			if i > 0 && round < rounds && r.use[k] < 0.8 || c.items.Meets(served) {
				continue
			}
			if p.limited && c.cost > p.budget {
				continue
			}
			p.budget -= c.cost
			served = served.Union(c.items)
			chosen = append(chosen, p.whole[c.pool])
			open = open.Minus(p.whole[c.pool].items)
		}
		if served.Empty() {
			return nil
		}
	}
	return chosen
}

// freed is how many items a neighbourhood has at most.
const freed = 20

// improve frees some of the chosen columns, those that most other columns connect,
// decides anew about their items, and goes on as long as that helps.
func (b *branching) improve(columns []column, rounds int) {
	for range rounds {
		before := b.best
		for at := 0; at < len(b.found) && *b.work > 0; at++ {
			items := b.around(at, columns)
			p := b.part(items, columns, b.found)
			p.leaves = 3000
			now := p.best
			p.node(p.columns, max(0, p.best)+2*b.scale*float64(p.n))
			if p.best <= now+b.slack() {
				continue
			}
			next := p.result()
			for _, c := range b.found {
				if !c.items.Minus(items).Empty() {
					next = append(next, c)
				}
			}
			b.take(next)
		}
		if b.best <= before+b.slack() {
			return
		}
	}
}

// around is a set of items: those of a chosen column and of the chosen columns that
// are met most by columns that meet it.
func (b *branching) around(at int, columns []column) Set {
	of := make([]int, b.n)
	for k, c := range b.found {
		for _, i := range c.list {
			of[i] = k
		}
	}
	met := make([]int, len(b.found))
	for k := range columns {
		c := &columns[k]
		if !c.items.Meets(b.found[at].items) {
			continue
		}
		for _, i := range c.list {
			met[of[i]]++
		}
	}
	order := make([]int, 0, len(met))
	for k, n := range met {
		if n > 0 && k != at {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(met[y], met[x]) })
	items := b.found[at].items
	for _, k := range order {
		if with := items.Union(b.found[k].items); with.Count() <= freed {
			items = with
		}
	}
	return items
}
