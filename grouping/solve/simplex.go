package solve

import "math"

// frame is what the linear program of some columns must keep to.
type frame struct {
	n       int // items
	most    int // pools
	budget  float64
	bounded bool // by most
	limited bool // by budget
	scale   float64
	work    *int
}

// rows are the items, and one each for the bounds on pools and on costs.
func (f *frame) rows() int {
	r := f.n
	if f.bounded {
		r++
	}
	if f.limited {
		r++
	}
	return r
}

// penalty is what leaving an item unserved costs in the linear program: more than
// any choice that serves all can be worth less than another.
func (f *frame) penalty() float64 { return 1e3 * f.scale * float64(f.n) }

// least is below what any choice is worth that serves all items.
func (f *frame) least() float64 { return -1.001*f.scale*float64(f.n) - 1e-9*f.scale }

// relaxed is a solution of a linear program.
type relaxed struct {
	prices prices
	bound  float64
	use    []float64 // x by active column
}

// possible says whether the relaxation serves all items.
func (r *relaxed) possible(f *frame) bool { return r.bound >= f.least() }

// simplex is the revised simplex method with an explicit inverse of the basis. It
// begins with an artificial column for each item, at a penalty, and a slack for
// each bound. Right-hand sides differ a little, so that no two bases are equal and
// the method does not cycle; prices do not depend on them.
type simplex struct {
	*frame
	inverse []float64 // rows × rows
	basic   []int     // column by row; below 0: artificial, or slack
	x       []float64
	price   []float64
	columns []column
}

const artificial = -1

func newSimplex(f *frame) *simplex {
	r := f.rows()
	s := &simplex{frame: f, inverse: make([]float64, r*r), basic: make([]int, r), x: make([]float64, r), price: make([]float64, r)}
	fraction := 0.0
	for i := range r {
		s.inverse[i*r+i] = 1
		s.basic[i] = artificial
		_, fraction = math.Modf(fraction + math.Phi)
		s.x[i] = 1 + 1e-6*(1+fraction)
		if i < f.n {
			s.price[i] = -f.penalty()
		}
	}
	if f.bounded {
		s.x[f.n] += float64(f.most) - 1
	}
	if f.limited {
		s.x[r-1] = f.budget + 1e-6*(1+f.budget)
	}
	return s
}

// reduced is what a column is worth beyond the prices.
func (s *simplex) reduced(c *column) float64 {
	r := c.value
	for _, i := range c.list {
		r -= s.price[i]
	}
	at := s.n
	if s.bounded {
		r -= s.price[at]
		at++
	}
	if s.limited {
		r -= s.price[at] * c.cost
	}
	return r
}

// optimise runs until no column is worth more than its prices.
func (s *simplex) optimise() {
	rows := s.rows()
	least := 1e-10 * s.scale * float64(s.n)
	direction := make([]float64, rows)
	for range 60 * (rows + 20) {
		*s.work -= rows*rows + 4*len(s.columns)
		entering, most := -1, least
		for k := range s.columns {
			if r := s.reduced(&s.columns[k]); r > most {
				entering, most = k, r
			}
		}
		// Slacks have the value 0.
		slack := -1
		for i := s.n; i < rows; i++ {
			if -s.price[i] > most {
				slack, most = i, -s.price[i]
			}
		}
		switch {
		case slack >= 0:
			for i := range direction {
				direction[i] = s.inverse[i*rows+slack]
			}
			entering = artificial
		case entering >= 0:
			c := &s.columns[entering]
			for i := range direction {
				row := s.inverse[i*rows : i*rows+rows]
				d := 0.0
				for _, j := range c.list {
					d += row[j]
				}
				at := s.n
				if s.bounded {
					d += row[at]
					at++
				}
				if s.limited {
					d += row[at] * c.cost
				}
				direction[i] = d
			}
		default:
			return
		}
		if !s.enter(entering, direction, most) {
			return
		}
	}
}

// enter brings a column into the basis. It returns false where none can leave.
func (s *simplex) enter(k int, direction []float64, reduced float64) bool {
	rows := s.rows()
	leaving, ratio := -1, math.Inf(1)
	for i, d := range direction {
		if d > 1e-9 {
			if q := s.x[i] / d; q < ratio {
				leaving, ratio = i, q
			}
		}
	}
	if leaving < 0 {
		return false
	}
	pivot := s.inverse[leaving*rows : leaving*rows+rows]
	d := direction[leaving]
	for j := range pivot {
		pivot[j] /= d
		s.price[j] += reduced * pivot[j]
	}
	s.x[leaving] = ratio
	s.basic[leaving] = k
	for i, f := range direction {
		if i == leaving || f == 0 {
			continue
		}
		row := s.inverse[i*rows : i*rows+rows]
		for j, p := range pivot {
			row[j] -= f * p
		}
		s.x[i] = max(0, s.x[i]-f*ratio)
	}
	return true
}

// prices are those of the rows.
func (s *simplex) prices() prices {
	p := prices{item: append([]float64(nil), s.price[:s.n]...)}
	at := s.n
	if s.bounded {
		p.pool = max(0, s.price[at])
		at++
	}
	if s.limited {
		p.cost = max(0, s.price[at])
	}
	return p
}

// bound is what no choice exceeds at the given prices, where no column is worth
// more than most beyond them.
func (f *frame) bound(p *prices, most float64) float64 {
	sum := float64(min(f.most, f.n)) * max(0, most)
	for _, x := range p.item {
		sum += x
	}
	if f.bounded {
		sum += float64(f.most) * p.pool
	}
	if f.limited {
		sum += f.budget * p.cost
	}
	return sum
}

// solve generates columns until none is worth more than its prices, or the work
// is spent.
func (s *simplex) solve(from source) *relaxed {
	out := &relaxed{bound: math.Inf(1)}
	seen := map[string]bool{}
	for {
		s.optimise()
		p := s.prices()
		added := 0
		least := 1e-9 * s.scale
		bound := from.price(&p, least, func(c column) {
			if k := c.key(); !seen[k] {
				seen[k] = true
				s.columns = append(s.columns, c)
				added++
			}
		})
		if bound < out.bound {
			out.bound, out.prices = bound, p
		}
		if added == 0 || *s.work <= 0 {
			break
		}
	}
	if out.prices.item == nil {
		out.prices = s.prices()
	}
	out.use = make([]float64, len(s.columns))
	for i, k := range s.basic {
		if k >= 0 {
			out.use[k] = s.x[i]
		}
	}
	return out
}

// key tells columns apart.
func (c *column) key() string {
	b := make([]byte, 0, 8+4*len(c.list))
	b = append(b, byte(c.pool), byte(c.pool>>8), byte(c.pool>>16), byte(c.pool>>24))
	for _, i := range c.list {
		b = append(b, byte(i), byte(i>>8))
	}
	return string(b)
}
