package gaintable

import (
	"math"

	"github.com/sharewise/sharewise/grouping/solve"
)

// riskSolves is how many problems are solved for the objective Risk, at most.
const riskSolves = 120

// risk maximises mean - a·√V, with V the variance of the mean. Between two standard
// errors, low and high, the root lies above its chord,
//
//	√V ≥ (V + low·high)/(low + high),
//
// with equality at both, so that
//
//	mean - a·(V + low·high)/(low + high)
//
// bounds all choices whose √V lies between them, and is a sum over domains. The
// interval with the largest bound is split: where the choice with that bound has its
// own √V, at which both parts are then exact, or else in the middle. It ends where no
// bound exceeds the best choice met, or cutting has less to win than solutions leave
// unproved.
func (c *chooser) risk(rules []solve.Rule) (*solve.Solution, error) {
	a := c.options.aversion()
	if a == 0 {
		return solve.Solve(c.problem(rules, gainOf))
	}
	var best *solve.Solution
	// over solves the relaxed problem of an interval, whose bound is at most that of
	// the interval it is a part of.
	over := func(low, high, most float64) (interval, error) {
		problem := c.problem(rules, gainOf)
		problem.Weight = nil
		for k := range problem.Pools {
			q := &c.table.Pools[k]
			for i, j := range q.Serves {
				w := c.weights[j]
				problem.Pools[k].Gain[i] = w*q.Gain[i] - a*square(w*errorOf(q, i))/(low+high)
			}
		}
		found, err := solve.Solve(problem)
		if err != nil {
			return interval{}, err
		}
		mean, variance := 0.0, 0.0
		c.each(found, func(p *Pool, i, j int) {
			mean += c.weights[j] * p.Gain[i]
			variance += square(c.weights[j] * errorOf(p, i))
		})
		out := interval{
			low: low, high: high, bound: min(most, found.Bound-a*low*high/(low+high)),
			met: math.Sqrt(variance), unproved: found.Bound - found.Value,
		}
		found.Value = mean - a*out.met
		if best == nil || found.Value > best.Value {
			best = found
		}
		return out, nil
	}
	whole, err := over(0, c.largestError(), math.Inf(1))
	if err != nil {
		return nil, err
	}
	open := []interval{whole}
	for solves := 1; ; solves += 2 {
		at := 0
		for k := range open {
			if open[k].bound > open[at].bound {
				at = k
			}
		}
		wide := open[at]
		least := 1e-9 * max(1, math.Abs(best.Value))
		if wide.bound <= best.Value+least || wide.slack(a) < wide.unproved || solves >= riskSolves {
			best.Bound = max(best.Value, wide.bound)
			best.Optimal = wide.bound <= best.Value+least
			return best, nil
		}
		split := wide.split()
		lower, err := over(wide.low, split, wide.bound)
		if err != nil {
			return nil, err
		}
		upper, err := over(split, wide.high, wide.bound)
		if err != nil {
			return nil, err
		}
		open[at] = lower
		open = append(open, upper)
	}
}

// interval is one of standard errors of the mean.
type interval struct {
	low, high float64
	bound     float64 // no choice with an error between them is worth more
	met       float64 // the error of the choice that the bound is from
	unproved  float64 // by how much its bound exceeds that choice, relaxed alike
}

// slack is how far the chord lies below the root at most, by an aversion: what is
// left to win by cutting the interval.
func (v interval) slack(aversion float64) float64 {
	return aversion * square(v.high-v.low) / (4 * (v.low + v.high))
}

// split is where to cut an interval.
func (v interval) split() float64 {
	if margin := 1e-6 * (v.high - v.low); v.met > v.low+margin && v.met < v.high-margin {
		return v.met
	}
	return (v.low + v.high) / 2
}

// largestError is one that no choice exceeds, and more than 0.
func (c *chooser) largestError() float64 {
	largest := make([]float64, len(c.table.Domains))
	for k := range c.table.Pools {
		p := &c.table.Pools[k]
		for i, j := range p.Serves {
			largest[j] = max(largest[j], c.weights[j]*errorOf(p, i))
		}
	}
	sum := 0.0
	for _, se := range largest {
		sum += square(se)
	}
	return max(math.Sqrt(sum), 1e-9)
}

func square(x float64) float64 { return x * x }
