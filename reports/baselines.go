package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// baselineRows are the baselines in the table of scores, each with how far it is
// ahead of the domain's independent networks.
func (in *Input) baselineRows() []scoreRow {
	var out []scoreRow
	for i := range in.Results.Baselines {
		b := &in.Results.Baselines[i]
		row := scoreRow{Domain: b.Domain, Arm: "linear model", Rung: noData, Weighting: noData, Loss: noData, First: noData, Second: noData, Note: asSentence(capital(b.Text))}
		if s := b.Score; s != nil {
			row.Seeds, row.Loss = s.Seeds, significant(s.Loss.Value)
			for k, m := range in.metricsOf(s) {
				text := m.name + " " + m.write(s.Metric(m.key).Value)
				switch {
				case k == 0:
					row.First = text
				case row.Second == noData && m.key != "loss": // has a column
					row.Second = text
				}
			}
			row.outputs(s)
		}
		rung, _ := in.selection()
		for _, c := range b.Against {
			if c.Rung == rung {
				row.Note = lead(c) + " " + row.Note
				break
			}
		}
		out = append(out, row)
	}
	return out
}

// lead says how far networks are behind a baseline, or ahead.
func lead(c analysis.Contest) string {
	m := metric{key: c.Metric, name: c.Metric}
	for _, known := range metrics {
		if known.key == c.Metric {
			m = known
		}
	}
	text := fmt.Sprintf("%s %s", m.name, withLimits(analysis.Interval{Value: -c.Lead.Value, Lo: -c.Lead.Hi, Hi: -c.Lead.Lo}, difference))
	if c.Weaker {
		return "Networks alone are weaker: " + text + "."
	}
	return "Networks alone against it: " + text + "."
}

// difference writes a difference of shares or areas with its sign.
func difference(x float64) string {
	return strings.Replace(fmt.Sprintf("%+.3f", x), "-", minus, 1)
}
