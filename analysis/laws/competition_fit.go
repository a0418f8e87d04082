package laws

import (
	"math"
	"slices"
)

// FitCompetition fits a Competition to the losses of models of three sizes or more by
// least squares of relative errors, from several starts: domains that do not compete,
// and, for each of several values of Common, rooms that follow from the domains'
// parameters and these from rooms in turns. Given rooms, a domain is fitted by a grid
// over both powers with the other three parameters in closed form, not below zero.
// Every start is improved in all parameters together (Levenberg and Marquardt), and
// the best is kept.
func FitCompetition(observations []Observation) (*Competition, error) {
	if err := checkObservations(observations); err != nil {
		return nil, err
	}
	f := newFitting(observations)
	starts := []*Competition{f.apart(0.02), f.apart(0.5), f.apart(0.99)}
	for _, common := range []float64{0.02, 0.5} {
		starts = append(starts, f.turns(common*f.smallest))
	}
	var best *Competition
	least := math.Inf(1)
	for _, start := range starts {
		c := f.polish(start)
		if s := f.squares(c); best == nil || s < least {
			best, least = c, s
		}
	}
	f.inUnits(best)
	return best, nil
}

// FitApart fits the law of FitCompetition without competition: the whole model is room
// for each domain. Where it predicts better, domains did not compete in this way.
func FitApart(observations []Observation) (*Competition, error) {
	if err := checkObservations(observations); err != nil {
		return nil, err
	}
	f := newFitting(observations)
	c := &Competition{Apart: true}
	rooms := make([][]float64, len(f.all))
	for k, o := range f.all {
		rooms[k] = make([]float64, f.n)
		for i := range rooms[k] {
			rooms[k][i] = o.Size
		}
	}
	for i := range f.n {
		c.Domains = append(c.Domains, f.domain(i, rooms))
	}
	c = f.polish(c)
	f.inUnits(c)
	return c, nil
}

// apart fits domains as if each had an equal part of what is not common.
func (f *fitting) apart(common float64) *Competition {
	c := &Competition{Common: common * f.smallest}
	rooms := make([][]float64, len(f.all))
	for k, o := range f.all {
		for range f.n {
			rooms[k] = append(rooms[k], c.Common+(o.Size-c.Common)/float64(f.n))
		}
	}
	for i := range f.n {
		c.Domains = append(c.Domains, f.domain(i, rooms))
	}
	return c
}

// fitting works in units of the largest size and of the most data.
type fitting struct {
	all      []Observation
	size     float64
	data     float64
	smallest float64
	n        int
}

func newFitting(observations []Observation) *fitting {
	f := &fitting{n: len(observations[0].Losses), smallest: math.Inf(1)}
	for _, o := range observations {
		f.size, f.data = max(f.size, o.Size), max(f.data, o.Data)
	}
	for _, o := range observations {
		o.Size, o.Data = o.Size/f.size, o.Data/f.data
		f.smallest = min(f.smallest, o.Size)
		f.all = append(f.all, o)
	}
	return f
}

func (f *fitting) inUnits(c *Competition) {
	c.Common *= f.size
	for i := range c.Domains {
		d := &c.Domains[i]
		d.Room *= math.Pow(f.size, d.RoomPower)
		d.Noise *= math.Pow(f.data, d.NoisePower)
	}
}

// The powers that are looked at in turns.
var powers = []float64{0.03, 0.06, 0.1, 0.15, 0.2, 0.27, 0.35, 0.45, 0.6, 0.8, 1.1, 1.5, 2}

func (f *fitting) turns(common float64) *Competition {
	c := &Competition{Common: common, Domains: make([]Competitor, f.n)}
	for i := range c.Domains {
		c.Domains[i] = Competitor{Room: 1, RoomPower: 0.3}
	}
	for range 6 {
		rooms := make([][]float64, len(f.all))
		for k, o := range f.all {
			rooms[k] = c.Allocate(o.Weights, o.Size)
		}
		for i := range c.Domains {
			c.Domains[i] = f.domain(i, rooms)
		}
	}
	return c
}

// domain fits one domain by rooms that are known.
func (f *fitting) domain(i int, rooms [][]float64) Competitor {
	var loss []float64
	byRoom, byData := make([][]float64, len(powers)), make([][]float64, len(powers))
	for k, o := range f.all {
		y := o.Losses[i]
		if math.IsNaN(y) {
			continue
		}
		loss = append(loss, y)
		for p, power := range powers {
			byRoom[p] = append(byRoom[p], math.Pow(rooms[k][i], -power)/y)
			byData[p] = append(byData[p], math.Pow(o.Data*o.Weights[i], -power)/y)
		}
	}
	constant := make([]float64, len(loss))
	for k, y := range loss {
		constant[k] = 1 / y
	}
	best, least := Competitor{}, math.Inf(1)
	for b, power := range powers {
		for a, noise := range powers {
			x, squares := notNegative([][]float64{byRoom[b], byData[a], constant})
			if squares < least && x[0] > 0 {
				least, best = squares, Competitor{Room: x[0], RoomPower: power, Noise: x[1], NoisePower: noise, Irreducible: x[2]}
			}
		}
	}
	if best.Room == 0 { // size changes nothing: keep the allocation defined
		best = Competitor{Room: 1e-6, RoomPower: 0.3, Irreducible: slices.Min(loss)}
	}
	return best
}

// notNegative is the least squares solution of Σ_j x_j column_j = 1 with no x_j below
// zero, by looking at all sets of columns, of which there are few, and its sum of
// squares.
func notNegative(columns [][]float64) ([]float64, float64) {
	n := len(columns)
	gram, right := make([][]float64, n), make([]float64, n)
	for i := range columns {
		gram[i] = make([]float64, n)
		for j := range columns {
			for k, x := range columns[i] {
				gram[i][j] += x * columns[j][k]
			}
		}
		for _, x := range columns[i] {
			right[i] += x
		}
	}
	best, least := make([]float64, n), float64(len(columns[0]))
	for set := 1; set < 1<<n; set++ {
		var in []int
		for i := range n {
			if set>>i&1 == 1 {
				in = append(in, i)
			}
		}
		x, ok := solveSmall(gram, right, in)
		if !ok || slices.ContainsFunc(x, func(v float64) bool { return v < 0 }) {
			continue
		}
		squares := float64(len(columns[0]))
		for k, i := range in {
			squares -= x[k] * right[i]
		}
		if squares < least {
			least = squares
			clear(best)
			for k, i := range in {
				best[i] = x[k]
			}
		}
	}
	return best, least
}

// solveSmall solves the equations of some rows by elimination.
func solveSmall(gram [][]float64, right []float64, in []int) ([]float64, bool) {
	n := len(in)
	rows := make([][]float64, n)
	for i := range in {
		rows[i] = make([]float64, n+1)
		for j := range in {
			rows[i][j] = gram[in[i]][in[j]]
		}
		rows[i][n] = right[in[i]]
	}
	for i := range rows {
		if rows[i][i] <= 1e-12*gram[in[i]][in[i]] {
			return nil, false
		}
		for j := i + 1; j < n; j++ {
			factor := rows[j][i] / rows[i][i]
			for k := i; k <= n; k++ {
				rows[j][k] -= factor * rows[i][k]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = rows[i][n]
		for j := i + 1; j < n; j++ {
			x[i] -= rows[i][j] * x[j]
		}
		x[i] /= rows[i][i]
	}
	return x, true
}
