package gaintable

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/grouping/solve"
)

// jointNodes is how many partial choices are looked at where gains err together, at
// most.
const jointNodes = 1_000_000

// riskNodes are those of the objective Risk, each of which adds up all draws.
const riskNodes = 100_000

// joint chooses by joint draws of the gains, for the objectives NoHarm and Risk, which
// then are no sums over domains: depth first, one domain after another, beginning with
// the choice that takes gains to err independently.
//
// The probability of no harm is the share of draws in which nobody is harmed, which can
// only fall while domains are added, so that choices are cut off early. The mean less
// aversion times its standard error, both over draws, is bounded by the best means of
// what is left.
type joint struct {
	*chooser
	rules   []solve.Rule
	options [][]option // by domain
	drawn   [][]option // by pool and place in Serves
	top     []float64  // the best that the domains from here on can add to the mean
	left    int        // nodes

	best   float64
	mean   float64 // of the best
	picked []option
	found  []option // nil: none
}

// option is a domain served by a pool.
type option struct {
	pool, at, domain int
	gain             []float64 // by draw, times the domain's weight
	mean             float64
	fine             []uint64 // draws in which it is not harmed
}

// joint improves a choice, made as if gains erred independently, by joint draws.
func (c *chooser) joint(rules []solve.Rule, start *solve.Solution) *solve.Solution {
	j := &joint{chooser: c, rules: rules, left: jointNodes, best: math.Inf(-1), mean: math.Inf(-1)}
	if c.options.objective() == Risk {
		j.left = riskNodes
	}
	j.prepare()
	all := make([]option, len(c.table.Domains))
	c.each(start, func(p *Pool, i, domain int) {
		for _, o := range j.options[domain] {
			if &c.table.Pools[o.pool] == p {
				all[domain] = o
			}
		}
	})
	j.take(all)
	whole := j.search(0, nil, nil, map[int]bool{}, 0)
	out := j.solution()
	out.Bound, out.Optimal = out.Value, whole
	if !whole {
		out.Bound = max(out.Value, j.bound())
	}
	return out
}

// prepare values what serves each domain.
func (j *joint) prepare() {
	n := len(j.table.Domains)
	j.options = make([][]option, n)
	j.drawn = make([][]option, len(j.table.Pools))
	for k := range j.table.Pools {
		p := &j.table.Pools[k]
		j.drawn[k] = make([]option, len(p.Serves))
		helpers := j.chooser.options.Helpers
		if solve.Untrainable(j.rules, p.Train) != "" || !helpers && (solve.Forbidden(j.rules, p.Train) != "" || len(p.Serves) < p.Train.Count()) {
			continue
		}
		for i, d := range p.Serves {
			if helpers && slices.ContainsFunc(j.rules, func(r solve.Rule) bool { return r.Refuses != nil && r.Refuses(p.Train, d) }) {
				continue
			}
			o := option{pool: k, at: i, domain: d, gain: make([]float64, len(j.table.draws)), fine: make([]uint64, (len(j.table.draws)+63)/64)}
			for x, draw := range j.table.draws {
				gain := 0.0 // of a domain alone
				for _, t := range p.terms[i] {
					gain += t.weight * draw[t.cell]
				}
				o.gain[x] = j.weights[d] * gain
				o.mean += o.gain[x] / float64(len(j.table.draws))
				if gain >= 0 {
					o.fine[x/64] |= 1 << (x % 64)
				}
			}
			j.drawn[k][i] = o
			j.options[d] = append(j.options[d], o)
		}
	}
	for _, of := range j.options {
		slices.SortStableFunc(of, func(a, b option) int {
			if j.chooser.options.objective() == NoHarm {
				if x := count(b.fine) - count(a.fine); x != 0 {
					return x
				}
			}
			switch {
			case a.mean > b.mean:
				return -1
			case a.mean < b.mean:
				return 1
			}
			return 0
		})
	}
	j.top = make([]float64, n+1)
	for d := n - 1; d >= 0; d-- {
		most := math.Inf(-1)
		for _, o := range j.options[d] {
			most = max(most, o.mean)
		}
		j.top[d] = j.top[d+1] + most
	}
}

func count(fine []uint64) int {
	n := 0
	for _, w := range fine {
		n += bits.OnesCount64(w)
	}
	return n
}

func (j *joint) share(fine []uint64) float64 {
	return float64(count(fine)) / float64(len(j.table.draws))
}

// risk is the mean less aversion times the standard error, of what is gained by draw.
func (j *joint) risk(total []float64) float64 {
	mean, sd := stat.MeanStdDev(total, nil)
	return mean - j.chooser.options.aversion()*sd
}

// take keeps a choice if it is better: of equal probabilities of no harm the one with
// the larger mean.
func (j *joint) take(choice []option) {
	value, mean := 0.0, 0.0
	for _, o := range choice {
		mean += j.weights[o.domain] * j.table.Pools[o.pool].Gain[o.at]
	}
	if j.chooser.options.objective() == NoHarm {
		var fine []uint64
		for _, o := range choice {
			fine = both(fine, o.fine)
		}
		value = j.share(fine)
	} else {
		total := make([]float64, len(j.table.draws))
		for _, o := range choice {
			add(total, o.gain)
		}
		value = j.risk(total)
	}
	if value > j.best || value == j.best && mean > j.mean+1e-12 {
		j.best, j.mean, j.found = value, mean, slices.Clone(choice)
	}
}

func both(a, b []uint64) []uint64 {
	if a == nil {
		return b
	}
	out := make([]uint64, len(a))
	for i := range a {
		out[i] = a[i] & b[i]
	}
	return out
}

func add(to, x []float64) {
	for i := range to {
		to[i] += x[i]
	}
}

// search chooses who serves the domains from d on. Open are the pools that are paid
// for, cost theirs. It returns false where it ran out of nodes.
func (j *joint) search(d int, fine []uint64, total []float64, open map[int]bool, cost float64) bool {
	if j.left--; j.left < 0 {
		return false
	}
	n := len(j.table.Domains)
	for d < n && slices.ContainsFunc(j.picked, func(o option) bool { return o.domain == d }) {
		d++
	}
	if d == n {
		if j.kept() {
			j.take(j.picked)
		}
		return true
	}
	whole := true
	for _, o := range j.options[d] {
		more, paid := []option{o}, cost
		if !open[o.pool] {
			paid += j.table.Pools[o.pool].Cost
			if b := j.chooser.options.Budget; b != nil && paid > *b+solve.BudgetTolerance || j.chooser.options.MaxModels > 0 && len(open) == j.chooser.options.MaxModels {
				continue
			}
			if !j.chooser.options.Helpers {
				if more = j.drawn[o.pool]; slices.ContainsFunc(more, func(m option) bool { return j.served(m.domain) }) {
					continue
				}
			}
		} else if !j.chooser.options.Helpers {
			continue
		}
		nextFine, nextTotal := fine, total
		if j.chooser.options.objective() == Risk {
			nextTotal = make([]float64, len(j.table.draws))
			copy(nextTotal, total)
			for _, m := range more {
				add(nextTotal, m.gain)
			}
		} else {
			for _, m := range more {
				nextFine = both(nextFine, m.fine)
			}
		}
		picked := len(j.picked)
		j.picked = append(j.picked, more...)
		if j.promises(nextFine, nextTotal) {
			was := open[o.pool]
			open[o.pool] = true
			whole = j.search(d+1, nextFine, nextTotal, open, paid) && whole
			if !was {
				delete(open, o.pool)
			}
		}
		j.picked = j.picked[:picked]
		if !whole {
			return false
		}
	}
	return whole
}

func (j *joint) served(d int) bool {
	return slices.ContainsFunc(j.picked, func(o option) bool { return o.domain == d })
}

// promises says whether what was picked can still become better than the best.
func (j *joint) promises(fine []uint64, total []float64) bool {
	if j.chooser.options.objective() == NoHarm {
		return j.share(fine) >= j.best
	}
	reach := 0.0
	for d := range j.table.Domains {
		if !j.served(d) {
			reach += j.top[d] - j.top[d+1]
		}
	}
	return stat.Mean(total, nil)+reach > j.best+1e-12
}

// kept says whether what must be together is.
func (j *joint) kept() bool {
	at := make([]int, len(j.table.Domains))
	for _, o := range j.picked {
		at[o.domain] = o.pool
	}
	for _, r := range j.rules {
		for d := range r.Together.All() {
			if at[d] != at[r.Together.First()] {
				return false
			}
		}
	}
	return true
}

// bound is what no choice exceeds, looked at or not.
func (j *joint) bound() float64 {
	if j.chooser.options.objective() == Risk {
		return j.top[0]
	}
	bound := 1.0
	for _, of := range j.options {
		most := 0.0
		for _, o := range of {
			most = max(most, j.share(o.fine))
		}
		bound = min(bound, most)
	}
	return bound
}

// solution is the best choice.
func (j *joint) solution() *solve.Solution {
	s := &solve.Solution{Value: j.best}
	serves := map[int]solve.Set{}
	for _, o := range j.found {
		serves[o.pool] = serves[o.pool].With(o.domain)
		s.Sum += j.weights[o.domain] * j.table.Pools[o.pool].Gain[o.at]
	}
	for k, served := range serves {
		p := &j.table.Pools[k]
		s.Chosen = append(s.Chosen, solve.Choice{Pool: k, Train: p.Train, Serves: served, Cost: p.Cost})
		s.Cost += p.Cost
	}
	slices.SortFunc(s.Chosen, func(a, b solve.Choice) int { return a.Serves.First() - b.Serves.First() })
	return s
}

// errorsNote says how the errors of gains were taken to go together, where the
// objective rests on that.
func (c *chooser) errorsNote() string {
	if o := c.options.objective(); o != NoHarm && o != Risk {
		return ""
	}
	if c.table.draws == nil {
		return "Gains are taken to err independently, since a table says nothing of errors that they share: where runs or test samples are shared, the objective is a guide and no probability."
	}
	text := fmt.Sprintf("The objective is judged by %d joint draws of the gains, in which those that share runs or test samples err together", len(c.table.draws))
	if c.table.centred {
		text += ", around what is expected of each gain with fresh runs"
	}
	return text + "."
}
