package solve

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxListed is the largest number of columns that branch and bound looks at.
const maxListed = 200_000

// Solve returns the choice of pools that is best by the problem's objective, as
// far as it is known, and how much better another could be. It fails with
// ErrInfeasible where there is no choice, with a ContradictionError where two rules
// say so by themselves, and with ErrNotFound where a search found none.
func Solve(p *Problem) (*Solution, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.Objective == Worst {
		return solveWorst(p)
	}
	m := newModel(p, negative)
	a := m.solve()
	switch {
	case a.found == nil && a.proved:
		return nil, p.infeasible(m)
	case a.found == nil:
		return nil, fmt.Errorf("solve: %w within the steps that are spent: allow more pools or a larger budget", ErrNotFound)
	}
	s := p.solution(m, a.found)
	s.Value = s.Sum
	s.Bound, s.Optimal = max(a.bound, s.Value), a.proved
	if a.proved {
		s.Bound = s.Value
	}
	return s, nil
}

// answer is a choice of columns with what is known about it.
type answer struct {
	found  []column // nil: none
	bound  float64
	proved bool
}

func (m *model) frame() *frame {
	scale := m.scale
	if scale == 0 {
		scale = 1
	}
	return &frame{n: m.n, most: m.most, budget: m.budget, bounded: m.bounded, limited: m.limited, scale: scale, work: &m.work}
}

func (m *model) solve() answer {
	if l, ok := m.source.(*lattice); ok && m.most <= 2 {
		if m.most == 0 {
			return answer{proved: true, bound: negative}
		}
		// Two pools are a set and the rest: comparing all takes one step for each set.
		all := l.subsets()
		return answer{found: all, bound: sumOfColumns(all), proved: true}
	}
	begin := m.begin()
	f := m.frame()
	lp := newSimplex(f)
	lp.columns = append(m.source.greedy(), begin...)
	r := lp.solve(m.source)
	if !r.possible(f) {
		return answer{proved: true, bound: negative}
	}
	b := &branching{frame: f, best: negative, leaves: 20_000}
	if begin != nil {
		b.take(begin)
		if r.bound <= b.best+b.slack() {
			return answer{found: b.found, bound: b.best, proved: true}
		}
	}
	m.start(b, lp, r)
	bound := m.widen(b, r)
	a := answer{found: b.found, bound: max(bound, b.best), proved: bound <= b.best+b.slack()*4 || b.found == nil && math.IsInf(bound, -1)}
	if l, ok := m.source.(*lattice); ok && !a.proved && m.n <= maxSubsets {
		all := l.subsets()
		return answer{found: all, bound: sumOfColumns(all), proved: true}
	}
	return a
}

// widen decides among the columns whose reduced value is at least minus some loss,
// which it widens until it reaches the gap that the best choice leaves: then no
// other column matters. Narrow losses find good choices among few columns. It
// returns what no choice exceeds.
func (m *model) widen(b *branching, r *relaxed) float64 {
	bound := r.bound
	gap := func() float64 { return bound - b.best }
	if gap() <= b.slack() {
		return bound
	}
	loss := math.Inf(1)
	if b.found != nil {
		loss = gap() / 64
	}
	for m.work > 0 {
		columns, ok := m.source.within(&r.prices, -loss, maxListed)
		if !ok {
			return bound
		}
		if loss >= gap() {
			return min(bound, b.decide(columns, r, bound))
		}
		all := m.work
		m.work = all / 8
		b.decide(columns, r, bound)
		m.work += all - all/8
		if loss *= 2; loss >= gap() {
			loss = gap()
		}
	}
	return bound
}

// start looks for a good choice to begin with.
func (m *model) start(b *branching, lp *simplex, r *relaxed) {
	if l, ok := m.source.(*list); ok && m.problem.Helpers {
		if choice := l.cover(); choice != nil {
			b.take(choice)
		}
	}
	if m.n <= 64 {
		// The best choice of the columns that the linear program met.
		all := m.work
		m.work = all / 8
		b.node(lp.columns, r.bound)
		m.work += all - all/8
		return
	}
	if choice := b.dive(lp.columns, 12); choice != nil {
		b.take(choice)
	}
	if b.found == nil {
		return
	}
	near := lp.columns
	// Columns that lose less than half of the gap; widen looks at the others.
	if listed, ok := m.source.within(&r.prices, (b.best-r.bound)/2, maxListed/4); ok {
		near = append(slices.Clone(near), listed...)
	}
	b.improve(near, 3)
}

// decide settles what lies between the best choice and the bound, part by part
// where nothing connects the parts.
func (b *branching) decide(columns []column, r *relaxed, bound float64) float64 {
	if b.bounded || b.limited || b.found == nil {
		return b.node(columns, bound)
	}
	total := 0.0
	var whole []column
	for _, items := range components(b.n, columns, b.found) {
		sub := b.part(items, columns, b.found)
		above := 0.0
		for i := range items.All() {
			above += r.prices.item[i]
		}
		above += (bound - r.bound) + max(0, r.bound-sumOf(r.prices.item))
		total += max(sub.best, min(above, sub.node(sub.columns, above)))
		whole = append(whole, sub.result()...)
	}
	b.take(whole)
	return total
}

func sumOf(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum
}

func sumOfColumns(list []column) float64 {
	sum := 0.0
	for k := range list {
		sum += list[k].value
	}
	return sum
}

// solution describes a choice of columns. In a cover each domain is served where it
// gains most of the pools that are chosen.
func (p *Problem) solution(m *model, chosen []column) *Solution {
	s := &Solution{}
	for k, c := range chosen {
		choice := Choice{Pool: c.pool, Cost: c.cost}
		for i := range c.items.All() {
			choice.Serves = choice.Serves.Union(m.blocks[i])
		}
		if p.Lattice != nil {
			choice.Train = choice.Serves
		} else {
			q := m.poolOf(&chosen[k])
			choice.Train = q.Train
			for g, j := range q.served() {
				if choice.Serves.Has(j) {
					s.Sum += p.weight(j) * q.Gain[g]
				}
			}
			if c.pool >= len(p.Pools) {
				choice.Pool = -1
			}
		}
		s.Chosen = append(s.Chosen, choice)
	}
	slices.SortFunc(s.Chosen, func(a, b Choice) int { return a.Serves.First() - b.Serves.First() })
	for _, c := range s.Chosen {
		s.Cost += c.Cost
		if p.Lattice != nil {
			s.Sum += p.Lattice[c.Pool]
		}
	}
	return s
}

// infeasible says what is in the way.
func (p *Problem) infeasible(m *model) error {
	var unserved []string
	if p.Lattice == nil {
		var served Set
		var item []int32
		switch l := m.source.(type) {
		case *list:
			item = l.item
		case *extended:
			item = l.item
		}
		for _, i := range item {
			served = served.With(int(i))
		}
		for i, b := range m.blocks {
			if !served.Has(i) {
				unserved = append(unserved, p.names(b)+p.why(b))
			}
		}
	}
	if len(unserved) > 0 {
		within := ""
		if p.Budget > 0 && p.Budget <= BudgetTolerance {
			within = " and costs nothing"
		} else if p.Budget > 0 {
			within = fmt.Sprintf(" and costs no more than the budget of %g", p.Budget)
		}
		return fmt.Errorf("solve: %w", &InfeasibleError{
			Reason:      fmt.Sprintf("no pool that may be trained%s can serve %s", within, strings.Join(unserved, ", nor ")),
			Constraints: p.blame().constraints(),
		})
	}
	if p.Unlisted != nil {
		return fmt.Errorf("solve: %w", &InfeasibleError{Reason: "no pools that may be trained serve every domain" + p.ruled()})
	}
	q := p.blame()
	return fmt.Errorf("solve: %w", &InfeasibleError{Reason: q.inTheWay(), Constraints: q.constraints()})
}

// why names the rules that forbid the pools that could serve a block.
func (p *Problem) why(block Set) string {
	var names []string
	for k := range p.Pools {
		q := &p.Pools[k]
		if !q.Train.Meets(block) {
			continue
		}
		of := q.Train
		if p.Helpers {
			of = q.Train.Both(block)
		}
		name := cmp.Or(Untrainable(p.Rules, q.Train), refusedBy(p.Rules, q.Train, of))
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (forbidden: " + strings.Join(names, "; ") + ")"
}

func (p *Problem) ruled() string {
	if len(p.Rules) == 0 {
		return ""
	}
	var names []string
	for _, r := range p.Rules {
		names = append(names, r.Name)
	}
	return "; the rules are " + strings.Join(names, "; ")
}

func (p *Problem) names(s Set) string {
	var out []string
	for j := range s.All() {
		out = append(out, p.name(j))
	}
	return strings.Join(out, " with ")
}
