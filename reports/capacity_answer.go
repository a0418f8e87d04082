package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/grouping"
)

// CapacityStatement words whether small models interfere and larger ones
// transfer in this study.
type CapacityStatement struct {
	Headline string            `json:"headline"`
	Rule     string            `json:"rule"`     // grouping.CapacityRule
	Smallest string            `json:"smallest"` // rungs
	Largest  string            `json:"largest"`
	Domains  []DomainStatement `json:"domains"`
	// Turns says for which domains sharing turns from harm to help within these sizes;
	// empty where that is so of none.
	Turns string `json:"turns,omitempty"`
}

// DomainStatement is the answer of one domain with a sentence that words it.
type DomainStatement struct {
	grouping.DomainCapacity
	Sentence string `json:"sentence"`
	// Turn says from which size on sharing helps, Larger what twice the parameters of the
	// largest size would bring at most, or why that is not known; empty where sizes are
	// not known as numbers of parameters.
	Turn   string `json:"turn,omitempty"`
	Larger string `json:"larger,omitempty"`
}

// StateCapacity words the answer of the recommendation; of results without one,
// that for the arm of all domains. It returns nil where there is no answer.
func StateCapacity(in *Input) *CapacityStatement {
	c := in.capacity()
	if c == nil {
		return nil
	}
	s := &CapacityStatement{Rule: grouping.CapacityRule, Smallest: c.Smallest, Largest: c.Largest}
	for _, d := range c.Domains {
		s.Domains = append(s.Domains, DomainStatement{d, s.sentence(d), in.turn(d), in.larger(d)})
	}
	s.Headline = s.headline()
	if in.Results.Capacity != nil {
		s.Turns = in.turns(s.Domains)
	}
	return s
}

func (in *Input) capacity() *grouping.Capacity {
	if in.Groups != nil {
		return in.Groups.Capacity
	}
	_, weighting := in.selection()
	return grouping.AnswerCapacity(in.Results, weighting, nil)
}

func (s *CapacityStatement) sentence(c grouping.DomainCapacity) string {
	ends := map[grouping.Direction]string{grouping.Below: "harmed", grouping.Above: "helped", grouping.Unclear: "not settled"}
	trends := map[grouping.Direction]string{grouping.Below: "it falls", grouping.Above: "it rises", grouping.Unclear: "the change is not settled"}
	text := fmt.Sprintf("%s at %s, gain %s; %s at %s, gain %s; %s: %s.",
		ends[c.AtSmallest], s.Smallest, withLimits(c.Small, signed), ends[c.AtLargest], s.Largest, withLimits(c.Large, signed),
		trends[c.Trend], withLimits(c.Change, signedPoints))
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
	by := map[grouping.Answer][]string{}
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
	case len(by[grouping.Yes]):
		return fmt.Sprintf("Yes: sharing the smallest model interferes, and sharing the largest one transfers, in %s.", where(by[grouping.Yes]))
	case len(by[grouping.NotSettled]):
		return fmt.Sprintf("Not settled: the limits do not say whether small models interfere and larger ones transfer, in %s.", where(by[grouping.NotSettled]))
	case len(by[grouping.No]):
		return fmt.Sprintf("No: in %s it is not so that the smallest model interferes and the largest one transfers.", where(by[grouping.No]))
	}
	var parts []string
	for _, x := range []struct {
		answer grouping.Answer
		words  string
	}{{grouping.Yes, "yes for "}, {grouping.InPart, "in part for "}, {grouping.No, "no for "}, {grouping.NotSettled, "not settled for "}} {
		if names := by[x.answer]; len(names) > 0 {
			parts = append(parts, x.words+where(names))
		}
	}
	return "Do small models interfere and larger ones transfer? " + capital(strings.Join(parts, "; ")) + "."
}
