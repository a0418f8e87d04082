package effect

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/combin"
)

// maxSplits bounds the splits that a placebo looks at.
const maxSplits = 35

// Placebo is the same table as Comparison.Effect gives, for the independent runs
// against themselves: they are split into two halves in every way, and each
// figure is the mean over splits. What it shows is what runs alone produce.
// Lo and Hi are the least and the largest value over splits, not limits of
// confidence. It takes four runs; with fewer it returns ErrOneRun.
//
// Where runs were tested on other samples each, passes over all samples stand for
// runs.
func Placebo(r *Runs, o Options) (*Effect, error) {
	if r.Tested != nil {
		alone := &Comparison{a: r, b: r}
		r, _, _ = alone.passes()
	}
	if r.K() < 4 {
		return nil, fmt.Errorf("placebo of %s: %w: two in each half, so four independent runs", r.Domain, ErrOneRun)
	}
	o = o.WithDefaults()
	o.SharedSeeds = false
	splits, all := splitsOf(r.K(), o.Seed)
	var mean *Effect
	for _, s := range splits {
		c, err := Compare(r.pick(s[0]), r.pick(s[1]), o)
		if err != nil {
			return nil, err
		}
		what, err := c.basis()
		if err != nil {
			return nil, fmt.Errorf("placebo of %w", err)
		}
		m := what.moments()
		e := c.points(what, m)
		d := draft{effect: e}
		d.normalise(what)
		c.sides(e, d, m)
		mean = mergePlacebo(mean, e, len(splits))
	}
	mean.NoEffect = Test{Statistic: NaN, P: NaN, Smallest: NaN}
	mean.Calls = Calls{HelpedSamples: []Call{}, HarmedSamples: []Call{}, Note: "a placebo calls nothing"}
	which := fmt.Sprintf("all %d splits", len(splits))
	if !all {
		which = fmt.Sprintf("%d random splits", len(splits))
	}
	mean.Warnings = []string{fmt.Sprintf("placebo: mean over %s of %d independent runs into %d and %d; limits are the range over splits",
		which, r.K(), mean.Seeds.Independent, mean.Seeds.Arm)}
	return mean, nil
}

// splitsOf lists the ways to split k runs into a half and the rest, each pair
// of halves once. There are at most maxSplits, drawn by seed where there are
// more.
func splitsOf(k int, seed uint64) (splits [][2][]int, all bool) {
	half := k / 2
	split := func(first []int) [2][]int {
		in := make([]bool, k)
		for _, i := range first {
			in[i] = true
		}
		s := [2][]int{}
		for i := range k {
			if in[i] {
				s[0] = append(s[0], i)
			} else {
				s[1] = append(s[1], i)
			}
		}
		return s
	}
	number := combin.Binomial(k, half)
	if k == 2*half {
		number /= 2
	}
	if number > maxSplits {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		for range maxSplits {
			splits = append(splits, split(r.Perm(k)[:half]))
		}
		return splits, false
	}
	gen := combin.NewCombinationGenerator(k, half)
	for gen.Next() {
		first := gen.Combination(nil)
		if k == 2*half && first[0] != 0 {
			continue // the mirror image of one that we have
		}
		splits = append(splits, split(first))
	}
	return splits, true
}

// mergePlacebo adds 1/n of e to the running mean and widens the ranges.
func mergePlacebo(mean, e *Effect, n int) *Effect {
	if mean == nil {
		first := *e
		mean = &first
		for _, v := range mean.figures() {
			*v = 0
		}
		mean.Transfer.P, mean.Interference.P = NaN, NaN
		for _, v := range mean.intervals() {
			*v = Interval{0, math.Inf(1), math.Inf(-1)}
		}
	}
	from := e.figures()
	for k, v := range mean.figures() {
		*v += *from[k] / Number(n)
	}
	ranges := e.intervals()
	for k, v := range mean.intervals() {
		x := ranges[k].Value
		v.Value += x / float64(n)
		v.Lo, v.Hi = math.Min(v.Lo, x), math.Max(v.Hi, x)
	}
	return mean
}

// figures are the plain numbers of an effect, in a fixed order.
func (e *Effect) figures() []*Number {
	list := []*Number{&e.Accuracy.Independent, &e.Accuracy.Arm, &e.Loss.Independent, &e.Loss.Arm, &e.Changed}
	for _, s := range []*Side{&e.Transfer, &e.Interference} {
		list = append(list, &s.Estimate, &s.BoundLo, &s.BoundHi, &s.RelativeLo, &s.RelativeHi, &s.Normalised)
	}
	return list
}

// intervals are the intervals of an effect's measure, in a fixed order.
func (e *Effect) intervals() []*Interval {
	list := []*Interval{&e.Delta}
	for _, s := range []*Side{&e.Transfer, &e.Interference} {
		list = append(list, &s.Crossfit, &s.Raw, &s.Floor, &s.Excess)
	}
	return list
}
