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
	Sizes          []blendedSize
	Foretold       []foretold
}

// blendedSize has the laws at one size.
type blendedSize struct {
	Size string
	Rows []blendedRow
}

// blendedRow is the law of one domain at one size, or why there is none.
type blendedRow struct {
	Domain string
	Why    text
	Span   int
	Slopes []slopeCell
	Rest   slopeCell
}

// slopeCell is a figure with its limits below it; strong where these leave out zero.
type slopeCell struct {
	Value, Limits text
	Strong        bool
}

// foretold is what a law said of a mixture that it was not fitted to.
type foretold struct {
	Domain, Size        string
	Predicted, Measured text
	Outside             bool
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
		row := blendedRow{Domain: l.Domain, Why: wording.Written(l.Why), Span: len(f.Domains) + 1, Rest: cell(l.Irreducible, "%.3g")}
		row.Rest.Strong = false
		for _, v := range l.Slopes {
			row.Slopes = append(row.Slopes, cell(v, "%+.2f"))
		}
		if n := len(out.Sizes); n == 0 || out.Sizes[n-1].Size != l.Rung {
			out.Sizes = append(out.Sizes, blendedSize{Size: l.Rung})
		}
		at := &out.Sizes[len(out.Sizes)-1]
		at.Rows = append(at.Rows, row)
		for _, p := range l.Predictions {
			out.Foretold = append(out.Foretold, foretold{
				Domain: l.Domain, Size: l.Rung, Predicted: withLimits(p.Predicted, figureIn("%.3g")), Measured: text(fmt.Sprintf("%.3g", p.Measured.Value)), Outside: !p.Inside,
			})
		}
	}
	return out
}

// cell is a figure with its limits.
func cell(v effect.Interval, format string) slopeCell {
	write := figureIn(format)
	return slopeCell{Value: text(write(v.Value)), Limits: span(v.Lo, v.Hi, write), Strong: v.Limited() && (v.Lo > 0 || v.Hi < 0)}
}

// figureIn writes numbers by a format, with a true minus.
func figureIn(format string) func(float64) string {
	return func(x float64) string { return strings.ReplaceAll(fmt.Sprintf(format, x), "-", minus) }
}
