package economics

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Input is one of the numbers that a result hinges on.
type Input struct {
	// Name is what it is called: value, value of NAME, decisions, operation, ...
	Name string
	// Unit says what it is counted in; empty for a plain factor.
	Unit string
	// Base is what the case says.
	Base float64
	// set returns the case with another number.
	set func(c *Case, x float64) *Case
	// whole says that it is a whole number, of which 0 is none.
	whole bool
	// limit is the largest number that makes sense; 0: none.
	limit float64
}

// mostValued is the largest number of domains whose values are inputs one by one.
const mostValued = 12

// Inputs lists those of a case that are not zero, and the horizon and the discount
// in any case. The value is a factor on the values of all domains; where all that
// have one have the same, in the same unit, it is that one.
func (c *Case) Inputs() []Input {
	price := func(name, unit string, at func(*Prices) *float64) Input {
		base := *at(&c.Prices)
		return Input{Name: name, Unit: unit, Base: base, set: func(c *Case, x float64) *Case {
			out := *c
			*at(&out.Prices) = x
			return &out
		}}
	}
	money := c.Prices.Currency
	all := c.valueInputs()
	all = append(all,
		Input{Name: "decisions", Base: 1, set: withDecisions},
		price("operation", money+" per model and month", func(p *Prices) *float64 { return &p.Operation }),
		price("setup", money+" per model", func(p *Prices) *float64 { return &p.Setup }),
		price("hour", money+" per hour of training", func(p *Prices) *float64 { return &p.Hour }),
		price("training", money+" per training", func(p *Prices) *float64 { return &p.Training }),
		price("compute", money+" per 10¹⁵ operations", func(p *Prices) *float64 { return &p.Compute }),
		price("memory", money+" per GB and month", func(p *Prices) *float64 { return &p.Memory }),
	)
	if !slices.ContainsFunc(c.Domains, func(d Domain) bool { return d.Decisions > 0 && (c.Prices.Compute > 0 || d.PerDecision) }) {
		all = slices.DeleteFunc(all, func(in Input) bool { return in.Name == "decisions" })
	}
	all = slices.DeleteFunc(all, func(in Input) bool { return in.Base == 0 })
	discount := price("discount", "a year", func(p *Prices) *float64 { return &p.Discount })
	discount.limit = 10
	horizon := Input{Name: "horizon", Unit: "months", Base: float64(c.Prices.Horizon), whole: true, limit: MaxHorizon, set: func(c *Case, x float64) *Case {
		out := *c
		out.Prices.Horizon = int(math.Round(x))
		return &out
	}}
	return append(all, horizon, discount)
}

func (c *Case) valueInputs() []Input {
	var valued []int
	same := true
	for j, d := range c.Domains {
		if d.Value > 0 {
			valued = append(valued, j)
			first := c.Domains[valued[0]]
			same = same && d.Unit != "" && d.Unit == first.Unit && d.Value == first.Value
		}
	}
	total := Input{Name: "value", Base: 1, set: func(c *Case, x float64) *Case { return withValues(c, func(_ int, v float64) float64 { return v * x }) }}
	if first := c.Domains[valued[0]]; same {
		total.Base, total.Unit = first.Value, first.Unit
		total.set = func(c *Case, x float64) *Case {
			return withValues(c, func(_ int, v float64) float64 { return v * x / first.Value })
		}
	}
	out := []Input{total}
	if len(valued) > mostValued || len(valued) < 2 {
		return out
	}
	for _, j := range valued {
		d := c.Domains[j]
		in := Input{Name: "value of " + d.Name, Unit: d.Unit, Base: d.Value}
		scale := 1.0
		if d.Unit == "" {
			scale, in.Base = d.Value, 1
		}
		in.set = func(c *Case, x float64) *Case {
			return withValues(c, func(i int, v float64) float64 {
				if i == j {
					return x * scale
				}
				return v
			})
		}
		out = append(out, in)
	}
	return out
}

func withValues(c *Case, to func(i int, v float64) float64) *Case {
	out := *c
	out.Domains = slices.Clone(c.Domains)
	for i := range out.Domains {
		out.Domains[i].Value = to(i, out.Domains[i].Value)
	}
	return &out
}

// withDecisions multiplies what is served. Values by the month stay.
func withDecisions(c *Case, x float64) *Case {
	out := *c
	out.Domains = slices.Clone(c.Domains)
	for i := range out.Domains {
		out.Domains[i].Decisions *= x
	}
	return &out
}

// Range is what an input may be.
type Range struct {
	Input string
	Low   float64
	High  float64
}

// Bar is what the best option has over the reference where one input is at the
// ends of its range, everything else as it is.
type Bar struct {
	Input  string  `json:"input"`
	Unit   string  `json:"unit"`
	Base   float64 `json:"base"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	AtLow  float64 `json:"at_low"`
	AtHigh float64 `json:"at_high"`
	// BestAtLow and BestAtHigh are the options that are best there.
	BestAtLow  int `json:"best_at_low"`
	BestAtHigh int `json:"best_at_high"`
}

// GainsInput is the bar of what is not known of gains: from the lower to the upper
// limit.
const GainsInput = "gains"

// Tornado varies every input over its range, half to twice its number unless ranges
// say otherwise, with the discount from 0 to twice. Bars that change most come
// first.
func Tornado(c *Case, ranges []Range) ([]Bar, error) {
	r, err := Appraise(c)
	if err != nil {
		return nil, err
	}
	inputs := c.Inputs()
	for _, given := range ranges {
		if !slices.ContainsFunc(inputs, func(in Input) bool { return in.Name == given.Input }) {
			names := make([]string, len(inputs))
			for i, in := range inputs {
				names[i] = in.Name
			}
			return nil, fmt.Errorf("economics: a range of %q, which is no input here; there are %s", given.Input, strings.Join(names, ", "))
		}
		if !(given.Low >= 0 && given.High >= given.Low) || math.IsInf(given.High, 0) {
			return nil, fmt.Errorf("economics: %s from %v to %v is no range", given.Input, given.Low, given.High)
		}
	}
	option := r.subject()
	of := r.Options[option].Gain
	bars := []Bar{{Input: GainsInput, Base: of.Value, Low: of.Lo, High: of.Hi, AtLow: of.Lo, AtHigh: of.Hi, BestAtLow: r.Best, BestAtHigh: r.Best}}
	for _, in := range inputs {
		b := Bar{Input: in.Name, Unit: in.Unit, Base: in.Base, Low: in.Base / 2, High: 2 * in.Base}
		switch {
		case in.Name == "discount":
			b.Low = 0
		case in.whole:
			b.Low = max(1, math.Round(b.Low))
		}
		for _, given := range ranges {
			if given.Input == in.Name {
				b.Low, b.High = given.Low, given.High
			}
		}
		if in.whole {
			b.Low, b.High = max(1, math.Round(b.Low)), min(in.limit, max(1, math.Round(b.High)))
		}
		b.AtLow, b.BestAtLow = in.set(c, b.Low).at(option)
		b.AtHigh, b.BestAtHigh = in.set(c, b.High).at(option)
		bars = append(bars, b)
	}
	bars[0].bestAtGains(c, r)
	slices.SortStableFunc(bars, func(a, b Bar) int {
		x, y := math.Abs(a.AtHigh-a.AtLow), math.Abs(b.AtHigh-b.AtLow)
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return bars, nil
}

// bestAtGains: where the option has less than nothing, the reference is better.
func (b *Bar) bestAtGains(_ *Case, r *Appraisal) {
	if b.AtLow < 0 {
		b.BestAtLow = 0
	}
	if b.AtHigh > 0 && r.Best == 0 {
		b.BestAtHigh = r.subject()
	}
}

// subject is the option that is held against the reference: the best, or the best
// of the others where that is the reference itself.
func (r *Appraisal) subject() int {
	if r.Best == 0 {
		return r.Second
	}
	return r.Best
}

// Subject is the option that tornado and break-evens are about: the best one, or,
// where that is the reference, the best of the others.
func (r *Appraisal) Subject() int { return r.subject() }

// at returns what an option has over the reference, by expectation, and which is
// best.
func (c *Case) at(option int) (gain float64, best int) {
	f := c.Prices.factors()
	values := c.presentsOf([][]float64{c.Centre}, f)
	return values[option][0] - values[0][0], bestOf(values, 0)
}
