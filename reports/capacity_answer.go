package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// Answer says whether a domain shows what the seed paper of this project asks:
// that small models interfere and larger ones transfer.
type Answer string

// The answers, see CapacityRule.
const (
	Yes        Answer = "yes"
	InPart     Answer = "in part"
	No         Answer = "no"
	NotSettled Answer = "not settled"
)

// CapacityRule is the rule that decides the words of a CapacityStatement.
const CapacityRule = "A domain is harmed (helped) at a size where the whole interval of its gain lies below (above) zero. " +
	"Its gain rises (falls) where the interval of the change from the smallest to the largest size lies above (below) zero; " +
	"that interval is made of the two gains' own, taken as independent. " +
	"Yes: harmed at the smallest size and helped at the largest. In part: the gain rises, but an end is not settled. " +
	"No: helped at the smallest, harmed at the largest, or falling. Not settled: anything else. " +
	"Samples are surely harmed (helped) where the lower bound of interference (transfer) is above zero."

// CapacityStatement answers whether small models interfere and larger ones
// transfer in this study.
type CapacityStatement struct {
	Headline string           `json:"headline"`
	Rule     string           `json:"rule"`
	Smallest string           `json:"smallest"` // rungs
	Largest  string           `json:"largest"`
	Domains  []DomainCapacity `json:"domains"`
}

// DomainCapacity is the answer of one domain under one arm.
type DomainCapacity struct {
	Domain string            `json:"domain"`
	Arm    string            `json:"arm"`
	Answer Answer            `json:"answer"`
	Small  analysis.Interval `json:"small"`  // gain at the smallest size
	Large  analysis.Interval `json:"large"`  // gain at the largest
	Change analysis.Interval `json:"change"` // Large - Small
	// Harmed and Helped are the rungs at which interference and transfer are
	// surely above zero.
	Harmed   []string `json:"harmed"`
	Helped   []string `json:"helped"`
	Sentence string   `json:"sentence"`
}

// StateCapacity answers for the arm of all domains or, where there is none, for
// each domain's recommended pool. It returns nil where no domain has a gain at
// both ends of the ladder.
func StateCapacity(in *Input) *CapacityStatement {
	rungs := in.Results.Rungs
	if len(rungs) < 2 {
		return nil
	}
	_, weighting := in.selection()
	s := &CapacityStatement{Rule: CapacityRule, Smallest: rungs[0], Largest: rungs[len(rungs)-1]}
	for _, d := range in.Results.Domains {
		for _, arm := range slices.Backward(in.armsOf(d.Name)) {
			small, large := in.gain(arm, s.Smallest, weighting, d.Name), in.gain(arm, s.Largest, weighting, d.Name)
			if small == nil || large == nil || !finite(small.Relative.Value) || !finite(large.Relative.Value) {
				continue
			}
			c := DomainCapacity{Domain: d.Name, Arm: arm, Small: small.Relative, Large: large.Relative, Harmed: []string{}, Helped: []string{}}
			c.Change = changeBetween(c.Small, c.Large)
			c.Answer = answer(c.Small, c.Large, c.Change)
			for _, rung := range rungs {
				if e := in.effect(arm, rung, weighting, d.Name); e != nil {
					if e.Interference.BoundLo > 0 {
						c.Harmed = append(c.Harmed, rung)
					}
					if e.Transfer.BoundLo > 0 {
						c.Helped = append(c.Helped, rung)
					}
				}
			}
			c.Sentence = c.sentence(s)
			s.Domains = append(s.Domains, c)
			break
		}
	}
	if len(s.Domains) == 0 {
		return nil
	}
	s.Headline = s.headline()
	return s
}

// gain finds a gain, nil where it was not measured.
func (in *Input) gain(arm, rung, weighting, domain string) *analysis.Gain {
	for i := range in.Results.Gains {
		if g := &in.Results.Gains[i]; g.Arm == arm && g.Rung == rung && g.Weighting == weighting && g.Target == domain && len(g.Pool) > 1 {
			return &g.Gain
		}
	}
	return nil
}

// effect finds an effect, nil where it was not measured.
func (in *Input) effect(arm, rung, weighting, domain string) *analysis.ArmEffect {
	for i := range in.Results.Effects {
		if e := &in.Results.Effects[i]; e.Arm == arm && e.Rung == rung && e.Weighting == weighting && e.Domain == domain {
			return e
		}
	}
	return nil
}

// changeBetween is b - a with limits from those of both, as if independent
// (Zou and Donner, Statistics in Medicine 27, 2008).
func changeBetween(a, b analysis.Interval) analysis.Interval {
	d := b.Value - a.Value
	return analysis.Interval{
		Value: d,
		Lo:    d - math.Hypot(b.Value-b.Lo, a.Hi-a.Value),
		Hi:    d + math.Hypot(b.Hi-b.Value, a.Value-a.Lo),
	}
}

// answer follows CapacityRule. Comparisons with limits that are not known are
// false, which leaves the question open.
func answer(small, large, change analysis.Interval) Answer {
	switch {
	case small.Hi < 0 && large.Lo > 0:
		return Yes
	case small.Lo > 0, large.Hi < 0, change.Hi < 0:
		return No
	case change.Lo > 0:
		return InPart
	}
	return NotSettled
}

func (c DomainCapacity) sentence(s *CapacityStatement) string {
	end := func(v analysis.Interval, rung string) string {
		word := "not settled"
		switch {
		case v.Hi < 0:
			word = "harmed"
		case v.Lo > 0:
			word = "helped"
		}
		return fmt.Sprintf("%s at %s, gain %s", word, rung, withLimits(v, signed))
	}
	change := "the change is not settled"
	switch {
	case c.Change.Lo > 0:
		change = "it rises"
	case c.Change.Hi < 0:
		change = "it falls"
	}
	text := fmt.Sprintf("%s; %s; %s: %s.", end(c.Small, s.Smallest), end(c.Large, s.Largest), change, withLimits(c.Change, signedPoints))
	var sure []string
	if len(c.Harmed) > 0 {
		sure = append(sure, "surely harmed at "+list(c.Harmed))
	}
	if len(c.Helped) > 0 {
		sure = append(sure, "surely helped at "+list(c.Helped))
	}
	if len(sure) > 0 {
		text += " Some samples are " + strings.Join(sure, ", ") + "."
	}
	return text
}

// signedPoints writes a difference of gains.
func signedPoints(x float64) string { return strings.TrimSuffix(points(x), " points") }

func (s *CapacityStatement) headline() string {
	by := map[Answer][]string{}
	for _, c := range s.Domains {
		by[c.Answer] = append(by[c.Answer], c.Domain)
	}
	where := func(names []string) string {
		switch n := len(s.Domains); {
		case len(names) < n || n == 1:
			return list(names)
		case n == 2:
			return "both domains"
		default:
			return "all " + count(n) + " domains"
		}
	}
	switch len(s.Domains) {
	case len(by[Yes]):
		return fmt.Sprintf("Yes: sharing the smallest model interferes, and sharing the largest one transfers, in %s.", where(by[Yes]))
	case len(by[NotSettled]):
		return fmt.Sprintf("Not settled: the limits do not say whether small models interfere and larger ones transfer, in %s.", where(by[NotSettled]))
	case len(by[No]):
		return fmt.Sprintf("No: in %s it is not so that the smallest model interferes and the largest one transfers.", where(by[No]))
	}
	var parts []string
	for _, x := range []struct {
		answer Answer
		words  string
	}{{Yes, "yes for "}, {InPart, "in part for "}, {No, "no for "}, {NotSettled, "not settled for "}} {
		if names := by[x.answer]; len(names) > 0 {
			parts = append(parts, x.words+where(names))
		}
	}
	return "Do small models interfere and larger ones transfer? " + capital(strings.Join(parts, "; ")) + "."
}
