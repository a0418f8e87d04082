package economics

import (
	"math"
	"slices"
)

// Side says on which side of a threshold an option pays.
type Side string

// The sides.
const (
	From   Side = "from"   // at this much and more
	UpTo   Side = "up to"  // at this much and less
	Always Side = "always" // whatever the input is
	Never  Side = "never"
)

// Threshold is where an option begins or ceases to pay as one input changes.
type Threshold struct {
	Side Side `json:"side"`
	// At is 0 for Always and Never.
	At float64 `json:"at"`
}

// BreakEven is what an input must be for the best option to be worth as much as the
// reference.
type BreakEven struct {
	Input string  `json:"input"`
	Unit  string  `json:"unit"`
	Base  float64 `json:"base"`
	// Expected is where it pays by what is expected of gains, Sure where it does
	// with the probability that lower limits have, by the draws.
	Expected Threshold `json:"expected"`
	Sure     Threshold `json:"sure"`
}

// sureShare is the probability of Sure.
const sureShare = 0.95

// BreakEvens finds the thresholds of every input of a case, for the option that
// [Appraisal.Subject] names.
func BreakEvens(c *Case) ([]BreakEven, error) {
	r, err := Appraise(c)
	if err != nil {
		return nil, err
	}
	option := r.subject()
	var out []BreakEven
	for _, in := range c.Inputs() {
		expected := func(x float64) float64 {
			gain, _ := in.set(c, x).at(option)
			return gain
		}
		sure := func(x float64) float64 { return in.set(c, x).lowerGain(option) }
		out = append(out, BreakEven{in.Name, in.Unit, in.Base, in.threshold(expected), in.threshold(sure)})
	}
	return out, nil
}

// lowerGain is what an option has over the reference in all but a twentieth of the
// draws.
func (c *Case) lowerGain(option int) float64 {
	f := c.Prices.factors()
	o, reference := &c.Options[option], &c.Options[0]
	gains := make([]float64, len(c.Draws))
	for d, cells := range c.Draws {
		gains[d] = c.optionBenefit(o, cells) - c.optionBenefit(reference, cells)
	}
	slices.Sort(gains)
	return f.monthly*quantile(gains, 1-sureShare) + c.optionCosts(reference, f).Present - c.optionCosts(o, f).Present
}

// threshold finds where a function of the input changes its sign. The input is
// looked at from 0 to a million times its number, or its limit.
func (in *Input) threshold(gain func(x float64) float64) Threshold {
	if in.whole {
		return in.wholeThreshold(gain)
	}
	points := []float64{0}
	scale := in.Base
	if scale == 0 {
		scale = 0.01
	}
	for k := -20; k <= 40; k++ {
		if x := scale * math.Pow(2, float64(k)/2); in.limit == 0 || x <= in.limit {
			points = append(points, x)
		}
	}
	pays := func(x float64) bool { return gain(x) > 0 }
	before := pays(points[0])
	for i, x := range points[1:] {
		after := pays(x)
		if after == before {
			continue
		}
		low, high := points[i], x
		for range 200 {
			middle := (low + high) / 2
			if middle == low || middle == high {
				break
			}
			if pays(middle) == before {
				low = middle
			} else {
				high = middle
			}
		}
		return Threshold{sideOf(after), (low + high) / 2}
	}
	if before {
		return Threshold{Side: Always}
	}
	return Threshold{Side: Never}
}

func sideOf(after bool) Side {
	if after {
		return From
	}
	return UpTo
}

// wholeThreshold is the number from which the option pays on and on, or up to which
// it pays from 1 on.
func (in *Input) wholeThreshold(gain func(x float64) float64) Threshold {
	last := int(in.limit)
	pays := func(x int) bool { return gain(float64(x)) > 0 }
	if !pays(last) {
		upTo := 0
		for upTo < last && pays(upTo+1) {
			upTo++
		}
		if upTo == 0 {
			return Threshold{Side: Never}
		}
		return Threshold{UpTo, float64(upTo)}
	}
	from := last
	for from > 1 && pays(from-1) {
		from--
	}
	if from == 1 {
		return Threshold{Side: Always}
	}
	return Threshold{From, float64(from)}
}
