package reports

import (
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// CapacityStatement words whether small models interfere and larger ones
// transfer in this study.
type CapacityStatement struct {
	Headline text              `json:"headline"`
	Rule     text              `json:"rule"`     // grouping.CapacityRule
	Smallest string            `json:"smallest"` // rungs
	Largest  string            `json:"largest"`
	Domains  []DomainStatement `json:"domains"`
	// Turns says for which domains sharing turns from harm to help within these sizes;
	// empty where that is so of none.
	Turns text `json:"turns,omitempty"`
}

// DomainStatement is the answer of one domain with a sentence that words it.
type DomainStatement struct {
	grouping.DomainCapacity
	Sentence text `json:"sentence"`
	Word     text `json:"-"` // the answer
	// Turn says from which size on sharing helps, Larger what twice the parameters of the
	// largest size would bring at most, or why that is not known; empty where sizes are
	// not known as numbers of parameters.
	Turn   text `json:"turn,omitempty"`
	Larger text `json:"larger,omitempty"`
}

// StateCapacity words the answer of the recommendation; of results without one,
// that for the arm of all domains. It returns nil where there is no answer.
func StateCapacity(in *Input) *CapacityStatement {
	c := in.capacity()
	if c == nil {
		return nil
	}
	s := &CapacityStatement{Rule: wording.Written(grouping.CapacityRule), Smallest: c.Smallest, Largest: c.Largest}
	for _, d := range c.Domains {
		s.Domains = append(s.Domains, DomainStatement{d, s.sentence(d), answerWord(d.Answer), in.turn(d), in.larger(d)})
	}
	s.Headline = s.headline()
	if in.Results.Capacity != nil {
		s.Turns = in.turns(s.Domains)
	}
	return s
}

// answerWord names an answer.
func answerWord(a grouping.Answer) text {
	switch a {
	case grouping.Yes:
		return say("yes")
	case grouping.InPart:
		return say("in part")
	case grouping.No:
		return say("no")
	case grouping.NotSettled:
		return say("not settled")
	}
	return wording.Name(string(a))
}

func (in *Input) capacity() *grouping.Capacity {
	if in.Groups != nil {
		return in.Groups.Capacity
	}
	_, weighting := in.selection()
	return grouping.AnswerCapacity(in.Results, weighting, nil)
}

func (s *CapacityStatement) sentence(c grouping.DomainCapacity) text {
	ends := map[grouping.Direction]text{grouping.Below: say("harmed"), grouping.Above: say("helped"), grouping.Unclear: say("not settled")}
	trends := map[grouping.Direction]text{grouping.Below: say("it falls"), grouping.Above: say("it rises"), grouping.Unclear: say("the change is not settled")}
	shown := say("%s at %s, gain %s; %s at %s, gain %s; %s: %s.",
		ends[c.AtSmallest], s.Smallest, withLimits(c.Small, signed), ends[c.AtLargest], s.Largest, withLimits(c.Large, signed),
		trends[c.Trend], withLimits(c.Change, signedPoints))
	switch harmed, helped := list(c.Harmed), list(c.Helped); {
	case len(c.Harmed) > 0 && len(c.Helped) > 0:
		shown += " " + say("Some samples are surely harmed at %s, surely helped at %s.", harmed, helped)
	case len(c.Harmed) > 0:
		shown += " " + say("Some samples are surely harmed at %s.", harmed)
	case len(c.Helped) > 0:
		shown += " " + say("Some samples are surely helped at %s.", helped)
	}
	return shown
}

// signedPoints writes a difference of gains.
func signedPoints(x float64) string { return strings.TrimSuffix(signed(x), "%") }

func (s *CapacityStatement) headline() text {
	by := map[grouping.Answer][]string{}
	for _, c := range s.Domains {
		by[c.Answer] = append(by[c.Answer], c.Domain)
	}
	where := func(names []string) text {
		switch n := len(s.Domains); {
		case len(names) < n || n == 1:
			return list(names)
		case n == 2:
			return say("both domains")
		default:
			return say("all %s domains", count(n))
		}
	}
	switch len(s.Domains) {
	case len(by[grouping.Yes]):
		return say("Yes: sharing the smallest model interferes, and sharing the largest one transfers, in %s.", where(by[grouping.Yes]))
	case len(by[grouping.NotSettled]):
		return say("Not settled: the limits do not say whether small models interfere and larger ones transfer, in %s.", where(by[grouping.NotSettled]))
	case len(by[grouping.No]):
		return say("No: in %s it is not so that the smallest model interferes and the largest one transfers.", where(by[grouping.No]))
	}
	var parts []text
	for _, x := range []struct {
		answer grouping.Answer
		words  func(names text) text
	}{
		{grouping.Yes, func(names text) text { return say("yes for %s", names) }}, {grouping.InPart, func(names text) text { return say("in part for %s", names) }},
		{grouping.No, func(names text) text { return say("no for %s", names) }}, {grouping.NotSettled, func(names text) text { return say("not settled for %s", names) }},
	} {
		if names := by[x.answer]; len(names) > 0 {
			parts = append(parts, x.words(where(names)))
		}
	}
	return say("Do small models interfere and larger ones transfer? %s.", capital(wording.Clauses(parts)))
}
