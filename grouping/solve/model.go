package solve

import (
	"math"
)

// model is a problem in terms of items, the sets of domains that one pool must
// serve, without the pools that are forbidden or of no use.
type model struct {
	problem *Problem
	blocks  []Set // by item
	n       int   // items
	most    int   // pools
	budget  float64
	bounded bool // by most
	limited bool // by budget
	source  source
	// scale is the largest value of an item, which tolerances are relative to.
	scale float64
	work  int // steps left
	// further are pools that the problem does not list.
	further []Pool
}

// column is a pool with the items that it serves.
type column struct {
	items Set
	list  []int32 // the items
	value float64
	cost  float64
	pool  int
}

func newColumn(items Set, value, cost float64, pool int) column {
	list := make([]int32, 0, items.Count())
	for i := range items.All() {
		list = append(list, int32(i))
	}
	return column{items, list, value, cost, pool}
}

// prices are multipliers of the rows of the linear program.
type prices struct {
	item []float64
	pool float64 // σ
	cost float64 // β
}

// reduced is what a column is worth beyond the prices.
func (p *prices) reduced(c *column) float64 {
	r := c.value - p.pool - p.cost*c.cost
	for _, i := range c.list {
		r -= p.item[i]
	}
	return r
}

// source finds columns without listing all of them.
type source interface {
	// price emits columns whose reduced value is above least, those that matter
	// most, and returns what no choice exceeds at these prices.
	price(p *prices, least float64, emit func(column)) (bound float64)
	// within lists the columns whose reduced value is at least the given one. It
	// returns false where there are more than most.
	within(p *prices, least float64, most int) ([]column, bool)
	// greedy lists columns to begin with.
	greedy() []column
}

// steps is the work that is spent for an Effort of 1: about some seconds.
const steps = 3_000_000_000

// newModel contracts the problem. Thresholds of gain leave out what is less.
func newModel(p *Problem, least float64) *model {
	m := &model{problem: p, blocks: Blocks(p.Domains, p.Rules)}
	m.n = len(m.blocks)
	m.most = m.n
	if p.MaxPools > 0 && p.MaxPools < m.n {
		m.most, m.bounded = p.MaxPools, true
	}
	effort := p.Effort
	if effort == 0 {
		effort = 1
	}
	m.work = int(effort * steps)
	if p.Lattice != nil {
		m.source = m.lattice()
	} else {
		l := m.list(least)
		m.source = l
		if p.Unlisted != nil {
			m.source = &extended{l, p.Unlisted, map[Set]int{}}
		}
	}
	return m
}

// spend sets the budget, where it can bind. Costs that are all alike bound the
// number of pools instead; those that are all multiples of a unit round the budget
// down to one.
func (m *model) spend(costs []float64) {
	m.budget = m.problem.Budget
	if m.budget == 0 || len(costs) == 0 {
		return
	}
	low, high := math.Inf(1), 0.0
	for _, c := range costs {
		low, high = min(low, c), max(high, c)
	}
	allowed := m.budget + BudgetTolerance
	switch {
	case high*float64(m.most) <= allowed:
	case low == high:
		if k := int(math.Floor(allowed / low)); k < m.most {
			m.most, m.bounded = k, true
		}
	default:
		m.limited = true
		m.budget = allowed
		for _, unit := range []float64{1, 0.5, 0.25, 0.1, 0.05, 0.01} {
			if multiples(costs, unit) {
				m.budget = math.Floor(allowed/unit+1e-9) * unit
				break
			}
		}
	}
}

func multiples(costs []float64, unit float64) bool {
	for _, c := range costs {
		if q := c / unit; math.Abs(q-math.Round(q)) > 1e-9 {
			return false
		}
	}
	return true
}

// affordable says whether costs keep to the budget.
func (m *model) affordable(cost float64) bool {
	return !m.limited || cost <= m.budget+BudgetTolerance
}

// refused says whether a pool may not serve a domain.
func refused(rules []Rule, train Set, domain int) bool {
	for i := range rules {
		if rules[i].Refuses != nil && rules[i].Refuses(train, domain) {
			return true
		}
	}
	return false
}

// list makes the source of a list of pools.
func (m *model) list(least float64) *list {
	p := m.problem
	at := make([]int, p.Domains)
	size := make([]int, m.n)
	for i, b := range m.blocks {
		for j := range b.All() {
			at[j] = i
		}
		size[i] = b.Count()
	}
	s := &list{model: m, start: []int32{0}}
	count := make([]int, m.n)
	value := make([]float64, m.n)
	var costs []float64
	for k := range p.Pools {
		q := &p.Pools[k]
		if p.Helpers && Untrainable(p.Rules, q.Train) != "" || !p.Helpers && Forbidden(p.Rules, q.Train) != "" {
			continue
		}
		if p.Budget > 0 && q.Cost > p.Budget+BudgetTolerance {
			continue
		}
		served := q.served()
		if !p.Helpers && len(served) != q.Train.Count() {
			continue
		}
		for g, j := range served {
			if q.Gain[g] >= least && !(p.Helpers && refused(p.Rules, q.Train, j)) {
				count[at[j]]++
				value[at[j]] += p.weight(j) * q.Gain[g]
			}
		}
		begin, whole := len(s.item), true
		for _, j := range served {
			i := at[j]
			if count[i] == size[i] {
				s.item, s.value = append(s.item, int32(i)), append(s.value, value[i])
				m.scale = max(m.scale, math.Abs(value[i]))
			} else if count[i] >= 0 {
				whole = false
			}
			count[i] = -1 // seen
		}
		for _, j := range served {
			count[at[j]], value[at[j]] = 0, 0
		}
		if !p.Helpers && !whole {
			s.item, s.value = s.item[:begin], s.value[:begin]
		}
		if len(s.item) == begin {
			continue
		}
		s.start = append(s.start, int32(len(s.item)))
		s.pool, s.cost = append(s.pool, int32(k)), append(s.cost, q.Cost)
		costs = append(costs, q.Cost)
	}
	m.spend(costs)
	s.prepare()
	return s
}
