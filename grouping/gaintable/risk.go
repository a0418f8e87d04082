package gaintable

import (
	"math"

	"github.com/sharewise/sharewise/grouping/solve"
)

// riskSolves is how many problems are solved for the objective Risk, at most.
const riskSolves = 60

// risk maximises mean - a·√V, with V the variance of the mean. For an interval of s
// from low to high,
//
//	mean - a·V/(2·high) - a·low/2
//
// bounds all choices whose √V lies in it, and is a sum over domains. The interval
// with the largest bound is halved until no bound exceeds the best choice met.
func (c *chooser) risk(rules []solve.Rule) (*solve.Solution, error) {
	a := c.options.aversion()
	worth := func(s *solve.Solution) float64 {
		mean, variance := 0.0, 0.0
		c.each(s, func(p *Pool, i, j int) {
			mean += c.weights[j] * p.Gain[i]
			variance += square(c.weights[j] * errorOf(p, i))
		})
		return mean - a*math.Sqrt(variance)
	}
	var best *solve.Solution
	// at solves the problem for a value of s and returns its bound, less a·s/2.
	at := func(s float64) (float64, error) {
		problem := c.problem(rules, func(p *Pool, i int) float64 { return p.Gain[i] })
		problem.Weight = nil
		for k := range problem.Pools {
			q := &c.table.Pools[k]
			for i, j := range q.Serves {
				w := c.weights[j]
				problem.Pools[k].Gain[i] = w*q.Gain[i] - a*square(w*errorOf(q, i))/(2*s)
			}
		}
		found, err := solve.Solve(problem)
		if err != nil {
			return 0, err
		}
		found.Value = worth(found)
		if best == nil || found.Value > best.Value {
			bound := found.Bound
			best = found
			return bound, nil
		}
		return found.Bound, nil
	}
	top := 0.0 // no choice has a larger standard error
	for j := range c.table.Domains {
		largest := 0.0
		for k := range c.table.Pools {
			for i, served := range c.table.Pools[k].Serves {
				if served == j {
					largest = max(largest, errorOf(&c.table.Pools[k], i))
				}
			}
		}
		top += square(c.weights[j] * largest)
	}
	top = max(math.Sqrt(top), 1e-9)
	type interval struct{ low, high, bound float64 }
	first, err := at(top)
	if err != nil {
		return nil, err
	}
	open := []interval{{0, top, first}}
	least := 1e-9 * max(1, math.Abs(best.Value))
	bound := first
	for range riskSolves {
		at0 := 0
		for k := range open {
			if open[k].bound > open[at0].bound {
				at0 = k
			}
		}
		bound = open[at0].bound
		if bound <= best.Value+least {
			break
		}
		wide := open[at0]
		mid := (wide.low + wide.high) / 2
		lower, err := at(mid)
		if err != nil {
			return nil, err
		}
		upper, err := at(wide.high)
		if err != nil {
			return nil, err
		}
		open[at0] = interval{wide.low, mid, min(wide.bound, lower-a*wide.low/2)}
		open = append(open, interval{mid, wide.high, min(wide.bound, upper-a*mid/2)})
	}
	best.Bound = max(best.Value, bound)
	best.Optimal = bound <= best.Value+least
	return best, nil
}

func square(x float64) float64 { return x * x }
