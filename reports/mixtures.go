package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// blended shows laws of other shares of the domains.
type blended struct {
	Lead           text
	Verdict, Notes []text
	Domains        []string
	Rows           []blendedRow
}

// blendedRow is one domain at one size.
type blendedRow struct {
	Domain, Size              string
	Why                       text
	Span                      int
	Slopes                    []text
	Rest, Predicted, Measured text
}

// newBlended is nil where nobody asked, or for another study.
func newBlended(in *Input) *blended {
	f := in.Mixtures
	if f == nil || f.Study != in.Results.Study {
		return nil
	}
	held := 0
	for _, m := range f.Mixtures {
		if m.Held {
			held++
		}
	}
	out := &blended{
		Lead: say("The model of all domains was trained with %s, %s each. A law, loss = E + exp(Σ t·share), was fitted to all but %d of them.",
			some(len(f.Mixtures), "mixture"), some(f.Seeds, "seed"), held),
		Verdict: written(f.Verdict), Notes: written(f.Warnings), Domains: f.Domains,
	}
	for i := range f.Laws {
		l := &f.Laws[i]
		row := blendedRow{Domain: l.Domain, Size: l.Rung, Why: wording.Written(l.Why), Span: len(f.Domains) + 3, Rest: limited(l.Irreducible, "%.3g")}
		for _, v := range l.Slopes {
			row.Slopes = append(row.Slopes, limited(v, "%+.2f"))
		}
		var said, was []text
		for _, p := range l.Predictions {
			said, was = append(said, limited(p.Predicted, "%.3g")), append(was, text(fmt.Sprintf("%.3g", p.Measured.Value)))
		}
		row.Predicted, row.Measured = joined(said, "; "), joined(was, "; ")
		out.Rows = append(out.Rows, row)
	}
	return out
}

// limited writes a value with its limits.
func limited(v effect.Interval, format string) text {
	return withLimits(v, func(x float64) string { return strings.ReplaceAll(fmt.Sprintf(format, x), "-", minus) })
}
