package gaintable

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/grouping/solve"
)

// maxExtrapolated is the largest number of pools that are listed.
const maxExtrapolated = 60_000

// extrapolated is the table with pools of three and more that it does not list and
// all pairs of which it does, smaller ones first. It returns false where there are
// too many: then those of the next size are left out.
func (t *Table) extrapolated(rules []solve.Rule) (*Table, bool) {
	out := *t
	out.Pools = append([]Pool(nil), t.Pools...)
	n := len(t.Domains)
	known := map[solve.Set]bool{}
	pair := make([]int, n*n) // index of the pool; -1: not listed, or not for both
	for i := range pair {
		pair[i] = -1
	}
	for k := range t.Pools {
		p := &t.Pools[k]
		known[p.Train] = true
		if p.Train.Count() == 2 && len(p.Serves) == 2 {
			i, j := p.Train.First(), p.Train.Last()
			pair[i*n+j], pair[j*n+i] = k, k
		}
	}
	level := [][]int{}
	for i := range n {
		level = append(level, []int{i})
	}
	for size := 2; size <= n && len(level) > 0; size++ {
		var next [][]int
		for _, pool := range level {
			for j := pool[len(pool)-1] + 1; j < n; j++ {
				if !linked(pair, n, pool, j) {
					continue
				}
				if size > 2 && len(next) == maxExtrapolated {
					return &out, false
				}
				next = append(next, append(append([]int(nil), pool...), j))
			}
		}
		if size > 2 {
			if len(out.Pools)-len(t.Pools)+len(next) > maxExtrapolated {
				return &out, false
			}
			for _, members := range next {
				if train := solve.SetOf(members...); !known[train] && solve.Untrainable(rules, train) == "" {
					out.Pools = append(out.Pools, t.fromPairs(train, pair))
				}
			}
		}
		level = next
	}
	return &out, true
}

func linked(pair []int, n int, pool []int, j int) bool {
	for _, i := range pool {
		if pair[i*n+j] < 0 {
			return false
		}
	}
	return true
}

// fromPairs is a pool in which a member's gain, and its limits, are the means of
// those of its pairs.
func (t *Table) fromPairs(train solve.Set, pair []int) Pool {
	n := len(t.Domains)
	p := Pool{Train: train, Cost: 1, Memory: math.NaN(), Latency: math.NaN(), Source: Extrapolated}
	others := float64(train.Count() - 1)
	for j := range train.All() {
		gain, lo, hi := 0.0, 0.0, 0.0
		var terms []term
		for i := range train.All() {
			if i == j {
				continue
			}
			q := &t.Pools[pair[j*n+i]]
			at := 0
			if q.Serves[1] == j {
				at = 1
			}
			gain, lo, hi = gain+q.Gain[at], lo+q.Lo[at], hi+q.Hi[at]
			if q.terms != nil {
				for _, x := range q.terms[at] {
					terms = append(terms, term{x.cell, x.weight / others})
				}
			}
		}
		p.Serves = append(p.Serves, j)
		if t.draws != nil {
			p.terms = append(p.terms, terms)
		}
		p.Gain = append(p.Gain, gain/others)
		p.Lo, p.Hi = append(p.Lo, lo/others), append(p.Hi, hi/others)
	}
	return p
}

// ceiling is what no choice exceeds, whatever pools are extrapolated: a mean of
// pair gains is no larger than the largest. It is a bound of the mean by weights,
// and of the worst gain.
func (t *Table) ceiling(weights []float64) (mean, worst float64) {
	top := make([]float64, len(t.Domains))
	for j := range top {
		top[j] = math.Inf(-1)
	}
	for k := range t.Pools {
		p := &t.Pools[k]
		for i, j := range p.Serves {
			top[j] = max(top[j], p.Gain[i])
		}
	}
	worst = math.Inf(1)
	for j, g := range top {
		mean += weights[j] * g
		worst = min(worst, g)
	}
	return mean, worst
}

func tooMany(listed int) string {
	return fmt.Sprintf("There are too many pools to extrapolate: the %d smallest are candidates, and the bound holds for all.", listed)
}
