package grouping

import "math"

// settle decides by branch and bound what lies between an answer and its bound.
// Pools that exceed their members' prices by more than that gap cannot be in a
// better partition; what the others do not connect is decided part by part. It
// lowers the answer's bound as far as it gets and returns the best partition of
// all parts, nil where that is not known.
func (v *solver) settle(s *scorer, value []float64, r *relaxed, a *answer, nodes int, slack float64) []set {
	total := math.Inf(-1)
	if a.groups != nil {
		total = s.total(a.groups)
	}
	c := &candidates{gap: a.bound - total + slack, shift: v.shift, prices: r}
	for k, column := range v.columns {
		c.add(column, value[k])
	}
	if !v.bounded() && !v.estimated(s, c) {
		return nil
	}
	need := v.shift * float64(v.n-v.limit)
	var groups []set
	bound, whole := 0.0, true
	for _, p := range v.parts(s, c, a.groups) {
		b := newBranching(v.n, p, r.price, v.limit, slack)
		b.nodes, b.best = nodes, p.now
		reach := -need
		for j := range p.domains.All() {
			reach += r.price[j]
		}
		if b.search(p.domains, reach, 0) {
			bound += b.best
		} else {
			bound += reach
		}
		switch {
		case b.found != nil:
			groups = append(groups, b.groups(p.domains)...)
		case p.groups != nil:
			groups = append(groups, p.groups...)
		default:
			whole = false
		}
	}
	a.bound = min(a.bound, bound)
	if !whole {
		return nil
	}
	return groups
}

// candidates are the pools that a better partition may hold.
type candidates struct {
	gap, shift float64
	prices     *relaxed

	columns []column
	value   []float64
	reduced []float64 // value and shift less the members' prices: not above 0
}

func (c *candidates) add(pool column, value float64) {
	if d := c.prices.reduced(pool.members, value+c.shift*float64(len(pool.members)-1)); d >= -c.gap {
		c.columns, c.value, c.reduced = append(c.columns, pool), append(c.value, value), append(c.reduced, min(d, 0))
	}
}

// estimated adds the estimated pools that the relaxation need not know. It
// returns false where they are too many.
func (v *solver) estimated(s *scorer, c *candidates) bool {
	e := &estimates{gains: v.gains, largest: 3, odd: true, gap: c.gap, lack: make([]float64, v.n*v.n)}
	if v.gains.measuredTriple() {
		e.largest = v.n
	}
	for i := range v.n {
		for j := range v.n {
			e.lack[i*v.n+j] = max(0, c.prices.price[i]+c.prices.price[j]-s.weight[i*v.n+j])
		}
	}
	if !e.list() {
		return false
	}
	for _, pool := range e.pools {
		c.add(newColumn(pool), s.value(pool))
	}
	return true
}

// part is a set of domains with the pools within it that are to be decided.
type part struct {
	domains set
	columns []column
	value   []float64
	reduced []float64
	groups  []set   // of the partition so far
	now     float64 // what they are worth
}

// parts are the sets of domains that no candidate connects: all in one where
// the number of groups is bounded, since this bound connects them.
func (v *solver) parts(s *scorer, c *candidates, groups []set) []*part {
	root := make([]int, v.n)
	for j := range root {
		if !v.bounded() {
			root[j] = j
		}
	}
	find := func(j int) int {
		for root[j] != j {
			root[j] = root[root[j]]
			j = root[j]
		}
		return j
	}
	join := func(pool set) {
		first := find(pool.First())
		for j := range pool.All() {
			root[find(j)] = first
		}
	}
	for _, column := range c.columns {
		join(column.pool)
	}
	for _, g := range groups {
		join(g)
	}
	var out []*part
	at := map[int]*part{}
	for j := range v.n {
		p := at[find(j)]
		if p == nil {
			p = &part{}
			if groups == nil {
				p.now = math.Inf(-1)
			}
			at[find(j)] = p
			out = append(out, p)
		}
		p.domains = p.domains.With(j)
	}
	for k, column := range c.columns {
		p := at[find(column.members[0])]
		p.columns, p.value, p.reduced = append(p.columns, column), append(p.value, c.value[k]), append(p.reduced, c.reduced[k])
	}
	for _, g := range groups {
		p := at[find(g.First())]
		p.groups, p.now = append(p.groups, g), p.now+s.value(g)
	}
	return out
}
