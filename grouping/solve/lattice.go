package solve

import (
	"cmp"
	"math"
	"slices"
)

// negative is below every value.
var negative = math.Inf(-1)

// lattice is a source of all sets of up to MaxLattice items. What a set is worth
// beyond the prices of its items is found without listing them: the prices of the
// low and of the high half of its bits are summed once for every half.
type lattice struct {
	model *model
	value []float64 // by set of items; NaN: no candidate
	low   int       // bits of the low half
}

// lattice drops what is forbidden, and contracts what must be together.
func (m *model) lattice() source {
	p := m.problem
	value := p.Lattice
	if len(p.Rules) > 0 {
		union := make([]int, 1<<m.n)
		value = make([]float64, 1<<m.n)
		value[0] = math.NaN()
		for k := 1; k < len(union); k++ {
			i := 0
			for k>>i&1 == 0 {
				i++
			}
			union[k] = union[k&(k-1)] | int(m.blocks[i][0])
			value[k] = p.Lattice[union[k]]
			if !math.IsNaN(value[k]) && Forbidden(p.Rules, Set{uint64(union[k])}) != "" {
				value[k] = math.NaN()
			}
		}
	}
	for k, v := range value {
		if k > 0 && !math.IsNaN(v) {
			m.scale = max(m.scale, math.Abs(v))
		}
	}
	m.spend([]float64{1})
	return &lattice{model: m, value: value, low: m.n / 2}
}

// sums are those of the prices of every set of the given items.
func sums(price []float64) []float64 {
	out := make([]float64, 1<<len(price))
	for i, p := range price {
		for k := range 1 << i {
			out[k|1<<i] = out[k] + p
		}
	}
	return out
}

func (s *lattice) column(k int) column {
	pool := k
	if s.model.n < s.model.problem.Domains {
		pool = 0
		for i := range (Set{uint64(k)}).All() {
			pool |= int(s.model.blocks[i][0])
		}
	}
	return newColumn(Set{uint64(k)}, s.value[k], 1, pool)
}

func (s *lattice) price(p *prices, least float64, emit func(column)) float64 {
	s.model.work -= len(s.value)
	low, high := sums(p.item[:s.low]), sums(p.item[s.low:])
	type found struct {
		set   int
		value float64
	}
	var top []found
	most := negative
	for h, base := range high {
		base += p.pool + p.cost
		best, at := negative, -1
		values := s.value[h<<s.low : (h+1)<<s.low]
		for l, v := range values {
			// A comparison with NaN is false.
			if r := v - low[l]; r > best && h|l != 0 {
				best, at = r, l
			}
		}
		if at < 0 {
			continue
		}
		best -= base
		most = max(most, best)
		if best > least {
			top = append(top, found{h<<s.low | at, best})
		}
	}
	slices.SortFunc(top, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.set, b.set))
	})
	for _, f := range top[:min(len(top), 2*s.model.n+10)] {
		emit(s.column(f.set))
	}
	return s.model.frame().bound(p, most)
}

func (s *lattice) within(p *prices, least float64, most int) ([]column, bool) {
	s.model.work -= len(s.value)
	low, high := sums(p.item[:s.low]), sums(p.item[s.low:])
	var out []column
	for h, base := range high {
		need := least + base + p.pool + p.cost
		for l, v := range s.value[h<<s.low : (h+1)<<s.low] {
			if v-low[l] >= need && h|l != 0 {
				if out = append(out, s.column(h<<s.low|l)); len(out) > most {
					return nil, false
				}
			}
		}
	}
	return out, true
}

func (s *lattice) greedy() []column {
	var out []column
	for i := range s.model.n {
		if !math.IsNaN(s.value[1<<i]) {
			out = append(out, s.column(1<<i))
		}
	}
	if all := len(s.value) - 1; !math.IsNaN(s.value[all]) {
		out = append(out, s.column(all))
	}
	return out
}
