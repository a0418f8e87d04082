package solve

import (
	"fmt"
	"math"
	"slices"
)

// solveWorst finds the largest threshold such that a choice exists in which no
// domain gains less, and the choice with the largest sum among those.
func solveWorst(p *Problem) (*Solution, error) {
	levels := map[float64]bool{}
	for k := range p.Pools {
		for _, g := range p.Pools[k].Gain {
			levels[g] = true
		}
	}
	if len(levels) == 0 {
		return nil, p.infeasible(newModel(p, negative))
	}
	sorted := make([]float64, 0, len(levels))
	for g := range levels {
		sorted = append(sorted, g)
	}
	slices.Sort(sorted)
	// possible[k]: 1 where a choice is known, -1 where it is proved that there is
	// none, 0 where neither.
	feasible := -1          // largest level with a known choice
	ruledOut := len(sorted) // smallest level that is proved impossible
	low, high := 0, len(sorted)
	for low < high {
		mid := (low + high) / 2
		m := newModel(p, sorted[mid])
		switch a := m.exists(); {
		case a.found != nil:
			feasible = mid
			low = mid + 1
		case a.proved:
			ruledOut = mid
			high = mid
		default:
			high = mid
		}
	}
	if feasible < 0 {
		if ruledOut == 0 {
			return nil, p.infeasible(newModel(p, negative))
		}
		return nil, fmt.Errorf("solve: %w within the steps that are spent: allow more pools or a larger budget", ErrNotFound)
	}
	m := newModel(p, sorted[feasible])
	a := m.solve()
	if a.found == nil {
		a = m.exists()
	}
	s := p.solution(m, a.found)
	s.Value = p.worst(s)
	s.Optimal = ruledOut == feasible+1 && a.proved
	s.Bound = s.Value
	if ruledOut > feasible+1 {
		s.Bound = sorted[min(ruledOut, len(sorted))-1]
	}
	return s, nil
}

// exists looks for any choice.
func (m *model) exists() answer {
	if l, ok := m.source.(*list); ok {
		clear(l.value)
		clear(l.total)
		m.scale = 1
	}
	return m.solve()
}

// worst is the smallest gain of a domain.
func (p *Problem) worst(s *Solution) float64 {
	least := math.Inf(1)
	for _, c := range s.Chosen {
		q := &p.Pools[c.Pool]
		for g, j := range q.served() {
			if c.Serves.Has(j) {
				least = min(least, q.Gain[g])
			}
		}
	}
	return least
}
