package economics

import (
	"math"
	"slices"
)

// Estimate is a figure with its limits.
type Estimate struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Appraisal says what the options of a case are worth.
type Appraisal struct {
	// Options are in the order of the case.
	Options []Worth `json:"options"`
	// Best is the index of the option with the largest expected value, Second that
	// of the best other one.
	Best   int `json:"best"`
	Second int `json:"second"`
	// Perfect is the expected value of perfect information: nothing that could be
	// learned about gains is worth more.
	Perfect float64 `json:"perfect_information"`
}

// Worth is what an option is worth.
type Worth struct {
	// Benefit is what it brings a month beyond the reference, before costs.
	Benefit Estimate `json:"benefit"`
	Costs   Costs    `json:"costs"`
	// Present is the net present value, and Gain what it has over the reference's.
	Present Estimate `json:"present"`
	Gain    Estimate `json:"gain"`
	// Yearly is what it brings a year over the reference once it runs: benefit less
	// what it costs more by the month.
	Yearly Estimate `json:"yearly"`
	// Pays is the share of draws in which it is worth more than the reference, Best
	// that in which it is worth most of all.
	Pays float64 `json:"pays"`
	Best float64 `json:"best"`
}

// Appraise values all options of a case by the same draws.
func Appraise(c *Case) (*Appraisal, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	f := c.Prices.factors()
	out := &Appraisal{Options: make([]Worth, len(c.Options))}
	values := c.presents(f)
	costs := make([]Costs, len(c.Options))
	for a := range c.Options {
		costs[a] = c.optionCosts(&c.Options[a], f)
	}
	for a := range c.Options {
		o := &c.Options[a]
		w := &out.Options[a]
		w.Costs = costs[a]
		benefit := make([]float64, len(c.Draws))
		for d, cells := range c.Draws {
			benefit[d] = c.optionBenefit(o, cells)
		}
		at, zero := c.optionBenefit(o, c.Centre), c.optionBenefit(&c.Options[0], c.Centre)
		w.Benefit = c.estimate(at, benefit)
		w.Present = w.Benefit.scaled(f.monthly, -costs[a].Present)
		more := make([]float64, len(c.Draws))
		for d := range more {
			more[d] = benefit[d] - c.optionBenefit(&c.Options[0], c.Draws[d])
			if values[a][d] > values[0][d] {
				w.Pays += 1 / float64(len(c.Draws))
			}
		}
		difference := c.estimate(at-zero, more)
		w.Gain = difference.scaled(f.monthly, costs[0].Present-costs[a].Present)
		w.Yearly = difference.scaled(12, 12*(costs[0].Monthly-costs[a].Monthly))
	}
	for d := range c.Draws {
		out.Options[bestOf(values, d)].Best += 1 / float64(len(c.Draws))
	}
	out.Best, out.Second = out.ranking()
	out.Perfect = information(values)
	return out, nil
}

// presents are the net present values of every option in every draw.
func (c *Case) presents(f factors) [][]float64 { return c.presentsOf(c.Draws, f) }

func (c *Case) presentsOf(draws [][]float64, f factors) [][]float64 {
	out := make([][]float64, len(c.Options))
	for a := range c.Options {
		o := &c.Options[a]
		cost := c.optionCosts(o, f).Present
		out[a] = make([]float64, len(draws))
		for d, cells := range draws {
			out[a][d] = f.monthly*c.optionBenefit(o, cells) - cost
		}
	}
	return out
}

// bestOf is the option that is worth most in a draw, the first of equals.
func bestOf(values [][]float64, draw int) int {
	best := 0
	for a := range values {
		if values[a][draw] > values[best][draw] {
			best = a
		}
	}
	return best
}

// ranking finds the two options with the largest expected values.
func (r *Appraisal) ranking() (best, second int) {
	second = -1
	for a := range r.Options {
		if r.Options[a].Present.Value > r.Options[best].Present.Value {
			best = a
		}
	}
	for a := range r.Options {
		if a != best && (second < 0 || r.Options[a].Present.Value > r.Options[second].Present.Value) {
			second = a
		}
	}
	return best, second
}

// estimate takes limits from draws.
func (c *Case) estimate(value float64, draws []float64) Estimate {
	s := slices.Clone(draws)
	slices.Sort(s)
	tail := (1 - c.level()) / 2
	return Estimate{value, min(value, quantile(s, tail)), max(value, quantile(s, 1-tail))}
}

func (e Estimate) scaled(by, plus float64) Estimate {
	return Estimate{by*e.Value + plus, by*e.Lo + plus, by*e.Hi + plus}
}

// quantile of sorted numbers, between neighbours in proportion.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	low := int(math.Floor(at))
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
