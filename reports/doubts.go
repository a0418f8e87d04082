package reports

import (
	"cmp"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// mostDoubts is how many doubts are named in the first sentence.
const mostDoubts = 2

// Doubt is the headline up to what was measured, where that is in doubt, and all
// of it where it is not.
func (s Statement) Doubt() string {
	return strings.TrimSpace(strings.TrimSuffix(s.Headline, s.measured))
}

// Measured is the rest of the headline.
func (s Statement) Measured() string { return s.measured }

// doubtful puts the doubts before a headline.
func doubtful(doubts []analysis.Doubt, text string) string {
	return "Do not act on this yet: " + briefly(doubts) + ". " + text
}

// inPart adds to a headline about the domains out of doubt which are in doubt, and
// why: what may be acted on comes first.
func inPart(text string, doubted []string, doubts []analysis.Doubt) string {
	if first, rest, ok := strings.Cut(text, ": "); ok {
		text = first + ", but for " + few(doubted) + ": " + rest
	}
	return text + " Do not act on " + few(doubted) + " yet: " + briefly(doubts) + "."
}

// briefly names the gravest doubts and counts the others.
func briefly(doubts []analysis.Doubt) string {
	var clauses []string
	for _, d := range doubts[:min(len(doubts), mostDoubts)] {
		clauses = append(clauses, cmp.Or(d.Brief, d.Text)) // older files have no brief ones
	}
	text := strings.Join(clauses, "; ")
	if more := len(doubts) - mostDoubts; more > 0 {
		text += "; and " + wording.Plural(more, "more reason")
	}
	return text
}
