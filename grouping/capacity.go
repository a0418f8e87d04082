package grouping

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// Answer says whether a domain shows what the paper asks that this project
// starts from (Zhang, Hayes and Kanan, arXiv 2107.05445): that small models
// interfere and larger ones transfer.
type Answer string

// The answers, see CapacityRule.
const (
	Yes        Answer = "yes"
	InPart     Answer = "in part"
	No         Answer = "no"
	NotSettled Answer = "not settled"
)

// Direction says on which side of zero an interval lies.
type Direction string

// The directions.
const (
	Above   Direction = "above"
	Below   Direction = "below"
	Unclear Direction = "not settled" // it holds zero, or is not known
)

// CapacityRule is the rule that decides a Capacity, in words.
const CapacityRule = "A domain is harmed (helped) at a size where its gain lies below (above) zero, " +
	"and its gain rises (falls) where the change from the smallest to the largest size lies above (below) zero, " +
	"by more than chance makes of all the domains that were looked at: with a probability of 95 %, no such word is wrong (Holm's procedure), " +
	"so that an interval that leaves out zero by itself may not do. " +
	"The interval of the change is made of the two gains' own, taken as independent. " +
	"Yes: harmed at the smallest size and helped at the largest. In part: the gain rises, but an end is not settled. " +
	"No: helped at the smallest, harmed at the largest, or falling. Not settled: anything else. " +
	"Samples are surely harmed (helped) where the lower bound of interference (transfer) is above zero " +
	"by more than chance makes of all the domains and sizes that were looked at: with a probability of 95 %, no such word is wrong (Holm's procedure)."

// SurelyLevel is the largest probability that any of the words "surely harmed"
// or "surely helped" of a Capacity is wrong.
const SurelyLevel = 0.05

// Capacity answers whether small models interfere and larger ones transfer in
// a study of several sizes.
type Capacity struct {
	Smallest string           `json:"smallest"` // rungs
	Largest  string           `json:"largest"`
	Domains  []DomainCapacity `json:"domains"`
	// Looked is the number of sides, of a domain's samples at a size, that
	// could have been called surely harmed or helped.
	Looked int `json:"looked"`
}

// DomainCapacity is the answer of one domain under one arm.
type DomainCapacity struct {
	Domain string          `json:"domain"`
	Arm    string          `json:"arm"`
	Answer Answer          `json:"answer"`
	Small  effect.Interval `json:"small"`  // gain at the smallest size
	Large  effect.Interval `json:"large"`  // gain at the largest
	Change effect.Interval `json:"change"` // Large - Small
	// On which side of zero Small, Large and Change surely lie, see CapacityRule.
	AtSmallest Direction `json:"at_smallest"`
	AtLargest  Direction `json:"at_largest"`
	Trend      Direction `json:"trend"`
	// Harmed and Helped are the rungs at which interference and transfer are
	// surely above zero.
	Harmed []string `json:"harmed"`
	Helped []string `json:"helped"`
}

// AnswerCapacity answers for the arm of all domains or, where a domain has no gain
// in it, for the pool among the given ones that it is in. It returns nil where no
// domain has a gain at both ends of the ladder.
func AnswerCapacity(r *analysis.Results, weighting string, pools [][]string) *Capacity {
	if len(r.Rungs) < 2 {
		return nil
	}
	c := &Capacity{Smallest: r.Rungs[0], Largest: r.Rungs[len(r.Rungs)-1]}
	var chances []float64 // of three statements a domain
	for _, d := range r.Domains {
		candidates := []string{"joint"}
		for _, names := range pools {
			if len(names) > 1 && slices.Contains(names, d.Name) {
				candidates = append(candidates, armOf(r, names))
			}
		}
		for _, arm := range candidates {
			if of, p, ok := answerFor(r, weighting, d.Name, arm, c); ok {
				c.Domains, chances = append(c.Domains, of), append(chances, p...)
				break
			}
		}
	}
	if len(c.Domains) == 0 {
		return nil
	}
	c.findDirections(chances)
	c.findSure(r, weighting)
	return c
}

// armOf finds the arm that trained a pool, empty where none did.
func armOf(r *analysis.Results, pool []string) string {
	for _, g := range r.Gains {
		if slices.Equal(g.Pool, pool) {
			return g.Arm
		}
	}
	return ""
}

// answerFor finds the gains of one domain and arm at both ends, with how likely gains
// and a change as far from zero are where there is none; false where an end has no gain.
func answerFor(r *analysis.Results, weighting, domain, arm string, c *Capacity) (DomainCapacity, []float64, bool) {
	gain := func(rung string) (v effect.Interval, df float64, ok bool) {
		if g := r.Gain(analysis.Key{Arm: arm, Rung: rung, Weighting: weighting, Domain: domain}); g != nil {
			return g.Relative, g.DF, g.Relative.Known()
		}
		return effect.Unknown(), 0, false
	}
	small, dfSmall, ok := gain(c.Smallest)
	large, dfLarge, also := gain(c.Largest)
	if !ok || !also {
		return DomainCapacity{}, nil, false
	}
	of := DomainCapacity{Domain: domain, Arm: arm, Small: small, Large: large, Change: changeBetween(small, large), Harmed: []string{}, Helped: []string{}}
	df := min(dfSmall, dfLarge)
	if df == 0 {
		df = max(dfSmall, dfLarge) // the other is normal
	}
	level := r.Level
	if level == 0 {
		level = 0.95
	}
	return of, []float64{chanceOf(small, dfSmall, level), chanceOf(large, dfLarge, level), chanceOf(of.Change, df, level)}, true
}

// chanceOf is how likely a value as far from zero is where the truth is zero, by the
// limit on the side of zero, at a level, by Student's t; 1 where limits are unknown.
func chanceOf(v effect.Interval, df, level float64) float64 {
	half := v.Value - v.Lo
	if v.Value < 0 {
		half = v.Hi - v.Value
	}
	if !(half >= 0) || v.Value == 0 {
		return 1
	}
	error := half / quantile((1+level)/2, df)
	if df == 0 {
		df = math.Inf(1)
	}
	return min(1, 2*effect.Variance{Value: error * error, Freedom: df}.Chance(math.Abs(v.Value)))
}

// findDirections says on which side of zero gains and changes surely lie, of which
// there are three a domain, and answers by that.
func (c *Capacity) findDirections(chances []float64) {
	sure := holm(chances)
	for i := range c.Domains {
		d := &c.Domains[i]
		of := func(k int, v effect.Interval) Direction {
			if !sure[3*i+k] {
				return Unclear
			}
			return direction(v)
		}
		d.AtSmallest, d.AtLargest, d.Trend = of(0, d.Small), of(1, d.Large), of(2, d.Change)
		d.Answer = answerOf(d.AtSmallest, d.AtLargest, d.Trend)
	}
}

// holm says which statements are sure, so that the probability that any of them is
// wrong is at most SurelyLevel, however they depend on each other: of m, in order of
// how likely they are by chance, the k-th from 0 while that is at most
//
//	SurelyLevel / (m - k),
//
// and none after the first that is not (Scandinavian Journal of Statistics 6, 1979).
func holm(chances []float64) []bool {
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(chances[a], chances[b]) })
	sure := make([]bool, len(chances))
	for k, at := range order {
		if !(chances[at] <= SurelyLevel/float64(len(chances)-k)) {
			break
		}
		sure[at] = true
	}
	return sure
}

// direction is Unclear where limits are not known: comparisons with NaN are false.
func direction(v effect.Interval) Direction {
	switch {
	case v.Hi < 0:
		return Below
	case v.Lo > 0:
		return Above
	}
	return Unclear
}

// changeBetween is b - a with limits from those of both, as if independent
// (Zou and Donner, Statistics in Medicine 27, 2008).
func changeBetween(a, b effect.Interval) effect.Interval {
	d := b.Value - a.Value
	return effect.Interval{
		Value: d,
		Lo:    d - math.Hypot(b.Value-b.Lo, a.Hi-a.Value),
		Hi:    d + math.Hypot(b.Hi-b.Value, a.Value-a.Lo),
	}
}

// answerOf follows CapacityRule.
func answerOf(from, to, trend Direction) Answer {
	switch {
	case from == Below && to == Above:
		return Yes
	case from == Above, to == Below, trend == Below:
		return No
	case trend == Above:
		return InPart
	}
	return NotSettled
}

// findSure fills in at which rungs samples are surely harmed and helped, of all sides
// of domains and rungs, each with the probability of a lower bound as far above zero
// where the side is zero (effect.Side.P).
func (c *Capacity) findSure(r *analysis.Results, weighting string) {
	type side struct {
		rung string
		to   *[]string
	}
	var sides []side
	var chances []float64
	add := func(p effect.Number, rung string, to *[]string) {
		if p.Known() {
			sides, chances = append(sides, side{rung, to}), append(chances, float64(p))
		}
	}
	for i := range c.Domains {
		d := &c.Domains[i]
		for _, rung := range r.Rungs {
			if e := r.Effect(analysis.Key{Arm: d.Arm, Rung: rung, Weighting: weighting, Domain: d.Domain}); e != nil {
				add(e.Interference.P, rung, &d.Harmed)
				add(e.Transfer.P, rung, &d.Helped)
			}
		}
	}
	c.Looked = len(sides)
	for k, sure := range holm(chances) {
		if sure {
			*sides[k].to = append(*sides[k].to, sides[k].rung)
		}
	}
}
