package grouping

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// column is a pool that a partition may use, in the packing of domains by
// pools.
type column struct {
	pool    set
	members []int
}

func newColumn(pool set) column { return column{pool, pool.Members()} }

// packing is the linear relaxation of the choice of a partition:
//
//	maximise  Σ over pools S of value(S)·x(S)
//	such that Σ over pools S that hold j of x(S) ≤ 1 for every domain j, x ≥ 0,
//
// where what is left of a domain is alone and worth 0. Its dual gives every
// domain a price ≥ 0 such that no pool is worth more than its members' prices,
// so that the sum of all prices bounds the total of any partition.
type packing struct {
	n       int
	columns []column
}

// relaxed is a solution of a packing.
type relaxed struct {
	price []float64 // by domain; feasible whatever the solver left over
	use   []float64 // x by column
}

func (r *relaxed) bound() float64 {
	sum := 0.0
	for _, p := range r.price {
		sum += p
	}
	return sum
}

// reduced is what a pool is worth beyond its members' prices: not above 0.
func (r *relaxed) reduced(members []int, value float64) float64 {
	for _, j := range members {
		value -= r.price[j]
	}
	return value
}

// solve runs the revised simplex method with an explicit inverse of the basis.
// It begins with every domain alone, a feasible basis. Right-hand sides differ
// a little, so that no two bases are equal and the method cannot cycle; prices
// do not depend on them.
func (p *packing) solve(value []float64) *relaxed {
	const tolerance, pivotLeast = 1e-11, 1e-9
	scale := 0.0
	for _, v := range value {
		scale = max(scale, math.Abs(v))
	}
	b := newBasis(p.n)
	for range 50 * (p.n + 20) {
		price := b.price
		entering, most := -1, tolerance*scale
		for k := range p.columns {
			v := value[k]
			for _, j := range p.columns[k].members {
				v -= price[j]
			}
			if v > most {
				entering, most = k, v
			}
		}
		for j, x := range price {
			if -x > most {
				entering, most = len(p.columns)+j, -x
			}
		}
		if entering < 0 {
			break
		}
		members := []int{entering - len(p.columns)}
		if entering < len(p.columns) {
			members = p.columns[entering].members
		}
		if !b.enter(entering, members, most, pivotLeast) {
			break
		}
	}
	out := &relaxed{price: b.price, use: make([]float64, len(p.columns))}
	for i, k := range b.column {
		if k < len(p.columns) && k >= 0 {
			out.use[k] = b.x[i]
		}
	}
	out.raise(p.columns, value)
	return out
}

// raise makes prices feasible where rounding, or a solver that gave up, left
// them too low.
func (r *relaxed) raise(columns []column, value []float64) {
	for j := range r.price {
		r.price[j] = max(0, r.price[j])
	}
	for k, c := range columns {
		if short := r.reduced(c.members, value[k]); short > 0 {
			for _, j := range c.members {
				r.price[j] += short / float64(len(c.members))
			}
		}
	}
}

// basis is a basis of the simplex method: a column for each row.
type basis struct {
	n       int
	inverse []float64 // n × n
	column  []int     // by row; -1: the row's domain alone, from the start
	x       []float64 // value of each row's column
	price   []float64
}

func newBasis(n int) *basis {
	b := &basis{n: n, inverse: make([]float64, n*n), column: make([]int, n), x: make([]float64, n), price: make([]float64, n)}
	fraction := 0.0
	for i := range n {
		b.inverse[i*n+i] = 1
		b.column[i] = -1
		_, fraction = math.Modf(fraction + math.Phi)
		b.x[i] = 1 + 1e-6*(1+fraction)
	}
	return b
}

// enter brings a column, given by the rows in which it has a one, into the
// basis. It returns false where none can leave.
func (b *basis) enter(k int, rows []int, reduced, least float64) bool {
	n := b.n
	leaving, ratio := -1, math.Inf(1)
	direction := make([]float64, n)
	for i := range n {
		row := b.inverse[i*n : i*n+n]
		for _, j := range rows {
			direction[i] += row[j]
		}
		if direction[i] > least {
			if q := b.x[i] / direction[i]; q < ratio {
				leaving, ratio = i, q
			}
		}
	}
	if leaving < 0 {
		return false
	}
	pivot := b.inverse[leaving*n : leaving*n+n]
	d := direction[leaving]
	for j := range pivot {
		pivot[j] /= d
		b.price[j] += reduced * pivot[j]
	}
	b.x[leaving] = ratio
	b.column[leaving] = k
	for i := range n {
		f := direction[i]
		if i == leaving || f == 0 {
			continue
		}
		row := b.inverse[i*n : i*n+n]
		for j := range row {
			row[j] -= f * pivot[j]
		}
		b.x[i] = max(0, b.x[i]-f*ratio)
	}
	return true
}

// round takes the columns one after another, as far as they are disjoint:
// those that the relaxation uses most first, then those worth most.
func (p *packing) round(use, value []float64) []set {
	order := make([]int, 0, len(p.columns))
	for k := range p.columns {
		if use[k] > 1e-6 || value[k] > 0 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(math.Round(1e6*use[b]), math.Round(1e6*use[a])), cmp.Compare(value[b], value[a]))
	})
	return p.take(order)
}

// take makes a partition of the columns in their order, as far as they are
// disjoint, with all other domains alone.
func (p *packing) take(order []int) []set {
	var out []set
	left := solve.AllOf(p.n)
	for _, k := range order {
		pool := p.columns[k].pool
		if pool.Minus(left).Empty() {
			out = append(out, pool)
			left = left.Minus(pool)
		}
	}
	for j := range left.All() {
		out = append(out, solve.SetOf(j))
	}
	return out
}
