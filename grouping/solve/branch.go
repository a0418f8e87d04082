package solve

import (
	"math"
	"slices"
)

// branching decides among listed columns.
type branching struct {
	*frame
	best   float64  // the sum of the best choice so far
	found  []column // nil: none is better than what it began with
	leaves int      // nodes of depth-first search for each linear program
}

func (b *branching) slack() float64 { return 1e-10 * b.scale * float64(b.n) }

// explicit is a source of listed columns.
type explicit struct {
	*frame
	columns []column
}

func (e explicit) price(p *prices, least float64, emit func(column)) float64 {
	// The best columns, twice as many as items.
	most := negative
	worth := make([]float64, len(e.columns))
	for k := range e.columns {
		worth[k] = p.reduced(&e.columns[k])
		most = max(most, worth[k])
	}
	need := max(least, most/4)
	left := 2*len(p.item) + 10
	for k := range e.columns {
		if worth[k] > need && left > 0 {
			left--
			emit(e.columns[k])
		}
	}
	return e.bound(p, most)
}

func (e explicit) within(p *prices, least float64, most int) ([]column, bool) {
	var out []column
	for k := range e.columns {
		if p.reduced(&e.columns[k]) >= least {
			if out = append(out, e.columns[k]); len(out) > most {
				return nil, false
			}
		}
	}
	return out, true
}

func (e explicit) greedy() []column { return nil }

// node looks for a choice of the given columns that is better than the best, and
// returns what none of them exceeds: no more than the best where it got to the end.
func (b *branching) node(columns []column, above float64) float64 {
	if *b.work <= 0 {
		return above
	}
	lp := newSimplex(b.frame)
	r := lp.solve(explicit{b.frame, columns})
	*b.work -= 20 * len(columns)
	bound := min(above, r.bound)
	if !r.possible(b.frame) {
		return negative
	}
	if bound <= b.best+b.slack() {
		return bound
	}
	whole := b.integral(lp, r)
	if whole != nil {
		b.take(whole)
		if bound <= b.best+b.slack() {
			return bound
		}
	}
	left, _ := explicit{b.frame, columns}.within(&r.prices, b.best-bound, len(columns))
	if b.n <= 64 && !math.IsInf(b.best, -1) {
		if d := newDepth(b, left, r, bound); d.run() {
			return b.best
		}
	}
	with, without, ok := b.split(lp, r, left)
	if !ok {
		return bound
	}
	first := b.node(with, bound)
	second := b.node(without, bound)
	return max(first, second)
}

// take keeps a choice if it is better.
func (b *branching) take(choice []column) {
	sum := 0.0
	for k := range choice {
		sum += choice[k].value
	}
	if sum > b.best+b.slack() || b.found == nil && sum >= b.best {
		b.best, b.found = sum, slices.Clone(choice)
	}
}

// integral is the choice that the relaxation makes, nil where it is undecided.
func (b *branching) integral(lp *simplex, r *relaxed) []column {
	var out []column
	var served Set
	cost := 0.0
	for k, x := range r.use {
		switch {
		case x < 1e-4:
		case x > 1-1e-4 && !served.Meets(lp.columns[k].items):
			out = append(out, lp.columns[k])
			served = served.Union(lp.columns[k].items)
			cost += lp.columns[k].cost
		default:
			return nil
		}
	}
	if served != AllOf(b.n) || len(out) > b.most || b.limited && cost > b.budget+BudgetTolerance {
		return nil
	}
	return out
}

// split divides the columns into two parts by whether one pool serves two items:
// the pair that the relaxation is least sure of. Where it is sure of all pairs and
// still undecided, columns that serve the same items differ, and one of them is
// taken or not.
func (b *branching) split(lp *simplex, r *relaxed, columns []column) (with, without []column, ok bool) {
	together := make([]float64, b.n*b.n)
	for k, x := range r.use {
		if x < 1e-6 {
			continue
		}
		list := lp.columns[k].list
		for a, i := range list {
			for _, j := range list[:a] {
				together[int(j)*b.n+int(i)] += x
			}
		}
	}
	u, v, far := -1, -1, 0.5-1e-4
	for i := range b.n {
		for j := i + 1; j < b.n; j++ {
			if d := math.Abs(together[i*b.n+j] - 0.5); d < far {
				u, v, far = i, j, d
			}
		}
	}
	if u >= 0 {
		for _, c := range columns {
			if c.items.Has(u) == c.items.Has(v) {
				with = append(with, c)
			}
			if !c.items.Has(u) || !c.items.Has(v) {
				without = append(without, c)
			}
		}
		return with, without, len(with) < len(columns) && len(without) < len(columns)
	}
	at, far := -1, 0.5-1e-4
	for k, x := range r.use {
		if d := math.Abs(x - 0.5); d < far {
			at, far = k, d
		}
	}
	if at < 0 {
		return nil, nil, false
	}
	one := &lp.columns[at]
	for k := range columns {
		c := &columns[k]
		same := c.items == one.items && c.pool == one.pool
		if same || !c.items.Meets(one.items) {
			with = append(with, *c)
		}
		if !same {
			without = append(without, *c)
		}
	}
	return with, without, len(without) < len(columns) && len(with) < len(columns)
}
