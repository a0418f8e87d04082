package reports

import (
	"fmt"

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
			if known := in.metricsOf(s); len(known) > 0 {
				row.First = known[0].name + " " + known[0].write(s.Metric(known[0].key).Value)
			}
			row.outputs(s)
		}
		rung, _ := in.selection()
		for _, c := range b.Against {
			if c.Rung == rung {
				row.Second = lead(c)
				break
			}
		}
		out = append(out, row)
	}
	return out
}

// lead says how far a baseline is ahead of the networks, or behind.
func lead(c analysis.Contest) string {
	m := metric{key: c.Metric, name: c.Metric}
	for _, known := range metrics {
		if known.key == c.Metric {
			m = known
		}
	}
	text := fmt.Sprintf("%s %s alone", m.name, withLimits(analysis.Interval{Value: -c.Lead.Value, Lo: -c.Lead.Hi, Hi: -c.Lead.Lo}, difference))
	if c.Weaker {
		return "networks are weaker by it: " + text
	}
	return "networks against it: " + text
}

// difference writes a difference of shares or areas with its sign.
func difference(x float64) string { return fmt.Sprintf("%+.3f", x) }
