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
const CapacityRule = "A domain is harmed (helped) at a size where the whole interval of its gain lies below (above) zero. " +
	"Its gain rises (falls) where the interval of the change from the smallest to the largest size lies above (below) zero; " +
	"that interval is made of the two gains' own, taken as independent. " +
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
	// On which side of zero Small, Large and Change lie.
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
	for _, d := range r.Domains {
		candidates := []string{"joint"}
		for _, names := range pools {
			if len(names) > 1 && slices.Contains(names, d.Name) {
				candidates = append(candidates, armOf(r, names))
			}
		}
		for _, arm := range candidates {
			if of, ok := answerFor(r, weighting, d.Name, arm, c); ok {
				c.Domains = append(c.Domains, of)
				break
			}
		}
	}
	if len(c.Domains) == 0 {
		return nil
	}
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

// answerFor answers for one domain and arm; false where an end has no gain.
func answerFor(r *analysis.Results, weighting, domain, arm string, c *Capacity) (DomainCapacity, bool) {
	gain := func(rung string) (effect.Interval, bool) {
		if g := r.Gain(analysis.Key{Arm: arm, Rung: rung, Weighting: weighting, Domain: domain}); g != nil {
			return g.Relative, g.Relative.Known()
		}
		return effect.Unknown(), false
	}
	small, ok := gain(c.Smallest)
	large, also := gain(c.Largest)
	if !ok || !also {
		return DomainCapacity{}, false
	}
	change := changeBetween(small, large)
	return DomainCapacity{
		Domain: domain, Arm: arm, Answer: answerOf(small, large, change), Small: small, Large: large, Change: change,
		AtSmallest: direction(small), AtLargest: direction(large), Trend: direction(change),
		Harmed: []string{}, Helped: []string{},
	}, true
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
func answerOf(small, large, change effect.Interval) Answer {
	from, to, trend := direction(small), direction(large), direction(change)
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

// findSure fills in at which rungs samples are surely harmed and helped. There
// are m sides of domains and rungs, each with the probability p of a lower bound
// as far above zero where the side is zero (effect.Side.P). In order of p, the
// k-th from 0 is sure while
//
//	p ≤ SurelyLevel / (m - k),
//
// and none after the first that is not. The probability that any of the sure
// ones is wrong is then at most SurelyLevel, however the sides depend on each
// other (Holm, Scandinavian Journal of Statistics 6, 1979).
func (c *Capacity) findSure(r *analysis.Results, weighting string) {
	type side struct {
		p    effect.Number
		rung string
		to   *[]string
	}
	var sides []side
	for i := range c.Domains {
		d := &c.Domains[i]
		for _, rung := range r.Rungs {
			if e := r.Effect(analysis.Key{Arm: d.Arm, Rung: rung, Weighting: weighting, Domain: d.Domain}); e != nil {
				sides = append(sides, side{e.Interference.P, rung, &d.Harmed}, side{e.Transfer.P, rung, &d.Helped})
			}
		}
	}
	sides = slices.DeleteFunc(sides, func(s side) bool { return !s.p.Known() })
	c.Looked = len(sides)
	slices.SortStableFunc(sides, func(a, b side) int { return cmp.Compare(a.p, b.p) })
	for k, s := range sides {
		if !(s.p <= SurelyLevel/effect.Number(len(sides)-k)) {
			break
		}
		*s.to = append(*s.to, s.rung)
	}
	for i := range c.Domains {
		for _, list := range [][]string{c.Domains[i].Harmed, c.Domains[i].Helped} {
			slices.SortFunc(list, func(a, b string) int { return cmp.Compare(slices.Index(r.Rungs, a), slices.Index(r.Rungs, b)) })
		}
	}
}
