package reports

import (
	"cmp"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// mostDoubts is how many doubts are named in the first sentence.
const mostDoubts = 2

// Doubt is the headline up to what was measured, where that is in doubt, and all
// of it where it is not.
func (s Statement) Doubt() text {
	if s.measured == "" {
		return s.Headline
	}
	return s.doubt
}

// Measured is the rest of the headline.
func (s Statement) Measured() text { return s.measured }

// doubtful are the doubts as the beginning of a headline.
func doubtful(doubts []analysis.Doubt) text {
	return say("Do not act on this yet: %s.", briefly(doubts))
}

// briefly names the gravest doubts and counts the others.
func briefly(doubts []analysis.Doubt) text {
	var clauses []text
	for _, d := range doubts[:min(len(doubts), mostDoubts)] {
		clauses = append(clauses, wording.Written(cmp.Or(d.Brief, d.Text))) // older files have no brief ones
	}
	if more := len(doubts) - mostDoubts; more > 0 {
		return say("%s; and %s", wording.Clauses(clauses), some(more, "more reason"))
	}
	return wording.Clauses(clauses)
}
