package solve

import "math"

// Unlisted knows pools of a partition that are too many to list. Each must hold all
// or none of the domains that one pool must serve.
type Unlisted interface {
	// Price returns pools that are worth more than the prices of the domains that
	// they train and that of a pool, as many as it cares to find, and what no
	// partition exceeds at these prices, whatever pools it has. The bound is -Inf
	// where unlisted pools are worth no more than listed ones that partly overlap,
	// so that the linear program of those bounds them too.
	Price(domain []float64, pool float64) (better []Pool, bound float64)
	// Within lists the pools that are worth less than these prices by the gap at
	// most. It returns false where they are more than most, or too many to look for.
	Within(domain []float64, pool, gap float64, most int) ([]Pool, bool)
}

// extended is a list together with pools that are not listed.
type extended struct {
	*list
	unlisted Unlisted
	index    map[Set]int // of pools met, in the model's further ones
}

// domainPrices shares the prices of items out among their domains.
func (m *model) domainPrices(p *prices) []float64 {
	out := make([]float64, m.problem.Domains)
	for i, b := range m.blocks {
		share := p.item[i] / float64(b.Count())
		for j := range b.All() {
			out[j] = share
		}
	}
	return out
}

// columnOf is the column of a pool that is not listed, which is kept. It returns
// false for one that a rule forbids, or that splits what must be together.
func (m *model) columnOf(q Pool, index map[Set]int) (column, bool) {
	k, met := index[q.Train]
	if !met {
		if Forbidden(m.problem.Rules, q.Train) != "" { // a partition
			return column{}, false
		}
		k = len(m.further)
		m.further = append(m.further, q)
		index[q.Train] = k
	}
	var items Set
	for i, b := range m.blocks {
		if b.Meets(q.Train) {
			if !b.Minus(q.Train).Empty() {
				return column{}, false
			}
			items = items.With(i)
		}
	}
	value := 0.0
	for g, j := range q.served() {
		value += m.problem.weight(j) * q.Gain[g]
	}
	return newColumn(items, value, q.Cost, len(m.problem.Pools)+k), true
}

func (s *extended) price(p *prices, least float64, emit func(column)) float64 {
	bound := s.list.price(p, least, emit)
	better, whole := s.unlisted.Price(s.model.domainPrices(p), p.pool)
	s.model.work -= s.model.n * s.model.n * 20
	for _, q := range better {
		if c, ok := s.model.columnOf(q, s.index); ok && p.reduced(&c) > least {
			emit(c)
		}
	}
	return max(bound, whole)
}

func (s *extended) within(p *prices, least float64, most int) ([]column, bool) {
	out, ok := s.list.within(p, least, most)
	if !ok {
		return nil, false
	}
	pools, ok := s.unlisted.Within(s.model.domainPrices(p), p.pool, -least, most-len(out))
	if !ok {
		return nil, false
	}
	s.model.work -= 10 * len(pools)
	for _, q := range pools {
		if c, ok := s.model.columnOf(q, s.index); ok && p.reduced(&c) >= least {
			out = append(out, c)
		}
	}
	return undominated(out), true
}

// begin is the problem's start as columns; nil where it has none, or it breaks a
// rule.
func (m *model) begin() []column {
	if len(m.problem.Start) == 0 || len(m.problem.Start) > m.most {
		return nil
	}
	index := map[Set]int{}
	if s, ok := m.source.(*extended); ok {
		index = s.index
	}
	var out []column
	var served Set
	cost := 0.0
	for _, q := range m.problem.Start {
		c, ok := m.columnOf(q, index)
		if !ok || c.items.Meets(served) {
			return nil
		}
		served, cost = served.Union(c.items), cost+c.cost
		m.scale = max(m.scale, math.Abs(c.value)/float64(len(c.list)))
		out = append(out, c)
	}
	if served != AllOf(m.n) || !m.affordable(cost) {
		return nil
	}
	return out
}

// poolOf is the pool of a choice, listed or not.
func (m *model) poolOf(c *column) *Pool {
	if at := c.pool - len(m.problem.Pools); at >= 0 {
		return &m.further[at]
	}
	return &m.problem.Pools[c.pool]
}
